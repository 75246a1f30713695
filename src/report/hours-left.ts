import type { Seen } from "#guard/model/account.ts";

/** Infinity when nothing burns, undefined when the burn is unknown. */
export function hoursLeft({
  balanceUsd,
  burnPerHrUsd,
}: Pick<Seen, "balanceUsd" | "burnPerHrUsd">): number | undefined {
  if (burnPerHrUsd === undefined) return undefined;
  return burnPerHrUsd === 0 ? Infinity : Math.max(0, balanceUsd / burnPerHrUsd);
}

export function hoursLeftWords(hours: number | undefined): string {
  if (hours === undefined) return "unknown";
  return hours === Infinity ? "unlimited, nothing is burning" : hours.toFixed(1);
}
