import { UserError } from "#errors.ts";
import { inOrderOfEnding } from "#guard/account/backstop.ts";
import { asForPerson, isDisputed, unknownWords } from "#guard/account/may-end.ts";
import { type EndAction, type Pod, runStateOf, statusWordOf } from "#guard/model/account.ts";
import { isProtected } from "#guard/protect.ts";
import { isPlainId, perHour, podWords, rowTitle, rowWords } from "#guard/text.ts";
import type { SeenPods } from "#report/snapshot.ts";
import { choosePods } from "./choose-pod.ts";

export interface EndPlan {
  readonly pods: readonly Pod[];
  /** What is skipped and why, one line for each pod. */
  readonly leftOut: readonly string[];
}

/**
 * The pods that `stop` or `terminate` is to end. Throws a UserError, and ends none, when one must not be
 * ended. What is in doubt after a change-over is ended only by a person who names it.
 */
export function planEnds(
  action: EndAction,
  wanted: readonly string[] | "all",
  look: SeenPods,
  protect: readonly string[],
  isByAgent = false,
): EndPlan {
  if (wanted === "all") return planAll(action, look, protect);
  const chosen = choosePods(wanted, look);
  return planNamed(action, isByAgent ? chosen : chosen.map(asForPerson), protect);
}

/** A pod that has ended cannot be stopped, but it can be terminated. */
function isThereToEnd(action: EndAction, pod: Pod): boolean {
  switch (action) {
    case "stop":
      return runStateOf(pod) !== "ended";
    case "terminate":
      return pod.status !== "gone";
  }
}

function planAll(action: EndAction, look: SeenPods, protect: readonly string[]): EndPlan {
  const there = inOrderOfEnding(look.pods, look).filter((pod) => isThereToEnd(action, pod));
  const whyNot = (pod: Pod): string | undefined => {
    if (isProtected(pod, protect)) return "protected";
    if (pod.isLocked === true) return "locked";
    if (isDisputed(pod)) {
      return `${pod.doubt} is unknown; it is ended only by name: ${commandFor(action, pod, "POD")}`;
    }
    return unknownWords(pod) ?? (pod.cluster && clusterLeft(pod));
  };
  const { unreadablePods } = look;
  return {
    pods: there.filter((pod) => whyNot(pod) === undefined),
    leftOut: [
      ...there.flatMap((pod) => {
        const because = whyNot(pod);
        return because === undefined ? [] : [`Skipped ${rowWords(pod)}: ${because}`];
      }),
      ...(unreadablePods > 0
        ? [`Skipped ${unreadablePods} that could not be read: check RunPod's console`]
        : []),
    ],
  };
}

/** Many pods are ended at once by a word that was meant for pods. */
function clusterLeft({ cluster, costPerHrUsd, id }: Pod): string {
  const { length } = cluster?.members ?? [];
  const cost = costPerHrUsd === undefined ? "its cost is unknown" : perHour(costPerHrUsd);
  return `a cluster of ${length} ${length === 1 ? "pod" : "pods"}, ${cost}, is ended only by name: ${terminateWords({ id })}`;
}

function terminateWords(cluster: Pick<Pod, "id">): string {
  return commandFor("terminate", cluster, "CLUSTER");
}

function commandFor(action: EndAction, { id }: Pick<Pod, "id">, word: string): string {
  return `runpodboss ${action} ${isPlainId(id) ? id : word}`;
}

/** Why a person who names a pod cannot end it so, by what the poll has shown. */
type Refusal =
  | { readonly is: "cluster" | "protected" | "locked" | "over" }
  | { readonly is: "unknown"; readonly because: string };

function whyNotNamed(action: EndAction, pod: Pod, protect: readonly string[]): Refusal | undefined {
  if (action === "stop" && pod.cluster !== undefined) return { is: "cluster" };
  if (isProtected(pod, protect)) return { is: "protected" };
  if (!isThereToEnd(action, pod)) return { is: "over" };
  if (pod.isLocked === true) return { is: "locked" };
  // It may be one that must not be ended.
  const because = unknownWords(pod);
  return because === undefined ? undefined : { is: "unknown", because };
}

/** The same in words, to be shown beside the pod: `it is protected`. Undefined: it can be asked for. */
export function whyNoEnd(
  action: EndAction,
  pod: Pod,
  protect: readonly string[],
): string | undefined {
  const refusal = whyNotNamed(action, asForPerson(pod), protect);
  switch (refusal?.is) {
    case undefined:
      return undefined;
    case "cluster":
      return "it is a cluster, which can only be terminated as a whole";
    case "protected":
      return "it is protected";
    case "locked":
      return "it is locked. Unlock it in RunPod's console";
    case "over":
      return `it is already ${statusWordOf(pod)}`;
    case "unknown":
      return refusal.because;
  }
}

function planNamed(action: EndAction, pods: readonly Pod[], protect: readonly string[]): EndPlan {
  const asked = pods.map((pod) => ({ pod, refusal: whyNotNamed(action, pod, protect) }));
  const refused = (is: Refusal["is"]): readonly Pod[] =>
    asked.flatMap(({ pod, refusal }) => (refusal?.is === is ? [pod] : []));
  const [cluster] = refused("cluster");
  if (cluster !== undefined) {
    throw new UserError(
      `${rowTitle(cluster)} cannot be stopped, only terminated as a whole. Nothing was changed.`,
      {
        hint: `${terminateWords(cluster)}\nThat ends all of its ${cluster.cluster?.members.length ?? 0} pods and LOSES what is on them.`,
      },
    );
  }
  refuse(
    refused("protected"),
    "protected",
    "Leave it out, or remove it from protect in the config.",
  );
  refuse(refused("locked"), "locked", "Unlock it in RunPod's console, or leave it out.");
  for (const { pod, refusal } of asked) {
    if (refusal?.is === "unknown") throw unknownFault(pod, refusal.because);
  }
  return {
    pods: asked.flatMap(({ pod, refusal }) => (refusal === undefined ? [pod] : [])),
    leftOut: refused("over").map(
      (pod) => `Nothing to ${action}: ${rowWords(pod)} is already ${statusWordOf(pod)}`,
    ),
  };
}

function unknownFault(pod: Pod, because: string): UserError {
  const isAwaited = pod.doubt !== undefined && !isDisputed(pod);
  return new UserError(`${rowTitle(pod)}: ${because}. Nothing was changed.`, {
    hint: isAwaited
      ? "It ran before RunPod's interface changed over, and may still run and cost money. End it in RunPod's console. If it stays unlisted, the guard counts it as gone after 15 min."
      : "RunPod's answer does not say it. Try again, or use RunPod's console.",
  });
}

function refuse(pods: readonly Pod[], what: string, hint: string): void {
  const [first, ...others] = pods;
  if (first === undefined) return;
  const isCluster = first.cluster !== undefined;
  const [noun, verb] =
    others.length === 0 ? [isCluster ? "Cluster" : "Pod", "is"] : ["Pods", "are"];
  const named = pods.map(podWords).join(", ");
  throw new UserError(`${noun} ${named} ${verb} ${what}. Nothing was changed.`, { hint });
}
