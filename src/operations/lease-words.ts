import type { Pod } from "#guard/model/account.ts";
import type { LeaseGuard } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import type { Deadline } from "#guard/pods/rules/deadlines.ts";
import { perHour, rowWords, spanWords, usd } from "#guard/text.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { localTime } from "#terminal/local-time.ts";
import type { Leased } from "./lease.ts";
import { whatRemains } from "./parse-hours.ts";

interface LeasedWords {
  readonly lines: readonly string[];
  /** What will come before it ends. */
  readonly warning: string | undefined;
}

/** When the lease that was given ends, what happens then, and what the pod costs until then. */
export function leasedWords(
  { costPerHrUsd, isLocked, ...pod }: Pod,
  leased: Leased,
  clockWords: (atMs: number) => string = localTime,
): LeasedWords {
  const { guard, endsAtMs, actsAtMs, atMs, moreMs, sooner } = leased;
  const leftMs = endsAtMs - atMs;
  const burnsMs = actsAtMs - atMs;
  const when =
    actsAtMs > endsAtMs && isLocked !== true
      ? `You are warned first; at ${clockWords(actsAtMs)}, in ${spanWords(burnsMs)},`
      : "Then";
  const more = whatRemains(moreMs);
  return {
    lines: [
      `The lease of ${rowWords(pod)} ends at ${clockWords(endsAtMs)}, in ${spanWords(leftMs)}. ${when} ${actionWords(guard, isLocked === true, nounOf(pod))}.`,
      costPerHrUsd === undefined
        ? "Cost until then: unknown"
        : `Cost until then: ${usd((costPerHrUsd * burnsMs) / hourMs)} at ${perHour(costPerHrUsd)}`,
      more === undefined
        ? "It cannot be extended further."
        : `It can be extended by at most ${spanWords(more.ms)}.`,
    ],
    warning:
      sooner === undefined
        ? undefined
        : `${whose(sooner)} ends the pod before that, at ${clockWords(sooner.atMs)}`,
  };
}

/** What is to be known of a lease that was given. */
export function leaseWarnings(
  { troubles }: Pick<Leased, "troubles">,
  { policy, guardPid }: Pick<SeenSnapshot, "policy" | "guardPid">,
): readonly string[] {
  const { command } = policy.podGuards;
  if (guardPid !== undefined) return troubles;
  return [
    ...troubles,
    `the daemon is not running, so nothing stops the pod. Start it: ${command} watch`,
  ];
}

/** `the hard timeout`, `schedule evening`. */
function whose({ guard, of }: Deadline): string {
  return of === undefined ? `the ${guard.replaceAll("_", " ")}` : `${guard} ${of}`;
}

function nounOf({ cluster }: Pick<Pod, "cluster">): string {
  return cluster === undefined ? "pod" : "cluster";
}

function actionWords({ action }: LeaseGuard, isLocked: boolean, noun: string): string {
  switch (action) {
    case "stop":
    case "terminate":
      if (isLocked) return `nothing stops the ${noun}: it is locked. Unlock it in RunPod's console`;
      return action === "stop" ? "the pod is stopped" : `the ${noun} is terminated`;
    case "notify":
      return "you are notified, and the pod keeps running";
    case "agent":
      return "the agent is called";
  }
}
