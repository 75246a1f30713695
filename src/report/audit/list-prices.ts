import { daysInMonth } from "#guard/pods/stopped/disk-price.ts";

/*
 * RunPod's list prices where no answer of RunPod tells one, from its pricing page, as of November 2026.
 * An account may have been given others.
 */

/** For people. */
export const listPricesAsOf = "November 2026";

/** Dollars for a GB and a month. */
const networkVolumeUsd = { upTo1Tb: 0.07, above: 0.05 };
const tbInGb = 1_000;

/** A network volume of the standard tier. Of the other tier no price is published. */
export function networkVolumePerDayUsd(sizeGb: number): number {
  const { upTo1Tb, above } = networkVolumeUsd;
  const first = Math.min(sizeGb, tbInGb);
  return (first * upTo1Tb + (sizeGb - first) * above) / daysInMonth;
}
