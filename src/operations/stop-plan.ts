import { UserError } from "#errors.ts";
import { inOrderOfEnding } from "#guard/account/backstop.ts";
import { type EndAction, isRunning, type Pod } from "#guard/model/account.ts";
import { isProtected } from "#guard/protect.ts";
import { podWords } from "#guard/text.ts";
import type { SeenPods } from "#report/snapshot.ts";
import { choosePods } from "./choose-pod.ts";

export interface EndPlan {
  readonly pods: readonly Pod[];
  /** What is not done, and why: a line a pod. */
  readonly leftOut: readonly string[];
}

/** What `stop` or `terminate` is to end. Throws a UserError, as a whole, when a pod must not be. */
export function planEnds(
  action: EndAction,
  wanted: readonly string[] | "all",
  look: SeenPods,
  protect: readonly string[],
): EndPlan {
  return wanted === "all"
    ? planAll(action, look, protect)
    : planNamed(action, choosePods(wanted, look), protect);
}

/** A pod that does not run cannot be stopped any more, but it can be terminated. */
export function isThereToEnd(action: EndAction, pod: Pod): boolean {
  switch (action) {
    case "stop":
      return isRunning(pod);
    case "terminate":
      return pod.status !== "TERMINATED";
  }
}

function planAll(action: EndAction, look: SeenPods, protect: readonly string[]): EndPlan {
  const there = inOrderOfEnding(look.pods, look).filter((pod) => isThereToEnd(action, pod));
  const whyNot = (pod: Pod): string | undefined => {
    if (isProtected(pod, protect)) return "protected";
    return pod.isLocked === true ? "locked" : undefined;
  };
  const { unreadablePods } = look;
  return {
    pods: there.filter((pod) => whyNot(pod) === undefined),
    leftOut: [
      ...there.flatMap((pod) => {
        const because = whyNot(pod);
        return because === undefined ? [] : [`left out: ${podWords(pod)} is ${because}`];
      }),
      ...(unreadablePods > 0
        ? [`left out: ${unreadablePods} that could not be read: look in RunPod's console`]
        : []),
    ],
  };
}

function planNamed(action: EndAction, pods: readonly Pod[], protect: readonly string[]): EndPlan {
  refuse(
    pods.filter((pod) => isProtected(pod, protect)),
    "protected",
    "Name only others, or take it out of protect in the config.",
  );
  const there = pods.filter((pod) => isThereToEnd(action, pod));
  refuse(
    there.filter(({ isLocked }) => isLocked === true),
    "locked",
    "Unlock it in RunPod's console, or name only others.",
  );
  return {
    pods: there,
    leftOut: pods
      .filter((pod) => !there.includes(pod))
      .map((pod) => `nothing to ${action}: ${podWords(pod)} is ${pod.status} already`),
  };
}

function refuse(pods: readonly Pod[], what: string, hint: string): void {
  const [first, ...others] = pods;
  if (first === undefined) return;
  const [named, verb] = [pods.map(podWords).join(", "), others.length === 0 ? "is" : "are"];
  throw new UserError(`${named} ${verb} ${what}. Nothing was touched.`, { hint });
}
