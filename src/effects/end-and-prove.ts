import { whyNotTouch } from "#guard/account/backstop.ts";
import { type EndAction, isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import type { Outcome } from "#guard/model/effect.ts";
import { isProtected } from "#guard/protect.ts";
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
  /** Whether a pod that RunPod still lists counts as ended; by default, when it is not running. */
  readonly isOver?: (pod: Pod) => boolean;
}

const notSeen = "no poll has shown the pod since";
const stillRuns = "the pod still runs";
const stillThere = "the pod is still there";
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
  const isReadOnlyKey = answer.kind === "failed" && answer.isReadOnlyKey;
  let still: string = notSeen;
  const { readOnlyKeyMs, acceptedMs, failedMs } = deps.paces.proof;
  const answeredMs = answer.kind === "accepted" ? acceptedMs : failedMs;
  for (const waitMs of isReadOnlyKey ? readOnlyKeyMs : answeredMs) {
    await deps.clock.sleepUntil(deps.clock.nowMs() + waitMs, signal);
    if (signal.aborted) return "interrupted";
    const after = await deps.account.look(signal);
    if (after.kind === "blind" || after.pods === "unknown") continue;
    const pod = after.pods.find(({ id }) => id === ending.podId);
    if (pod === undefined ? after.unreadablePods === 0 : isOver(pod, ending)) {
      return proven(pod, before, after);
    }
    still = pod === undefined ? maybeUnreadable : isRunning(pod) ? stillRuns : stillThere;
  }
  if (isReadOnlyKey) return failed(`the API key is read-only (${answer.because})`);
  return failed(
    answer.kind === "failed"
      ? `RunPod refused (${answer.because}), and ${still}`
      : `RunPod accepted the request, but ${still}`,
  );
}

interface Due {
  readonly kind: "due";
  readonly pod: Pod;
  readonly look: Seen;
}

/** The poll right before acting: whether the pod must still be ended. */
export async function lookForEnd(
  ending: Ending,
  { account, protect }: Pick<EndPodDeps, "account" | "protect">,
  signal: AbortSignal,
): Promise<Due | { readonly kind: "not-due"; readonly outcome: Outcome }> {
  const { podId, whyNot } = ending;
  const look = await account.look(signal);
  if (look.kind === "blind") return notDue(failed(`the poll failed (${look.because})`));
  if (look.pods === "unknown") return notDue(failed("RunPod did not list the pods"));
  const pod = look.pods.find(({ id }) => id === podId);
  const isHidden = pod === undefined && look.unreadablePods > 0;
  const because = isHidden ? undefined : whyLeave(pod, ending, protect);
  if (because !== undefined) {
    return notDue({ kind: "moot", because, tail: "", podIs: endOf(pod, ending) });
  }
  const outcome = await whyNot(look, signal);
  if (outcome !== undefined) return notDue(outcome);
  if (pod === undefined) return notDue(failed(maybeUnreadable));
  return pod.isLocked === true ? notDue(failed("the pod is locked")) : { kind: "due", pod, look };
}

function isOver(pod: Pod, ending: Ending): boolean {
  return ending.isOver?.(pod) ?? !isRunning(pod);
}

/** Why the pod is to be left alone: it is protected, or it has already ended. */
function whyLeave(
  pod: Pod | undefined,
  ending: Ending,
  protect: readonly string[],
): string | undefined {
  const isIdlyThere = pod !== undefined && !isRunning(pod) && !isOver(pod, ending);
  if (!isIdlyThere) return whyNotTouch(pod, { protect });
  return isProtected(pod, protect) ? "the pod is protected" : undefined;
}

function notDue(outcome: Outcome) {
  return { kind: "not-due", outcome } as const;
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}

function proven(pod: Pod | undefined, before: Due, after: Seen): Outcome {
  const state = pod === undefined ? "gone" : pod.status;
  const because = `the pod is ${state}; ${burnWords(before, after)}`;
  return { kind: "done", because, tail: "", podIs: pod === undefined ? "gone" : "stopped" };
}

/** How a pod that is left alone has ended, if it has. */
function endOf(pod: Pod | undefined, ending: Ending): Outcome["podIs"] {
  if (pod === undefined) return "gone";
  return isOver(pod, ending) ? "stopped" : undefined;
}

/** The burn may lag behind the pods: then the words say so. */
function burnWords({ pod, look }: Due, after: Seen): string {
  const [was, is] = [look.burnPerHrUsd, after.burnPerHrUsd];
  if (was === undefined || is === undefined) return "the burn is unknown";
  if (!isRunning(pod)) return `the burn was ${perHour(was)} and is ${perHour(is)}`;
  const hasFallen = is <= was - (pod.costPerHrUsd ?? 0) / 2 && is < was;
  const change = `${perHour(was)} to ${perHour(is)}`;
  return hasFallen ? `the burn fell from ${change}` : `the burn has not fallen yet (${change})`;
}
