import type { Look, Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { perHour } from "#guard/text.ts";
import { burnLagMs } from "./burn.ts";
import { saidBurn } from "./confirm-burn.ts";

/** Storage that nothing runs on costs about as much. */
const leastUsd = 0.01;

/**
 * The poll as far as it can be believed. No pods at all, while the account burns what the pods did that
 * ran a poll ago, is a contradiction: the pods are unknown, until it has lasted longer than the burn lags.
 */
export function believed(
  state: GuardState,
  look: Look,
): { readonly state: GuardState; readonly look: Look } {
  const burn = look.kind === "seen" ? contradicting(state, look) : undefined;
  if (look.kind === "blind" || burn === undefined) {
    return { state: without(state, look), look };
  }
  const { emptySinceMs = look.atMs } = state;
  if (look.atMs - emptySinceMs >= burnLagMs) return { state: without(state, look), look };
  const podsBecause = `its list is empty, but the account still burns ${perHour(burn)}`;
  return { state: { ...state, emptySinceMs }, look: { ...look, pods: "unknown", podsBecause } };
}

/** What still burns though the list is empty. */
function contradicting({ runs }: GuardState, look: Seen): number | undefined {
  const { pods, unreadablePods } = look;
  if (pods === "unknown" || pods.length > 0 || unreadablePods > 0) return undefined;
  const ran = Object.values(runs);
  const burn = saidBurn(look);
  if (ran.length === 0 || burn === undefined) return undefined;
  const costUsd = ran.reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0);
  return burn >= Math.max(leastUsd, costUsd / 2) ? burn : undefined;
}

function without(state: GuardState, look: Look): GuardState {
  return look.kind === "blind" || state.emptySinceMs === undefined
    ? state
    : { ...state, emptySinceMs: undefined };
}
