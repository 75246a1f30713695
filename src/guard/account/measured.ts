import type { Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Measured } from "./line.ts";

/**
 * What the lines are held against: the balance, and the burn that the account or else the pods that run
 * show. Undefined where neither is known.
 */
export function measuredIn(_state: GuardState, { balanceUsd, burnPerHrUsd }: Seen): Measured {
  return { balanceUsd, burnPerHrUsd };
}
