import { glimpseOf } from "#config/lenient.ts";
import { cleanName, escapeHidden } from "#control-characters.ts";
import { UserError, wordsOf } from "#errors.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { hourMs } from "#guard/model/time.ts";
import { type HistorySummary, type Sum, summaryOf } from "#report/history-summary.ts";
import { type History, readHistory } from "#store/history-file.ts";
import { writeRecord } from "#store/history-text.ts";
import { historyFileOf } from "#store/paths.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { podIdsOf } from "./pods.ts";
import { eventLines, summaryLines } from "./text.ts";

export interface HistoryOptions extends GlobalOptions {
  readonly hours: string;
  readonly pod?: string;
  readonly reason?: string;
  readonly json: boolean;
}

/** Shows what happened and what it cost. Needs neither RunPod nor a key. */
export async function history(
  options: HistoryOptions,
  { print, stderr }: Pick<Context, "print" | "stderr">,
): Promise<void> {
  const hours = hoursIn(options.hours);
  const { stateFile } = await glimpseOf(options.config);
  const path = historyFileOf(stateFile);
  const { records, unreadable } = await read(path);
  if (unreadable > 0) {
    const lines = unreadable === 1 ? "1 line" : `${unreadable} lines`;
    stderr.write(
      `${lines} of ${path} could not be read and ${unreadable === 1 ? "is" : "are"} left out.\n`,
    );
  }
  const nowMs = Date.now();
  const podIds = options.pod === undefined ? undefined : podIdsOf(options.pod, records, path);
  const events = records
    .filter(({ atMs }) => atMs >= nowMs - hours * hourMs)
    .filter(({ run }) => podIds === undefined || (run !== undefined && podIds.has(run.podId)))
    .filter(({ reason }) => options.reason === undefined || reason?.startsWith(options.reason))
    // One may have waited for the disk while later ones were written.
    .toSorted((a, b) => a.atMs - b.atMs);
  const summary = summaryOf(events, records, nowMs);
  print(
    options.json
      ? escapeHidden(JSON.stringify(asJson(events, summary), null, 2))
      : [
          ...(events.length === 0 ? ["no events"] : eventLines(events)),
          "",
          ...summaryLines(summary, hours),
        ].join("\n"),
  );
}

function hoursIn(text: string): number {
  const hours = text.trim() === "" ? NaN : Number(text);
  if (hours > 0 && hours < Infinity) return hours;
  throw new UserError(`--hours must be a number above 0 (got ${cleanName(text) || "nothing"}).`, {
    hint: "For example: runpodboss history --hours 24",
  });
}

async function read(path: string): Promise<History> {
  try {
    return await readHistory(path, -Infinity);
  } catch (error) {
    throw new UserError(`The history file ${path} cannot be read: ${wordsOf(error)}.`, {
      hint: "Let this user read it, or move it away.",
      cause: error,
    });
  }
}

/** Events as they stand in the file. `null` is unknown. */
function asJson(events: readonly HistoryRecord[], summary: HistorySummary): object {
  const { sessions, hours, costUsd, saved } = summary;
  return {
    events: events.map((event) => JSON.parse(writeRecord(event)) as unknown),
    summary: {
      sessions,
      hours: knownPart(hours, sessions),
      hours_unknown: hours.unknown,
      cost_usd: knownPart(costUsd, sessions),
      cost_unknown: costUsd.unknown,
      saved_at_most_usd: knownPart(saved, endsIn(summary)),
      saved_unknown: saved.unknown,
      ends_by_reason: Object.fromEntries(saved.endsByReason),
    },
  };
}

function endsIn({ saved }: HistorySummary): number {
  return [...saved.endsByReason.values()].reduce((sum, count) => sum + count, 0);
}

/** Unknown when no part of it is known; 0 when there are no parts. */
function knownPart({ total, unknown }: Sum, of: number): number | null {
  return unknown > 0 && unknown === of ? null : Number(total.toFixed(4));
}
