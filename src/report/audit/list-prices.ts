/*
 * RunPod's list prices where no answer of RunPod tells one, from its pricing page, as of November 2026.
 * An account may have been given others.
 */

/** For people. */
export const listPricesAsOf = "November 2026";

/** Dollars for a GB and a month. */
const stoppedVolumeDiskUsd = 0.2;
const networkVolumeUsd = { upTo1Tb: 0.07, above: 0.05 };
const tbInGb = 1_000;

/** A month of RunPod's has 30 days. */
const daysInMonth = 30;

/** The volume disk of a pod that is stopped: twice what it costs beside a running one. */
export function stoppedDiskPerDayUsd(sizeGb: number): number {
  return (sizeGb * stoppedVolumeDiskUsd) / daysInMonth;
}

/** A network volume of the standard tier. Of the other tier no price is published. */
export function networkVolumePerDayUsd(sizeGb: number): number {
  const { upTo1Tb, above } = networkVolumeUsd;
  const first = Math.min(sizeGb, tbInGb);
  return (first * upTo1Tb + (sizeGb - first) * above) / daysInMonth;
}
