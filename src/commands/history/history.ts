import { glimpseOf } from "#config/reading/lenient.ts";
import { cleanName } from "#control-characters.ts";
import { exitCodes, UserError } from "#errors.ts";
import { hourMs } from "#guard/model/time.ts";
import { listedPods, plainNumber } from "#guard/text.ts";
import { type PodsAsked, withHistory } from "#report/history.ts";
import { historyFileOf } from "#store/paths.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { columnsOf } from "#terminal/wrap.ts";
import { untilTaken } from "#terminal/until-taken.ts";
import { warn } from "#terminal/warn.ts";
import { historyJson } from "./json.ts";
import { historyText } from "./text.ts";

export interface HistoryOptions extends GlobalOptions {
  readonly hours: string;
  readonly pod?: string;
  readonly reason?: string;
  readonly json: boolean;
}

/** Shows what happened and what it cost. Needs neither RunPod nor a key. Gives the exit code. */
export async function history(options: HistoryOptions, context: Context): Promise<number> {
  const hours = hoursIn(options.hours);
  const { stateFile } = await glimpseOf(options.config);
  const path = historyFileOf(stateFile);
  const nowMs = Date.now();
  const { pod, reason } = options;
  const query = { sinceMs: nowMs - hours * hourMs, pod, reason };
  return withHistory(path, query, nowMs, async (report) => {
    refuseUnclear(report.pods, pod ?? "", hours, path);
    const { json } = options;
    const parts = json ? historyJson(report) : historyText(report, hours, columnsOf(context));
    for await (const text of parts) {
      if (json) context.printData(text);
      else context.print(text);
      // What is printed faster than it is taken would pile up.
      await untilTaken(context);
      if (context.interrupted.aborted) return exitCodes.interrupted;
    }
    tellUnreadable(report.unreadable(), path, context);
    return exitCodes.done;
  });
}

function hoursIn(text: string): number {
  const hours = text.trim() === "" ? NaN : Number(text);
  if (hours > 0 && hours < Infinity) return hours;
  throw new UserError(`--hours must be a number above 0 (got ${cleanName(text) || "nothing"}).`, {
    hint: "For example: runpodboss history --hours 24",
  });
}

function tellUnreadable(unreadable: number, path: string, context: Context): void {
  if (unreadable === 0) return;
  const [lines, are] = unreadable === 1 ? ["1 line", "is"] : [`${unreadable} lines`, "are"];
  warn(`${lines} of ${path} could not be read and ${are} left out`, context);
}

function refuseUnclear(pods: PodsAsked, asked: string, hours: number, path: string): void {
  switch (pods.kind) {
    case "all":
    case "some":
      return;
    case "none":
      throw new UserError(
        `No pod in the last ${plainNumber(hours)} h of ${path} is called "${cleanName(asked)}".`,
        {
          hint: `Use its id, the start of its id, or its name. To look further back: --hours ${plainNumber(hours * 7)}`,
        },
      );
    case "unclear": {
      const clean = pods.pods.map(({ podId, name }) => ({
        podId: cleanName(podId),
        name: cleanName(name),
      }));
      throw new UserError(`${cleanName(asked)} matches ${listedPods(clean)}.`, {
        hint: "Type more of the id.",
      });
    }
  }
}
