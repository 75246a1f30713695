import { burnBefore, isConfirmed, saidBurn } from "#guard/account/confirm-burn.ts";
import { whyKept } from "#guard/account/may-end.ts";
import {
  type EndAction,
  isRunning,
  type Look,
  type Pod,
  runStateOf,
  type Seen,
} from "#guard/model/account.ts";
import type { BurnBefore, Outcome } from "#guard/model/effect.ts";
import { perHour } from "#guard/text.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";

export interface EndPodDeps {
  readonly account: Account;
  readonly clock: Clock;
  readonly protect: readonly string[];
  readonly paces: Pick<Paces, "proof">;
}

/** A pod to be ended, by the guard or by hand. */
export interface Ending {
  readonly podId: string;
  readonly action: EndAction;
  /** Asked right before: the outcome if it is no longer wanted, or not for certain. */
  readonly whyNot: (
    look: Seen,
    signal: AbortSignal,
  ) => Outcome | undefined | Promise<Outcome | undefined>;
  /**
   * A terminate is wanted of a pod that has stopped too: it is asked for by hand, or RunPod has said
   * yes to it before. Else a pod that was stopped by others is left as it is.
   */
  readonly isOfStopped?: boolean;
  /** Told when RunPod has said yes. */
  readonly onAccepted?: () => void;
  /** The burn before RunPod was first asked, by an earlier try. */
  readonly burnBefore?: BurnBefore | undefined;
  /** Whether to look for the burn to fall as long as for the end. Nobody else waits meanwhile. */
  readonly waitsForBurn?: boolean;
}

/** What an end needs to know of its earlier tries. `accepted` has the ends, by id, that RunPod said yes to. */
export function triesOf(
  id: string,
  accepted: Set<string>,
): Pick<Ending, "isOfStopped" | "onAccepted"> {
  return { isOfStopped: accepted.has(id), onAccepted: () => accepted.add(id) };
}

/** RunPod has left running pods out of its list: gone is what two polls in a row do not show. */
const onceGone = "only one poll has not shown the pod";
const notSeen = "no poll has shown the pod since";
export const maybeUnreadable = "the pod may be one that could not be read";

/**
 * Ends a pod: polls whether that is still due, asks RunPod once, and polls until the pod is no longer
 * running. RunPod's answer proves nothing: a yes may do nothing, an error may have worked.
 */
export async function endPod(
  ending: Ending,
  deps: EndPodDeps,
  signal: AbortSignal,
): Promise<Outcome | "interrupted"> {
  const before = await lookForEnd(ending, deps, signal);
  if (signal.aborted) return "interrupted";
  if (before.kind !== "due") return before.outcome;

  const answer = await deps.account.end(ending.podId, ending.action, signal);
  if (answer.kind === "accepted") ending.onAccepted?.();
  const isReadOnlyKey = answer.kind === "failed" && answer.isReadOnlyKey;
  let still: string = notSeen;
  let ended: Outcome | undefined;
  let isGone = false;
  const { readOnlyKeyMs, acceptedMs, failedMs } = deps.paces.proof;
  const answeredMs = answer.kind === "accepted" ? acceptedMs : failedMs;
  const waitsMs = [...(isReadOnlyKey ? readOnlyKeyMs : answeredMs)];
  for (const [n, waitMs] of waitsMs.entries()) {
    await deps.clock.sleepUntil(deps.clock.nowMs() + waitMs, signal);
    if (signal.aborted) return ended ?? "interrupted";
    const after = await deps.account.look(signal);
    if (after.kind === "blind" || after.pods === "unknown") continue;
    const pod = after.pods.find(({ id }) => id === ending.podId);
    const wasGone = isGone;
    isGone = pod === undefined && after.unreadablePods === 0;
    if (isGone && !wasGone) {
      still = onceGone;
      if (n === waitsMs.length - 1) waitsMs.push(waitMs);
      continue;
    }
    if (pod === undefined ? after.unreadablePods === 0 : isProof(pod, ending)) {
      ended = proven(pod, before, ending, after);
      if (ended.unconfirmed === undefined || ending.waitsForBurn !== true) return ended;
    } else still = stillWords(pod);
  }
  if (ended !== undefined) return ended;
  if (isReadOnlyKey) return failed(`the API key is read-only (${answer.because})`);
  const because =
    answer.kind === "failed"
      ? `RunPod refused (${answer.because}), and ${still}`
      : `RunPod accepted the request, but ${still}`;
  const unconfirmed = ending.burnBefore ?? burnOf(before);
  return { ...failed(because), ...(unconfirmed !== undefined && { unconfirmed }) };
}

interface Due {
  readonly kind: "due";
  readonly pod: Pod;
  readonly look: Seen;
}

