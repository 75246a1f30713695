/** A month of RunPod's has 30 days. */
export const daysInMonth = 30;

/** Dollars for a GB and a month, by RunPod's list as of November 2026: twice what it costs beside a running pod. */
export const stoppedDiskUsd = 0.2;

/** The disk of a pod that is stopped. */
export function stoppedDiskPerDayUsd(sizeGb: number): number {
  return (sizeGb * stoppedDiskUsd) / daysInMonth;
}
