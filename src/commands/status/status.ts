import { setTimeout as sleep } from "node:timers/promises";
import { history } from "#commands/history/history.ts";
import { loadConfig } from "#config/load.ts";
import { escapeHidden, oneLine } from "#control-characters.ts";
import { exitCodes, UserError } from "#errors.ts";
import { untestedChannels } from "#report/channels/untested.ts";
import { statusJson } from "#report/status/status-json.ts";
import { type Paint, paintFor } from "#terminal/colors.ts";
import { isTerminal } from "#terminal/confirm.ts";
import type { Context, Screen } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { localTime } from "#terminal/local-time.ts";
import { quitKey } from "#terminal/quit-key.ts";
import { pagesOn } from "#terminal/screen.ts";
import { columnsOf, wrappedText } from "#terminal/wrap.ts";
import { knowsUtf8 } from "#terminal/utf8.ts";
import { lookAt, type Looked, type Shown } from "./look.ts";
import type { StatusOptions } from "./options.ts";
import { defaultHours, plotHours, plotLines } from "./plot.ts";
import { statusText } from "./text.ts";
import { statusOfAll } from "./all/all.ts";

/** How high the plot is where there is room, and how wide where nobody says. */
const plotRows = 18;
const columnsOfAPipe = 80;
/** The lines of the plot that are words: its title, and the forecast, which may take two. */
const besidePlot = 4;

/** Shows the pods and their cost, the balance, and whether the daemon runs. Gives the exit code. */
export async function status(options: StatusOptions, context: Context): Promise<number> {
  if (options.all) return statusOfAll(options, context);
  if (options.history && options.watch) {
    throw new UserError("--history and --watch cannot be used together.", {
      hint: "Use only one of them.",
    });
  }
  if (options.history && options.plot) {
    throw new UserError("--history and --plot cannot be used together.", {
      hint: "Use only one of them.",
    });
  }
  if (options.plot && options.json) {
    throw new UserError("--plot draws for people, and cannot be used together with --json.", {
      hint: "The balances of each minute are in samples.jsonl beside the state file.",
    });
  }
  if (options.hours !== undefined && !options.plot) {
    throw new UserError("--hours belongs to --plot.", {
      hint: "For the history of so many hours: runpodboss history --hours 48",
    });
  }
  if (options.history) return history({ ...options, hours: "24" }, context);
  const plotMs = options.plot ? plotHours(options.hours ?? String(defaultHours)) : undefined;
  const settings = await loadConfig(options.config, context.env, context.paces, "gone-without");
  context.hide(settings.secrets);
  const shown = { settings, untested: await untestedChannels(settings), plotMs };
  return options.watch
    ? await keepShowing(shown, options, context)
    : await showOnce(shown, options, context);
}

async function showOnce(shown: Shown, { json }: StatusOptions, context: Context): Promise<number> {
  const looked = await lookAt(shown, context.paces, context.interrupted);
  const { report, fault } = looked;
  if (context.interrupted.aborted) return exitCodes.interrupted;
  if (json) printJson(statusJson(report, fault), context);
  else context.print(linesOf(looked, context).join("\n"));
  // The last known values were shown; the error says that they are old.
  if (fault !== undefined) throw fault;
  return exitCodes.done;
}

async function keepShowing(
  shown: Shown,
  { json }: StatusOptions,
  context: Context,
): Promise<number> {
  const { interrupted, paces } = context;
  const paint = paintFor(context);
  const isAscii = !knowsUtf8(context);
  const pages = pagesOn(context);
  const quit = quitKey(context);
  const hint = isTerminal(context) ? "; q ends it" : "";
  const over = AbortSignal.any([interrupted, quit.pressed]);
  try {
    while (!over.aborted) {
      const looked = await lookAt(shown, paces, over);
      const { report, fault } = looked;
      if (over.aborted) break;
      if (json) context.printData(escapeHidden(JSON.stringify(statusJson(report, fault))));
      else pages.show((screen) => pageOf(looked, paint, isAscii, screen, hint));
      await pause(paces.statusEveryMs, over);
    }
  } finally {
    quit.release();
    pages.leave();
  }
  return quit.pressed.aborted ? exitCodes.done : exitCodes.interrupted;
}

function linesOf({ report, plot }: Looked, context: Context): readonly string[] {
  const paint = paintFor(context);
  const columns = columnsOf(context);
  const { pods, footer } = statusText(report, paint, columns);
  if (plot === undefined) return [...pods, "", ...footer];
  const isAscii = !knowsUtf8(context);
  const width = columns === Infinity ? columnsOfAPipe : columns;
  return [...plotLines(plot, { columns: width, rows: plotRows, isAscii, paint }), "", ...footer];
}

/** Where what is seen does not all fit, the money and the daemon go first. */
function pageOf(
  { report, fault, plot }: Looked,
  paint: Paint,
  isAscii: boolean,
  { rows, columns }: Screen,
  hint: string,
): readonly string[] {
  const text = statusText(report, paint, columns);
  // Broken here, as the rows are counted.
  const broken = (lines: readonly string[]) =>
    lines.flatMap((line) => wrappedText(line, columns).split("\n"));
  const footer = broken(text.footer);
  const top = broken([
    paint.bold(`runpodboss status, ${localTime(report.nowMs)}${hint}`),
    ...(fault === undefined ? [] : [paint.red(oneLine(fault.message))]),
  ]);
  const room = rows - 1 - top.length - footer.length - 2;
  const width = columns === Infinity ? columnsOfAPipe : columns;
  const plotRoom = { columns: width, isAscii, paint, rows: Math.min(plotRows, room - besidePlot) };
  const seen = broken(plot === undefined ? text.pods : plotLines(plot, plotRoom));
  const left = seen.length - room;
  const shown =
    left > 0
      ? [
          ...seen.slice(0, Math.max(0, room - 1)),
          `and ${left + 1} more lines: run runpodboss status${plot === undefined ? "" : " --plot"}`,
        ]
      : seen;
  return [...top, "", ...shown, "", ...footer];
}

async function pause(pauseMs: number, signal: AbortSignal): Promise<void> {
  await sleep(pauseMs, undefined, { signal }).catch(() => undefined);
}
