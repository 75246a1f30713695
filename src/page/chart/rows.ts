import { usd } from "#page/words/money.ts";
import type { Meeting } from "./forecast.ts";
import { known, type Known, type Point, rises } from "./points.ts";
import { shortName, type When } from "./words.ts";

/** As many as one reads. */
const mostSteps = 12;
const mostRises = 6;

export interface Row {
  readonly when: string;
  readonly usd: string;
  readonly what: string;
}

/** The curve as a table: the newest first, what is to come above it. */
export function rowsOf(
  points: readonly Point[],
  meets: readonly Meeting[],
  when: When,
): readonly Row[] {
  const ahead = meets.map((each) => ({
    when: `about ${when(each.atS)}`,
    usd: usd(each.usd),
    what: `forecast: meets ${shortName(each.name)}`,
  }));
  return [...ahead.toReversed(), ...behind(points, when).toReversed()];
}

/** The first, the last, the lowest, the highest, where it rose, and some between at equal steps. */
function behind(points: readonly Point[], when: When): readonly Row[] {
  const all = known(points);
  const lowest = mostOf(all, (one, other) => one < other);
  const highest = mostOf(all, (one, other) => one > other);
  const rose = new Map(rises(points).slice(-mostRises));
  const last = all.length - 1;
  const steps = new Set(
    Array.from({ length: mostSteps }, (_, n) => Math.round((n * last) / (mostSteps - 1))),
  );
  return all.flatMap((point, n) => {
    const [atS, balanceUsd] = point;
    const riseUsd = rose.get(atS);
    const what = [
      n === last ? "last seen" : "",
      point === lowest ? "lowest" : "",
      point === highest ? "highest" : "",
      riseUsd === undefined ? "" : `rose by ${usd(riseUsd)}`,
    ].filter((each) => each !== "");
    return steps.has(n) || what.length > 0
      ? [{ when: when(atS), usd: usd(balanceUsd), what: what.join(", ") }]
      : [];
  });
}

function mostOf(
  all: readonly Known[],
  isMore: (one: number, other: number) => boolean,
): Known | undefined {
  let most = all[0];
  for (const each of all) if (most !== undefined && isMore(each[1], most[1])) most = each;
  return most;
}
