import { hoursLeft } from "#guard/account/lines/line.ts";
import type { Seen } from "#guard/model/account.ts";

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
