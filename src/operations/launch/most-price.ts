import type { LaunchCaps } from "#guard/model/launch.ts";

/** So much more than what was agreed to is paid for it. */
export const tolerance = 1.01;

/** Prices are held against caps in cents. */
export const halfCentUsd = 0.005;

/** What may be charged where so much was agreed to: never more than the cap, whatever a quote says. */
export function mostFor(agreedUsd: number, caps: LaunchCaps | undefined, beyondUsd = 0): number {
  return Math.min(agreedUsd * tolerance, (caps?.mostPerHrUsd ?? Infinity) + beyondUsd);
}
