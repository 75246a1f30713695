import { oneLine } from "#control-characters.ts";
import { exitCodes } from "#errors.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { perHour, podWords, spanWords, usd } from "#guard/text.ts";
import { headline, leadWords } from "#outside/page/headline.ts";
import { pageLink } from "#outside/page/page-link.ts";
import type { Summary, SummaryPod } from "#outside/summary/contract.ts";
import { paintFor, type Paint } from "#terminal/colors.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { localTime } from "#terminal/local-time.ts";
import { createTable, leftOutLines } from "#terminal/table.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { askForSummary, outsideIn } from "./ask.ts";

export interface OutsideStatusOptions extends GlobalOptions {
  readonly json: boolean;
}

/** A phone that was given it keeps it for so long. */
const linkMs = 7 * 24 * hourMs;
const mostRows = 10;

/** Shows what the guard outside knows and does. Gives the exit code. */
export async function outsideStatus(
  options: OutsideStatusOptions,
  context: Context,
): Promise<number> {
  const { to } = await outsideIn(options, context);
  const found = await askForSummary(to, context);
  if (options.json) {
    printJson(found, context);
    return exitCodes.done;
  }
  context.print(summaryLines(found, paintFor(context), columnsOf(context)).join("\n"));
  // It opens the page, and nothing else: whoever sees this may see that.
  // As it is: elsewhere it is blanked out.
  context.stdout.write(
    `page, for a phone, for 7 days:\n${await pageLink(to, Date.now() + linkMs)}\n`,
  );
  return exitCodes.done;
}

function summaryLines(summary: Summary, paint: Paint, room: number): readonly string[] {
  const nowMs = Date.parse(summary.at);
  const { words, isWarning } = leadWords(summary);
  const { balance_usd: balance, burn_per_hr_usd: burn, hours_left: hours, beat } = summary;
  const seen = summary.balance_at === null ? "" : `, seen ${ago(summary.balance_at, nowMs)}`;
  return [
    paint.bold(oneLine(headline(summary))),
    isWarning ? paint.red(oneLine(words)) : oneLine(words),
    "",
    ...podLines(summary, paint, room),
    "",
    `balance: ${balance === null ? "unknown" : `${usd(balance)}${seen}`}`,
    `burn: ${burn === null ? "unknown" : perHour(burn)}`,
    ...(hours === null ? [] : [`time left: about ${spanWords(hours * hourMs)}`]),
    `last beat: ${beat === null ? "none" : `${ago(beat.heard_at, nowMs)}, from ${oneLine(beat.host)}`}`,
    ...(summary.own_look === null
      ? []
      : [
          `its own last poll: ${ago(summary.own_look.at, nowMs)}${summary.own_look.is_seen ? "" : `, it saw nothing: ${oneLine(summary.own_look.because ?? "unknown why")}`}`,
        ]),
    ...silenceLines(summary),
    ...summary.thresholds
      .filter((each) => each.is === "fired")
      .map(({ name }) => paint.red(`crossed: ${oneLine(name)}`)),
    ...summary.next
      .slice(0, mostRows)
      .map(
        ({ at, what }) =>
          `next: ${at === null ? "at once" : localTime(Date.parse(at))}: ${oneLine(what)}`,
      ),
    ...summary.owed_ends.map(({ pod_id: id, pod_name: name, action, because }) =>
      paint.yellow(`to be ended: ${action} ${podWords({ id, name })}: ${oneLine(because)}`),
    ),
    ...summary.did
      .slice(0, mostRows)
      .map(
        ({ at, type, because, pod_id: id, pod_name: name }) =>
          `it did: ${ago(at, nowMs)}: ${type}${id === null ? "" : ` ${podWords({ id, name: name ?? "" })}`}: ${oneLine(because)}`,
      ),
    ...summary.cannot.map((each) => `it cannot: ${oneLine(each)}`),
    ...summary.troubles.map((each) => paint.yellow(`trouble: ${oneLine(each)}`)),
  ];
}

function silenceLines({ on_silence: then, needed_from: from, acts }: Summary): readonly string[] {
  if (then === null || from === null || acts !== null) return [];
  const does = then.acts === "guards" ? "and stops pods by the rules" : "and stops nothing";
  const because = then.because === null ? "" : `: ${oneLine(then.because)}`;
  return [`without another beat: it polls from ${localTime(Date.parse(from))}, ${does}${because}`];
}

const columns = [
  { heading: "ID" },
  { heading: "Name", least: 12 },
  { heading: "Price", goes: 3 },
  { heading: "Status", goes: 1 },
  { heading: "What Comes Next", goes: 2 },
] as const;

function podLines({ pods, pods_because: because }: Summary, paint: Paint, room: number) {
  const why = because === null ? [] : [paint.yellow(`pods not seen now: ${oneLine(because)}`)];
  if (pods === null) return ["pods: unknown", ...why];
  if (pods.length === 0) return ["pods: (none)", ...why];
  const { linesOf, leftOut } = createTable({ columns, room });
  return [
    ...linesOf([
      columns.map(({ heading }) => ({ text: heading, paint: paint.bold })),
      ...pods.map((pod) => cellsOf(pod).map((text) => ({ text }))),
    ]),
    ...leftOutLines(leftOut(), "widen the terminal, or see --json"),
    ...why,
  ];
}

function cellsOf(pod: SummaryPod): readonly string[] {
  const { id, name, cost_per_hr_usd: cost, status, end_words: words } = pod;
  return [
    id,
    name,
    cost === null ? "unknown" : perHour(cost),
    status ?? "unknown",
    pod.is_protected ? "protected" : (words ?? "unknown"),
  ].map(oneLine);
}

function ago(at: string, nowMs: number): string {
  const ms = Math.max(0, nowMs - Date.parse(at));
  return ms < minuteMs ? "less than 1 min ago" : `${spanWords(ms)} ago`;
}
