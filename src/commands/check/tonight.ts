import { worksOutside } from "#commands/outside/account-secrets.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { noticeCommand } from "#effects/notice-command.ts";
import type { Notify } from "#guard/model/effect.ts";
import { mayWait } from "#guard/outbox/severity.ts";
import type { Paces } from "#paces.ts";
import type { TonightRow, TonightSources } from "#report/tonight/sources.ts";
import type { Heard } from "#report/tonight/told.ts";
import { tonight } from "#report/tonight/tonight.ts";
import type { Paint } from "#terminal/colors.ts";
import { widthOf } from "#terminal/text-width.ts";
import { wrapped } from "#terminal/wrap.ts";

/** What of the config would do nothing. */
export interface Broken {
  /** Programs that are not there. */
  readonly programs: ReadonlySet<string>;
  /** Channels that were not reached. */
  readonly channels: ReadonlySet<string>;
  /** The guard outside would not do its work. */
  readonly isOutsideGone: boolean;
}

/** What happens tonight with this config, to these pods. */
export function tonightWith(
  settings: Settings,
  { pods, book }: Pick<TonightSources, "pods" | "book">,
  paces: Paces,
  broken: Broken,
  nowMs: number,
): readonly TonightRow[] {
  const { pollIntervalMs, claudeCommand, dryRun, heartbeat, outside } = settings;
  return tonight({
    policy: policyOf(settings, paces),
    pollIntervalMs,
    pods,
    book,
    heard: (notice) => heardBy(notice, settings, broken),
    hasAgent: claudeCommand.slice(0, 1).some((program) => !broken.programs.has(program)),
    hasHeartbeat: heartbeat !== undefined,
    onSilence: outside && (broken.isOutsideGone ? "gone" : outside.onSilence),
    isMuteOutside: !settings.channels.some(
      (each) => worksOutside(each) && !broken.channels.has(each.name),
    ),
    dryRun,
    nowMs,
  });
}

function heardBy(notice: Notify, settings: Settings, broken: Broken): Heard {
  if (notice.channel === undefined) {
    const [program] = noticeCommand(notice, undefined, settings, 0)?.argv ?? [];
    return { kind: program === undefined || broken.programs.has(program) ? "nobody" : "at-once" };
  }
  const channel = settings.channels.find(({ name }) => name === notice.channel);
  if (channel === undefined || broken.channels.has(channel.name)) return { kind: "nobody" };
  const { quietHours } = channel;
  return quietHours !== undefined && mayWait(notice)
    ? { kind: "waits", quietHours }
    : { kind: "at-once" };
}

/** `a pod idles for 30 min: nobody is told, nothing is stopped`. */
export function rowWords({ when, outcome }: TonightRow): string {
  return `${when}: ${outcome.join(", ")}`;
}

/** The rows as a table, as wide as there is room for; what is a warning is marked with `!`. */
export function tonightLines(
  rows: readonly TonightRow[],
  paint: Paint,
  columns: number,
): readonly string[] {
  const whenWidth = Math.max(...rows.map(({ when }) => widthOf(when)));
  const outcomeAt = mark.length + whenWidth + gap.length;
  // Side by side only where the right side has room enough to be read.
  const isBeside = columns - outcomeAt >= leastOutcome;
  const lines = rows.flatMap(({ when, outcome, isWarning }) => {
    const start = isWarning ? "!  " : mark;
    const said = outcome.join(", ");
    const padded = `${when}${" ".repeat(whenWidth - widthOf(when))}${gap}`;
    const row = isBeside
      ? beside(`${start}${padded}`, said, columns)
      : wrapped(`${start}${when}: ${said}`, columns, mark);
    return isWarning ? row.map((line) => paint.yellow(line)) : row;
  });
  return ["what happens tonight, while the daemon runs:", ...lines];
}

const mark = "   ";
const gap = "  ";
const leastOutcome = 28;

function beside(start: string, said: string, columns: number): readonly string[] {
  const at = widthOf(start);
  const [first = "", ...more] = wrapped(said, columns - at);
  return [`${start}${first}`, ...more.map((line) => `${" ".repeat(at)}${line}`)];
}
