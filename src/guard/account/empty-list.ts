import type { Look, Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { listedPods, perHour } from "#guard/text.ts";
import { burnLagMs } from "./burn.ts";
import { saidBurn } from "./confirm-burn.ts";

/** Storage that nothing runs on costs about as much. */
const leastUsd = 0.01;

/**
 * The poll as far as it can be believed. No pods at all, while the account burns what the pods did that
 * ran a poll ago, is a contradiction: the pods are unknown, until it has lasted longer than the burn lags.
 * So long are they unknown, too, where RunPod does not say what burns: then nothing speaks for the list.
 */
export function believed(
  state: GuardState,
  look: Look,
): { readonly state: GuardState; readonly look: Look } {
  const podsBecause = look.kind === "seen" ? doubtOf(state, look) : undefined;
  if (look.kind === "blind" || podsBecause === undefined) {
    return { state: without(state, look), look };
  }
  const { emptySinceMs = look.atMs } = state;
  if (look.atMs - emptySinceMs >= burnLagMs) return { state: without(state, look), look };
  return { state: { ...state, emptySinceMs }, look: { ...look, ...unlisted(look), podsBecause } };
}

/**
 * The same for a poll that may prove an end. What RunPod says burns lags behind an end, and speaks against
 * no proof.
 */
export function believedForProof(state: GuardState, look: Look): Look {
  const isSaid = look.kind === "seen" && saidBurn(look) !== undefined;
  return isSaid ? look : believed(state, look).look;
}

/** Nor is it known then what burns, if RunPod itself has not said it. */
function unlisted(look: Seen): Pick<Seen, "pods" | "burnPerHrUsd" | "isBurnAddedUp"> {
  return { pods: "unknown", burnPerHrUsd: saidBurn(look), isBurnAddedUp: false };
}

/** Why an empty list cannot be believed, in words. */
function doubtOf({ runs }: GuardState, look: Seen): string | undefined {
  const { pods, unreadablePods, goneIds } = look;
  if (pods === "unknown" || pods.length > 0 || unreadablePods > 0) return undefined;
  const burn = saidBurn(look);
  const ran = Object.values(runs);
  if (burn === undefined) {
    // What was listed as stopped since need not be listed.
    const open = ran.filter(({ stoppedAtMs }) => stoppedAtMs === undefined);
    const left = open.filter(({ podId }) => goneIds?.includes(podId) !== true);
    return left.length === 0
      ? undefined
      : `its list is empty, but ${listedPods(left)} ran a poll ago, and RunPod does not say what burns`;
  }
  const costUsd = ran.reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0);
  const isContradicted = ran.length > 0 && burn >= Math.max(leastUsd, costUsd / 2);
  return isContradicted
    ? `its list is empty, but the account still burns ${perHour(burn)}`
    : undefined;
}

function without(state: GuardState, look: Look): GuardState {
  return look.kind === "blind" || state.emptySinceMs === undefined
    ? state
    : { ...state, emptySinceMs: undefined };
}
