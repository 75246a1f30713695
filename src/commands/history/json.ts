import { escapeHidden } from "#control-characters.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import type { HistorySummary, Sum } from "#report/history-summary.ts";
import type { HistoryReport } from "#report/history.ts";
import { rowOf } from "#store/history/history-text.ts";

/**
 * One object of events as they stand in the file, and their summary; `null` is unknown. It comes bit by
 * bit, each ending where a line does: what a million events come to is more than one text can hold.
 */
export async function* historyJson({ events, summary }: HistoryReport): AsyncGenerator<string> {
  let rows: string | undefined;
  for await (const records of events()) {
    yield rows === undefined ? '{\n  "events": [' : `${rows},`;
    rows = rowsOf(records);
  }
  yield rows === undefined ? '{\n  "events": [],' : `${rows}\n  ],`;
  yield textOf({ summary: summaryJson(summary()) }).slice("{\n".length);
}

/** As they stand in the list. */
function rowsOf(records: readonly HistoryRecord[]): string {
  const text = textOf({ events: records.map(rowOf) });
  return text.slice('{\n  "events": [\n'.length, -"\n  ]\n}".length);
}

function textOf(value: object): string {
  return escapeHidden(JSON.stringify(value, null, 2));
}

function summaryJson({ sessions, hours, costUsd, saved }: HistorySummary): object {
  const ends = saved.endsByReason.reduce((sum, { count }) => sum + count, 0);
  return {
    sessions,
    hours: knownPart(hours, sessions),
    hours_unknown: hours.unknown,
    cost_usd: knownPart(costUsd, sessions),
    cost_unknown: costUsd.unknown,
    saved_at_most_usd: knownPart(saved, ends),
    saved_unknown: saved.unknown,
    ends_by_reason: Object.fromEntries(
      saved.endsByReason.map(({ reason, count }) => [reason, count]),
    ),
  };
}

/** Nothing known of several is unknown; nothing of none is 0. */
function knownPart({ total, unknown }: Sum, of: number): number | null {
  return unknown > 0 && unknown === of ? null : Number(total.toFixed(4));
}
