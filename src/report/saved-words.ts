import { usd } from "#guard/text.ts";
import type { Saved } from "./history-summary.ts";

/** `saved: at most $12.40, runpodboss stopped 2 runs (…)`, and what that means. */
export function savedWords({ total, unknown, endsByReason }: Saved): string {
  const ends = endsIn(endsByReason);
  if (ends === 0)
    return "saved: nothing yet, no guard has stopped a run (what people stop is not counted)";
  const [first] = endsByReason;
  const by =
    first !== undefined && endsByReason.length === 1
      ? first.reason
      : endsByReason.map(({ reason, count }) => `${count} ${reason}`).join(", ");
  const what = `runpodboss stopped ${ends} ${ends === 1 ? "run" : "runs"} (${by})`;
  if (unknown === ends) return `saved: unknown, ${what} of unknown price`;
  const each = ends === 1 ? "the run" : "each run";
  const more = unknown === 0 ? "" : `, and ${unknown} of unknown price`;
  return `saved: at most ${usd(total)}, ${what}${more}. That is what ${each} would have cost until its lease or hard timeout, its pod's next start, or now`;
}

/** Nothing known of several is unknown; nothing of none is 0. */
export function savedUsd({ total, unknown, endsByReason }: Saved): number | undefined {
  return unknown > 0 && unknown === endsIn(endsByReason) ? undefined : total;
}

function endsIn(endsByReason: Saved["endsByReason"]): number {
  return endsByReason.reduce((sum, { count }) => sum + count, 0);
}
