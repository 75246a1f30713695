import type { Forecast } from "./forecast.ts";
import type { Known } from "./points.ts";

/** What of the money and the time the plot shows. */
export interface Window {
  readonly fromS: number;
  readonly toS: number;
  readonly lowestUsd: number;
  readonly highestUsd: number;
}

/** The room ahead of now, as a share of the range: with nothing to come, and with what is met later. */
const leastAhead = 0.02;
const someAhead = 0.25;
const headroom = 1.08;

/** So far ahead that it shows what is met within the range, and no further. */
export function windowOf(
  all: readonly Known[],
  thresholdsUsd: readonly number[],
  { line, meets }: Forecast,
  { nowS, rangeS }: { readonly nowS: number; readonly rangeS: number },
): Window {
  const lastMet = meets.findLast(({ atS }) => atS - nowS <= rangeS)?.atS;
  const aheadS =
    line.length === 0
      ? leastAhead * rangeS
      : lastMet === undefined
        ? someAhead * rangeS
        : Math.max(leastAhead * rangeS, (lastMet - nowS) * 1.08);
  const balances = all.map(([, usd]) => usd);
  return {
    fromS: nowS - rangeS,
    toS: nowS + aheadS,
    lowestUsd: Math.min(0, ...balances) * headroom,
    highestUsd: Math.max(0.01, ...balances, ...thresholdsUsd) * headroom,
  };
}
