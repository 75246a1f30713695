import type { Seen } from "#guard/model/account.ts";

/** Infinity when nothing burns, undefined when the burn is unknown. */
export function hoursLeft({
  balanceUsd,
  burnPerHrUsd,
}: Pick<Seen, "balanceUsd" | "burnPerHrUsd">): number | undefined {
  if (burnPerHrUsd === undefined) return undefined;
  return burnPerHrUsd === 0 ? Infinity : Math.max(0, balanceUsd / burnPerHrUsd);
}

/** Where the burn is that of the pods, what else burns is unknown. */
export function hoursLeftWords(
  balance: Pick<Seen, "balanceUsd" | "burnPerHrUsd" | "isBurnAddedUp">,
): string {
  const hours = hoursLeft(balance);
  if (hours === undefined) return "unknown";
  if (hours < Infinity) return hours.toFixed(1);
  const what = balance.isBurnAddedUp === true ? "no pod" : "nothing";
  return `unlimited, ${what} is burning`;
}
