import type { Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { measuredFalls, measuredMs } from "./falling.ts";
import type { Measured } from "#guard/account/lines/line.ts";

/**
 * What the lines are held against: the balance, and the burn that the account or else the pods that run
 * show, or else how fast the balance falls. Undefined where none of it is known.
 */
export function measuredIn(
  state: Pick<GuardState, "falls">,
  { atMs, balanceUsd, burnPerHrUsd }: Pick<Seen, "atMs" | "balanceUsd" | "burnPerHrUsd">,
): Measured {
  return { balanceUsd, burnPerHrUsd: burnPerHrUsd ?? slopePerHrUsd(state, atMs) };
}

/**
 * How fast the balance falls, from fall to fall, so that it does not matter how often RunPod charges. A balance
 * that has not moved for long tells nothing: it may be old, or nothing may burn any more.
 */
export function slopePerHrUsd(
  { falls }: Pick<GuardState, "falls">,
  nowMs: number,
): number | undefined {
  const found = measuredFalls(falls);
  if (found === undefined) return undefined;
  const { first, last } = found;
  if (nowMs - last.atMs > measuredMs) return undefined;
  return ((first.balanceUsd - last.balanceUsd) * hourMs) / (last.atMs - first.atMs);
}
