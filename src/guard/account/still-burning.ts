import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { forget, notifyHourly, withdraw } from "#guard/outbox/notify.ts";
import { perHour, spanWords } from "#guard/text.ts";
import { isBelow } from "#guard/account/lines/line.ts";
import { leftClustersWords, namedWith, whyKept } from "./may-end.ts";
import { measuredIn } from "#guard/account/falls/measured.ts";

/**
 * Below the lowest threshold nothing else is said of pods that nothing here may stop: they are named
 * every hour, until the balance is back or they have stopped.
 */
export function sayWhatMayNotBeStopped(state: GuardState, look: Seen, policy: Policy): Decision {
  const key = "burn:kept";
  const lowest = policy.thresholds.at(-1);
  const kept = keptPods(look, policy);
  if (
    lowest === undefined ||
    isBelow(lowest, measuredIn(state, look), true) !== true ||
    kept.length === 0
  ) {
    return withdraw(
      forget(state, (each) => each === key),
      ({ topic }) => topic === key,
      "nothing burns below the lowest threshold that may not be stopped",
    );
  }
  const clusters = kept.filter(isLeftCluster).length;
  const pods = kept.length - clusters;
  const noun = [
    ...(pods === 0 ? [] : [pods === 1 ? "a pod" : `${pods} pods`]),
    ...(clusters === 0 ? [] : [clusters === 1 ? "a cluster" : `${clusters} clusters`]),
  ].join(" and ");
  return notifyHourly(state, policy, key, {
    event: "burn",
    name: "burn",
    atMs: look.atMs,
    podIds: kept.map(({ pod }) => pod.id),
    hint: { words: "To see them", command: `${policy.podGuards.command} status` },
    because: `${noun} that ${clusters === 0 ? "nothing here" : "no backstop"} may stop: ${keptWords(kept, policy)}. ${burnWords(look)}`,
  });
}

/** `Still burning $4.48/h: keep-me (k1, protected). $0 in about 3 min`. */
export function stillBurningWords(look: Seen, policy: Policy): string {
  const kept = keptPods(look, policy);
  return burnWords(look, kept.length === 0 ? "" : `: ${keptWords(kept, policy)}`);
}

interface Kept {
  readonly pod: Pod;
  readonly why: string;
}

/** A cluster that is neither protected nor locked: no backstop ends it. */
function isLeftCluster({ pod, why }: Kept): boolean {
  return pod.cluster !== undefined && why === leftCluster;
}

const leftCluster = "a whole cluster";

function keptWords(kept: readonly Kept[], policy: Policy): string {
  const clusters = kept.filter(isLeftCluster);
  const pods = kept.filter((each) => !clusters.includes(each));
  return [
    ...(pods.length === 0 ? [] : [namedWith(pods)]),
    ...(clusters.length === 0
      ? []
      : [
          leftClustersWords(
            clusters.map(({ pod }) => pod),
            policy,
          ),
        ]),
  ].join("; ");
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
  if (pod.isLocked === true) return "locked";
  return pod.cluster === undefined ? undefined : leftCluster;
}

function burnWords({ balanceUsd, burnPerHrUsd, isBurnAddedUp }: Seen, what = ""): string {
  if (burnPerHrUsd === undefined) return `The burn is unknown${what}`;
  // Where the burn is that of the pods, what else burns is unknown.
  if (burnPerHrUsd === 0) return `${isBurnAddedUp === true ? "No pod" : "Nothing"} is burning`;
  const left = balanceUsd / burnPerHrUsd;
  const end = left > 0 ? `. $0 in about ${spanWords(left * hourMs)}` : "";
  return `Still burning ${perHour(burnPerHrUsd)}${what}${end}`;
}
