import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { forget, notifyHourly, withdraw } from "#guard/outbox/notify.ts";
import { perHour, spanWords } from "#guard/text.ts";
import { namedWith, whyKept } from "./may-end.ts";

/**
 * Below the lowest threshold nothing else is said of pods that nothing here may stop: they are named
 * every hour, until the balance is back or they have stopped.
 */
export function sayWhatMayNotBeStopped(state: GuardState, look: Seen, policy: Policy): Decision {
  const key = "burn:kept";
  const lowest = policy.thresholds.at(-1);
  const kept = keptPods(look, policy);
  if (lowest === undefined || look.balanceUsd >= lowest.belowUsd || kept.length === 0) {
    return withdraw(
      forget(state, (each) => each === key),
      ({ topic }) => topic === key,
      "nothing burns below the lowest threshold that may not be stopped",
    );
  }
  const noun = kept.length === 1 ? "a pod" : `${kept.length} pods`;
  return notifyHourly(state, policy, key, {
    event: "burn",
    name: "burn",
    atMs: look.atMs,
    podIds: kept.map(({ pod }) => pod.id),
    because: `${noun} that nothing here may stop: ${namedWith(kept)}. ${burnWords(look)}`,
  });
}

/** `Still burning $4.48/h: keep-me (k1, protected). $0 in about 3 min`. */
export function stillBurningWords(look: Seen, policy: Policy): string {
  const kept = keptPods(look, policy);
  return burnWords(look, kept.length === 0 ? "" : `: ${namedWith(kept)}`);
}

interface Kept {
  readonly pod: Pod;
  readonly why: string;
}

/** The pods that run and that nothing here may stop. */
function keptPods({ pods }: Seen, { protect }: Policy): readonly Kept[] {
  if (pods === "unknown") return [];
  return pods.filter(isRunning).flatMap((pod) => {
    const why = whyNothingMay(pod, protect);
    return why === undefined ? [] : [{ pod, why }];
  });
}

function whyNothingMay(pod: Pod, protect: readonly string[]): string | undefined {
  const kept = whyKept(pod, protect);
  if (kept !== undefined) return kept.is === "protected" ? "protected" : kept.because;
  return pod.isLocked === true ? "locked" : undefined;
}

function burnWords({ balanceUsd, burnPerHrUsd }: Seen, what = ""): string {
  if (burnPerHrUsd === undefined) return `The burn is unknown${what}`;
  if (burnPerHrUsd === 0) return "Nothing is burning";
  const left = balanceUsd / burnPerHrUsd;
  const end = left > 0 ? `. $0 in about ${spanWords(left * hourMs)}` : "";
  return `Still burning ${perHour(burnPerHrUsd)}${what}${end}`;
}
