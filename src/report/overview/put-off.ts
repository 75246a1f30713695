import { hourMs } from "#guard/model/time.ts";
import type { OverviewSources } from "./sources.ts";
import type { Spending } from "./spend-through.ts";

/** The same, where no more of them end within an hour than max_ends_per_hour. */
export function putOff(
  spending: readonly Spending[],
  { policy, state, nowMs }: Pick<OverviewSources, "policy" | "state" | "nowMs">,
): readonly Spending[] {
  const { maxEndsPerHour } = policy.podGuards;
  const ends = state.guardEndsAtMs
    .filter((atMs) => Math.abs(nowMs - atMs) < hourMs)
    .toSorted((a, b) => a - b);
  const ordered = spending.toSorted((a, b) => compare(a, b));
  return ordered.map((each) => {
    if (each.endsAtMs === Infinity) return each;
    const before = ends.at(-maxEndsPerHour);
    const freeMs =
      ends.length < maxEndsPerHour || before === undefined ? -Infinity : before + hourMs;
    const endsAtMs = Math.max(each.endsAtMs, nowMs, freeMs);
    ends.push(endsAtMs);
    return { ...each, endsAtMs };
  });
}

/** Of those that are due together the dearest goes first. */
function compare(a: Spending, b: Spending): number {
  if (a.endsAtMs === b.endsAtMs) return b.costPerHrUsd - a.costPerHrUsd;
  return a.endsAtMs < b.endsAtMs ? -1 : 1;
}