/** The poll right before acting: whether the pod must still be ended. */
export async function lookForEnd(
  ending: Ending,
  deps: EndPodDeps,
  signal: AbortSignal,
): Promise<Due | { readonly kind: "not-due"; readonly outcome: Outcome }> {
  const { podId, whyNot } = ending;
  const { protect } = deps;
  const look = await lookTwiceIfGone(podId, deps, signal);
  if (look.kind === "blind") return notDue(failed(`the poll failed (${look.because})`));
  if (look.pods === "unknown") return notDue(failed("RunPod did not list the pods"));
  const pod = look.pods.find(({ id }) => id === podId);
  const isHidden = pod === undefined && look.unreadablePods > 0;
  if (!isHidden && isOver(pod, ending)) return notDue(over(pod, ending, look));
  const kept = pod && whyKept(pod, protect);
  if (kept?.is === "protected") return notDue(moot(kept.because));
  const outcome = await whyNot(look, signal);
  if (outcome !== undefined) return notDue(outcome);
  if (pod === undefined) return notDue(failed(maybeUnreadable));
  if (kept !== undefined) return notDue(failed(kept.because));
  return pod.isLocked === true ? notDue(failed("the pod is locked")) : { kind: "due", pod, look };
}

async function lookTwiceIfGone(
  podId: string,
  { account, clock, paces }: EndPodDeps,
  signal: AbortSignal,
): Promise<Look> {
  const look = await account.look(signal);
  if (look.kind === "blind" || look.pods === "unknown" || look.unreadablePods > 0) return look;
  if (look.pods.some(({ id }) => id === podId)) return look;
  await clock.sleepUntil(clock.nowMs() + (paces.proof.acceptedMs[0] ?? 0), signal);
  return account.look(signal);
}

/** Whether there is nothing to end. */
function isOver(pod: Pod | undefined, ending: Ending): boolean {
  if (pod === undefined) return true;
  return ending.isOfStopped === true ? isProof(pod, ending) : runStateOf(pod) === "ended";
}

/** A pod that has stopped is not terminated: it is still there, and so is what its disk costs. */
function isProof(pod: Pod, { action }: Ending): boolean {
  return action === "terminate" ? pod.status === "TERMINATED" : runStateOf(pod) === "ended";
}

/** How a pod is found for which there is nothing to do, or no longer, and what the burn says to it. */
function over(pod: Pod | undefined, { burnBefore: before }: Ending, look: Seen): Outcome {
  const because = pod === undefined ? "the pod is gone" : `the pod is ${pod.status}`;
  const podIs = endOf(pod);
  if (before === undefined) return { ...moot(because), podIs };
  const isShown = isConfirmed(before, look);
  return {
    ...moot(`${because}; ${burnWords(before.burnPerHrUsd, look, isShown)}`),
    podIs,
    ...(!isShown && { unconfirmed: before }),
  };
}

function endOf(pod: Pod | undefined): "stopped" | "gone" {
  return pod === undefined || pod.status === "TERMINATED" ? "gone" : "stopped";
}

function stillWords(pod: Pod | undefined): string {
  if (pod === undefined) return maybeUnreadable;
  switch (runStateOf(pod)) {
    case "running":
      return "the pod still runs";
    case "ended":
      return `the pod is ${pod.status} and still there`;
    case "unknown":
      return `what its status ${pod.status ?? "(none)"} means is unknown`;
  }
}

function notDue(outcome: Outcome) {
  return { kind: "not-due", outcome } as const;
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}

function moot(because: string): Outcome {
  return { kind: "moot", because, tail: "" };
}

function proven(pod: Pod | undefined, due: Due, ending: Ending, after: Seen): Outcome {
  const before = ending.burnBefore ?? burnOf(due);
  const isShown = before === undefined || isConfirmed(before, after);
  const state = pod === undefined ? "gone" : pod.status;
  return {
    kind: "done",
    because: `the pod is ${state}; ${burnWords(saidBurn(due.look), after, isShown)}`,
    tail: "",
    podIs: endOf(pod),
    ...(!isShown ? { unconfirmed: before } : before !== undefined && { confirmed: before }),
  };
}

function burnOf({ pod, look }: Due): BurnBefore | undefined {
  return isRunning(pod) ? burnBefore(pod, look) : undefined;
}

/** The burn may lag behind the pods: then the words say so. */
function burnWords(was: number | undefined, after: Seen, isShown: boolean): string {
  const is = saidBurn(after);
  if (is === undefined) return "not confirmed by the burn, which is unknown";
  if (was === undefined) {
    return isShown ? `the burn is ${perHour(is)}` : `not confirmed by the burn (${perHour(is)})`;
  }
  const change = `${perHour(was)} to ${perHour(is)}`;
  if (!isShown) return `not confirmed by the burn (${change})`;
  return is < was
    ? `the burn fell from ${change}`
    : `the burn is explained by the other pods (${change})`;
}
