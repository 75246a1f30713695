import { burnBefore, isConfirmed, saidBurn, stricter } from "#guard/account/confirm-burn.ts";
import { whyKept } from "#guard/account/may-end.ts";
import {
  clusterOf,
  type EndAction,
  isRunning,
  type Look,
  type Pod,
  runStateOf,
  type Seen,
  statusWordOf,
} from "#guard/model/account.ts";
import type { BurnBefore, Outcome } from "#guard/model/effect.ts";
import { perHour, rowWords } from "#guard/text.ts";
import type { Paces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";

export interface EndPodDeps {
  readonly account: Account;
  readonly clock: Clock;
  /** Read when it is to be known: a reload may have changed it meanwhile. */
  readonly protect: readonly string[];
  readonly paces: Pick<Paces, "proof">;
}

/** A pod to be ended, by the guard or by hand. */
export interface Ending {
  readonly podId: string;
  /** It is a whole cluster, with these in it: it has ended once neither it nor any of them is listed. */
  readonly memberIds?: readonly string[] | undefined;
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
  /** What burned when the end was decided, before any try; the pod ran then. */
  readonly burnBefore?: BurnBefore | undefined;
  /** Told when RunPod has said yes. */
  readonly onAccepted?: () => void;
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

/** RunPod's shortest rate window, and some more: a wait that is longer is told of. */
const mostWindowMs = 90_000;
/** Windows waited for before the end counts as failed. */
const mostWindows = 5;

const notSeen = "no poll has shown the pod since";
const missing = "only one poll does not list the pod, which proves nothing";
export const maybeUnreadable = "the pod may be one that could not be read";

/**
 * Ends a pod: polls whether that is still due, asks RunPod once, and polls until the pod is no longer
 * running. RunPod's answer proves nothing: a yes may do nothing, an error may have worked. A pod that is
 * not listed is gone when two polls in a row do not list it: a list may be empty for once. Where RunPod's
 * rate window is used up, that is no failure: it is waited for, and all of it begins anew.
 */
export async function endPod(
  asked: Ending,
  deps: EndPodDeps,
  signal: AbortSignal,
  windows = 0,
): Promise<Outcome | "interrupted"> {
  const before = await lookForEnd(asked, deps, signal);
  if (signal.aborted) return "interrupted";
  const ending = before.kind === "due" ? withMembers(asked, before.pod) : asked;
  const { readOnlyKeyMs, acceptedMs, failedMs } = deps.paces.proof;
  if (before.kind !== "due") {
    const { outcome } = before;
    if (outcome.unconfirmed === undefined || ending.waitsForBurn !== true) return outcome;
    const { ended } = await lookForProof(ending, outcome.unconfirmed, acceptedMs, deps, signal);
    return ended === undefined ? outcome : { kind: "moot", ...ended, tail: "" };
  }

  const { pod, look } = before;
  const burnt = isRunning(pod)
    ? stricter(ending.burnBefore, burnBefore(pod, look))
    : ending.burnBefore;
  const answer = await deps.account.end(pod, ending.action, signal);
  if (answer.kind === "accepted") ending.onAccepted?.();
  const heldMs = answer.kind === "failed" ? answer.windowOpensInMs : undefined;
  const isHeld = heldMs !== undefined && heldMs <= mostWindowMs && windows < mostWindows;
  if (isHeld) await deps.clock.sleepUntil(deps.clock.nowMs() + heldMs, signal);
  const isReadOnlyKey = answer.kind === "failed" && answer.isReadOnlyKey;
  const answeredMs = answer.kind === "accepted" ? acceptedMs : failedMs;
  const waitsMs = isReadOnlyKey ? readOnlyKeyMs : answeredMs;
  const { ended, still } = await lookForProof(ending, burnt, waitsMs, deps, signal);
  if (ended !== undefined) return { kind: "done", ...ended, tail: "" };
  if (signal.aborted) return "interrupted";
  if (isHeld) return endPod(asked, deps, signal, windows + 1);
  if (isReadOnlyKey) return failed(`the API key is read-only (${answer.because})`);
  const because =
    answer.kind === "failed"
      ? `RunPod refused (${answer.because}), and ${still}`
      : `RunPod accepted the request, but ${still}`;
  return { ...failed(because), ...(burnt !== undefined && { unconfirmed: burnt }) };
}

/** With the members that its cluster has now, beside those that it had: any of them may be left over. */
function withMembers(ending: Ending, { cluster }: Pod): Ending {
  if (cluster === undefined) return ending;
  const now = cluster.members.map(({ id }) => id);
  return { ...ending, memberIds: [...new Set([...(ending.memberIds ?? []), ...now])] };
}

type Found = Pick<Outcome, "because" | "podIs" | "unconfirmed">;

/** Polls after each of these waits until the pod has ended; gives how it was found, or why that is no end. */
async function lookForProof(
  ending: Ending,
  burnt: BurnBefore | undefined,
  waitsMs: readonly number[],
  deps: EndPodDeps,
  signal: AbortSignal,
): Promise<{ readonly ended: Found | undefined; readonly still: string }> {
  const { clock, paces } = deps;
  let still: string = notSeen;
  let ended: Found | undefined;
  // One more where the last of them is the first that does not list the pod.
  for (let n = 0; n < waitsMs.length || (n === waitsMs.length && still === missing); n += 1) {
    await clock.sleepUntil(clock.nowMs() + (waitsMs[n] ?? paces.proof.missingMs), signal);
    if (signal.aborted) break;
    const after = await lookOnceAllowed(deps, signal);
    if (after.kind === "blind" || after.pods === "unknown") continue;
    const pod = after.pods.find(({ id }) => id === ending.podId);
    const wasMissing = still === missing;
    still = isMissing(after, ending) ? missing : stillWords(pod, isLeftOver(after, ending));
    const isEnd = pod === undefined ? wasMissing && still === missing : isProof(pod, ending);
    ended = isEnd ? foundAfter(pod, ending, burnt, after) : undefined;
    if (ended === undefined) continue;
    const isBurnSaid = burnt?.burnPerHrUsd !== undefined || saidBurn(after) !== undefined;
    if (ended.unconfirmed === undefined || ending.waitsForBurn !== true || !isBurnSaid) break;
  }
  return { ended, still };
}

interface Due {
  readonly kind: "due";
  readonly pod: Pod;
  readonly look: Seen;
}

/** The poll right before acting: whether the pod must still be ended. One that is not listed is looked for twice. */
export async function lookForEnd(
  ending: Ending,
  deps: EndPodDeps,
  signal: AbortSignal,
): Promise<Due | { readonly kind: "not-due"; readonly outcome: Outcome }> {
  const { podId, whyNot } = ending;
  const { clock, paces } = deps;
  let look = await lookOnceAllowed(deps, signal);
  if (isMissing(look, ending)) {
    await clock.sleepUntil(clock.nowMs() + paces.proof.missingMs, signal);
    look = await lookOnceAllowed(deps, signal);
  }
  if (look.kind === "blind") return notDue(failed(`the poll failed (${look.because})`));
  if (look.pods === "unknown") return notDue(failed("RunPod did not list the pods"));
  const pod = look.pods.find(({ id }) => id === podId);
  const isOther = whyOther(ending, pod, look.pods);
  if (isOther !== undefined) return notDue(moot(isOther));
  const isHidden = pod === undefined && (look.unreadablePods > 0 || isLeftOver(look, ending));
  if (!isHidden && isOver(pod, ending)) return notDue(over(pod, ending, look));
  const kept = pod && whyKept(pod, deps.protect);
  if (kept?.is === "protected") return notDue(moot(kept.because));
  const outcome = await whyNot(look, signal);
  if (outcome !== undefined) return notDue(outcome);
  if (pod === undefined) return notDue(failed(stillWords(pod, isLeftOver(look, ending))));
  if (kept !== undefined) return notDue(failed(kept.because));
  return pod.isLocked === true ? notDue(failed("the pod is locked")) : { kind: "due", pod, look };
}

/** A poll, after the rate windows that do not allow one yet. */
async function lookOnceAllowed({ account, clock }: EndPodDeps, signal: AbortSignal): Promise<Look> {
  for (let windows = 0; ; windows += 1) {
    const look = await account.look(signal);
    if (look.kind === "seen" || look.isWindowSpent !== true || windows === mostWindows) return look;
    const { retryAfterMs = Infinity } = look;
    if (retryAfterMs > mostWindowMs || signal.aborted) return look;
    await clock.sleepUntil(clock.nowMs() + retryAfterMs, signal);
    if (signal.aborted) return look;
  }
}

/** Whether a poll that shows all pods does not show this one, nor what was in this cluster. */
function isMissing(look: Look, ending: Ending): boolean {
  if (look.kind === "blind" || look.pods === "unknown" || look.unreadablePods > 0) return false;
  return look.pods.every(({ id }) => id !== ending.podId) && !isLeftOver(look, ending);
}

/** Whether a pod of the cluster is listed and not gone, be it by itself. */
function isLeftOver({ pods }: Seen, { memberIds = [] }: Ending): boolean {
  if (pods === "unknown" || memberIds.length === 0) return false;
  const ids = new Set(memberIds);
  return pods.some(
    ({ id, status, cluster }) =>
      (ids.has(id) && status !== "gone") ||
      cluster?.members.some((each) => ids.has(each.id) && each.status !== "gone") === true,
  );
}

/**
 * Why what has this id now is not what was to be ended: a cluster is ended only as one, and only by a
 * terminate, and none of its members by itself.
 */
function whyOther(
  { podId, action, memberIds }: Ending,
  pod: Pod | undefined,
  pods: readonly Pod[],
): string | undefined {
  if (pod === undefined) {
    const cluster = memberIds === undefined ? clusterOf(podId, pods) : undefined;
    return cluster && `the pod is a member of ${rowWords(cluster)}, which only ends as a whole`;
  }
  if (pod.cluster === undefined) {
    return memberIds === undefined ? undefined : "what has its id now is no cluster";
  }
  return memberIds === undefined || action !== "terminate"
    ? "it is a whole cluster, which was not to be ended"
    : undefined;
}

/** Whether there is nothing to end. */
function isOver(pod: Pod | undefined, ending: Ending): boolean {
  if (pod === undefined) return true;
  return ending.isOfStopped === true ? isProof(pod, ending) : runStateOf(pod) === "ended";
}

/** A pod that has stopped is not terminated: it is still there, and so is what its disk costs. */
function isProof(pod: Pod, { action }: Ending): boolean {
  return action === "terminate" ? pod.status === "gone" : runStateOf(pod) === "ended";
}

/** How a pod is found for which there is nothing to do. An earlier try may have ended it. */
function over(pod: Pod | undefined, ending: Ending, look: Seen): Outcome {
  const { burnBefore: burnt } = ending;
  if (burnt !== undefined)
    return { kind: "moot", ...foundAfter(pod, ending, burnt, look), tail: "" };
  return { ...moot(isWords(pod, ending)), podIs: endOf(pod) };
}

function isWords(pod: Pod | undefined, { memberIds }: Ending): string {
  const noun = memberIds === undefined ? "pod" : "cluster";
  return `the ${noun} is ${pod === undefined ? "gone" : statusWordOf(pod)}`;
}

function endOf(pod: Pod | undefined): "stopped" | "gone" {
  return pod === undefined || pod.status === "gone" ? "gone" : "stopped";
}

function stillWords(pod: Pod | undefined, isSomeLeft: boolean): string {
  if (pod === undefined) {
    return isSomeLeft ? "some of the cluster's pods are still listed" : maybeUnreadable;
  }
  switch (runStateOf(pod)) {
    case "running":
      return `the ${pod.cluster === undefined ? "pod" : "cluster"} still runs`;
    case "ended":
      return `the ${pod.cluster === undefined ? "pod" : "cluster"} is ${statusWordOf(pod)} and still there`;
    case "unknown":
      return `what its status ${pod.word ?? "(none)"} means is unknown`;
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

/** What a poll shows of a pod that has ended; without the burn before, that says nothing of it. */
function foundAfter(
  pod: Pod | undefined,
  ending: Ending,
  burnt: BurnBefore | undefined,
  after: Seen,
): Found {
  const isShown = burnt === undefined || isConfirmed(burnt, after);
  return {
    because: `${isWords(pod, ending)}; ${burnWords(burnt?.burnPerHrUsd, after, isShown)}`,
    podIs: endOf(pod),
    ...(!isShown && { unconfirmed: burnt }),
  };
}

/** The burn may lag behind the pods: then the words say so. */
function burnWords(was: number | undefined, after: Seen, isShown: boolean): string {
  const is = saidBurn(after);
  if (is === undefined) {
    return after.isBurnAddedUp === true
      ? "not confirmed by the burn, as RunPod shows only that of the pods"
      : "not confirmed by the burn, which is unknown";
  }
  if (was === undefined) {
    return isShown ? `the burn is ${perHour(is)}` : `not confirmed by the burn (${perHour(is)})`;
  }
  const change = `${perHour(was)} to ${perHour(is)}`;
  if (!isShown) return `not confirmed by the burn (${change})`;
  return is < was
    ? `the burn fell from ${change}`
    : `the burn is explained by the other pods (${change})`;
}
