import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { measuredIn } from "./measured.ts";

/** What the balance must be by now, going by the burn that was seen last. It was not seen: whoever shows it says so. */
export interface Estimate {
  readonly balanceUsd: number;
  readonly burnPerHrUsd: number;
  /** What was seen last, and when. */
  readonly lastUsd: number;
  readonly sinceMs: number;
}

/** Undefined where no balance is known, or not what burned, or whether it is so much. */
export function estimateOf(
  state: Pick<GuardState, "lastSeen" | "shown" | "falls">,
  nowMs: number,
): Estimate | undefined {
  const last = state.lastSeen ?? state.shown;
  if (last === undefined || state.lastSeen?.isRiseDoubted === true) return undefined;
  const { atMs: sinceMs, balanceUsd: lastUsd, burnPerHrUsd: toldPerHrUsd } = last;
  const seen = { atMs: sinceMs, balanceUsd: lastUsd, burnPerHrUsd: toldPerHrUsd };
  const { burnPerHrUsd } = measuredIn(state, seen);
  if (burnPerHrUsd === undefined) return undefined;
  const burntUsd = (burnPerHrUsd * Math.max(0, nowMs - sinceMs)) / hourMs;
  // RunPod stops what it can at $0; a debt only grows.
  const balanceUsd = Math.max(Math.min(lastUsd, 0), lastUsd - burntUsd);
  return { balanceUsd, burnPerHrUsd, lastUsd, sinceMs };
}
