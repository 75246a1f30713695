import { cleanName, oneLine } from "#control-characters.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { plainNumber, podWords, usd } from "#guard/text.ts";
import type { HistorySummary, Saved } from "#report/history-summary.ts";
import { localTime } from "#terminal/local-time.ts";
import { shortSpan } from "#terminal/short-span.ts";
import { cutTo, tableLines } from "#terminal/table.ts";

const longestReason = 32;
const longestPod = 44;

/** One line for each record, in their order. */
export function eventLines(records: readonly HistoryRecord[]): readonly string[] {
  return tableLines(
    records.map(({ atMs, type, reason, run, because }) =>
      [
        localTime(atMs),
        type,
        cutTo(longestReason, cleanName(reason ?? "-")),
        run === undefined
          ? "-"
          : cutTo(longestPod, podWords({ id: cleanName(run.podId), name: cleanName(run.podName) })),
        run === undefined ? "-" : run.uptimeMs === undefined ? "?" : shortSpan(run.uptimeMs),
        run === undefined ? "-" : run.costUsd === undefined ? "?" : usd(run.costUsd),
        oneLine(because),
      ].map((text) => ({ text })),
    ),
  );
}

export function summaryLines(
  { sessions, hours, costUsd, saved }: HistorySummary,
  ofHours: number,
): readonly string[] {
  return [
    `runs that ended in the last ${plainNumber(ofHours)} h: ${sessions}`,
    `hours: ${hours.total.toFixed(1)}${alsoUnknown(hours.unknown, "time")}`,
    `cost: ${usd(costUsd.total)}${alsoUnknown(costUsd.unknown, "cost")}`,
    savedLine(saved),
  ];
}

function savedLine({ total, unknown, endsByReason }: Saved): string {
  const reasons = [...endsByReason].map(([reason, count]) => ({
    reason: cleanName(reason),
    count,
  }));
  const ends = reasons.reduce((sum, { count }) => sum + count, 0);
  if (ends === 0) return "saved: nothing, the guards stopped no run";
  const [first] = reasons;
  const by =
    first !== undefined && reasons.length === 1
      ? first.reason
      : reasons.map(({ reason, count }) => `${count} ${reason}`).join(", ");
  const what = `guards stopped ${ends} ${ends === 1 ? "run" : "runs"} (${by})`;
  if (unknown === ends) return `saved: unknown, ${what} of unknown price`;
  const each = ends === 1 ? "the run" : "each run";
  return `saved: at most ${usd(total)}, ${what}${alsoUnknown(unknown, "price")}. That is what ${each} would have cost until its lease or hard timeout, its pod's next start, or now`;
}

function alsoUnknown(count: number, what: string): string {
  return count === 0 ? "" : `, and ${count} of unknown ${what}`;
}
