import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";
import { usd } from "#guard/text.ts";
import { billingModeOf } from "./postpaid.ts";
import { stillBurningWords } from "./still-burning.ts";

/**
 * A balance of $0 is told of whatever the thresholds are: from there on RunPod itself ends pods, and
 * with them data. Once, until the balance has been above it again.
 */
export function checkZero(state: GuardState, look: Seen, policy: Policy): Decision {
  const { balanceUsd, atMs } = look;
  if (balanceUsd > 0) {
    if (look.isRiseDoubted === true) return { state, events: [] };
    return { state: state.zeroSinceMs === undefined ? state : withoutZero(state), events: [] };
  }
  if (state.zeroSinceMs !== undefined) return { state, events: [] };
  return notify({ ...state, zeroSinceMs: atMs }, policy, {
    event: "zero",
    name: "zero",
    hint: { words: "To see what still runs", command: `${policy.podGuards.command} status` },
    atMs,
    because: `the balance is ${usd(balanceUsd)}. ${afterZero(state, look)}. ${stillBurningWords(look, policy)}`,
  });
}

function afterZero(state: GuardState, look: Seen): string {
  return billingModeOf(state, look) === "POSTPAID"
    ? "RunPod bills this account afterwards (POSTPAID) and stops no pod for it"
    : "RunPod now stops pods that have a network volume and deletes the others with their data";
}

function withoutZero(state: GuardState): GuardState {
  return { ...state, zeroSinceMs: undefined };
}
