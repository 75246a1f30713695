import { type Pod, runStateOf, statusWordOf } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { isProtected } from "#guard/protect.ts";
import { podWords } from "#guard/text.ts";

/** Why a pod must not be ended now: there is nothing to end, it must not, or nobody knows. */
type HandsOff = Kept | { readonly is: "over"; readonly because: string };

interface Kept {
  readonly is: "protected" | "unknown";
  readonly because: string;
}

/**
 * Why the guard must not end this pod now, for any reason. What decides whether it may is known or it
 * is unknown, and then nothing ends it. Whether it is locked is asked for apart: a person can unlock it.
 */
export function whyNotTouch(
  pod: Pod | undefined,
  { protect }: Pick<Policy, "protect">,
): HandsOff | undefined {
  if (pod === undefined) return { is: "over", because: "the pod is gone" };
  if (runStateOf(pod) === "ended")
    return { is: "over", because: `the pod is ${statusWordOf(pod)}` };
  return whyKept(pod, protect);
}

/** Why nothing may end this pod, whether it runs or not; undefined when it may be ended. */
export function whyKept(pod: Pod, protect: readonly string[]): Kept | undefined {
  if (isProtected(pod, protect)) return { is: "protected", because: "the pod is protected" };
  const because = unknownWords(pod);
  return because === undefined ? undefined : { is: "unknown", because };
}

/** `its name is unknown`; undefined when all is known that decides whether it may be ended. */
export function unknownWords(pod: Pod): string | undefined {
  const unknown = [
    ...(pod.rawName === undefined ? ["its name"] : []),
    ...(runStateOf(pod) === "unknown" ? [statusWords(pod)] : []),
    ...(pod.isLocked === undefined ? ["whether it is locked"] : []),
    ...(pod.hasNetworkVolume === undefined ? ["whether it has a network volume"] : []),
  ];
  if (unknown.length === 0) return undefined;
  return `${unknown.join(" and ")} ${unknown.length === 1 ? "is" : "are"} unknown`;
}

/** `n1 (its name is unknown), db (l1, whether it is locked is unknown)`. */
export function unsureWords(pods: readonly Pod[]): string {
  return namedWith(
    pods.flatMap((pod) => {
      const why = unknownWords(pod);
      return why === undefined ? [] : [{ pod, why }];
    }),
  );
}

/** As many pods fit a notification. */
const mostNamed = 5;

/** Pods by name, each with its reason. */
export function namedWith(pods: readonly { readonly pod: Pod; readonly why: string }[]): string {
  const named = pods.slice(0, mostNamed).map(({ pod, why }) => withReason(pod, why));
  const more = pods.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}

/** `keep-me (k1, protected)`; a pod without a name of its own is `k1 (protected)`. */
function withReason(pod: Pod, why: string): string {
  const words = podWords(pod);
  return words.endsWith(")") ? `${words.slice(0, -1)}, ${why})` : `${words} (${why})`;
}

function statusWords({ word }: Pod): string {
  return word === undefined ? "its status" : `what its status ${word} means`;
}
