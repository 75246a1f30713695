import { type Pod, runStateOf, statusWordOf } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { clusterWords, isPlainId, podWords } from "#guard/text.ts";

/** Why a pod must not be ended now: there is nothing to end, it must not, or nobody knows. */
type HandsOff = KeptAlone | { readonly is: "over"; readonly because: string };

interface Kept {
  readonly is: "protected" | "unknown";
  readonly because: string;
}

/** A cluster is ended by a person, or by a guard whose `clusters` name it, and only as a whole. */
type KeptAlone = Kept | { readonly is: "cluster"; readonly because: string };

/**
 * Why neither a backstop nor an agent must end this pod now. What decides whether it may is known or it
 * is unknown, and then nothing ends it. Whether it is locked is asked for apart: a person can unlock it.
 */
export function whyNotTouch(
  pod: Pod | undefined,
  { protect }: Pick<Policy, "protect">,
): HandsOff | undefined {
  if (pod === undefined) return { is: "over", because: "the pod is gone" };
  if (runStateOf(pod) === "ended")
    return { is: "over", because: `the pod is ${statusWordOf(pod)}` };
  return whyKeptAlone(pod, protect);
}

/** Why no backstop and no agent may end it, whether it runs or not. */
export function whyKeptAlone(pod: Pod, protect: readonly string[]): KeptAlone | undefined {
  const kept = whyKept(pod, protect);
  if (kept !== undefined || pod.cluster === undefined) return kept;
  return { is: "cluster", because: "it is a whole cluster, which only a person may end" };
}

/** Why nothing may end this pod, whether it runs or not; undefined when it may be ended. */
export function whyKept(pod: Pod, protect: readonly string[]): Kept | undefined {
  if (isProtected(pod, protect)) return { is: "protected", because: "the pod is protected" };
  const because = unknownWords(pod);
  return because === undefined ? undefined : { is: "unknown", because };
}

/** `cluster llama (c1), 4 pods, $8.00/h: only a person may end it: runpodboss terminate c1`. */
function leftClusterWords(row: Pod, { podGuards }: Pick<Policy, "podGuards">): string {
  const { hardTimeout, lease, idle, command } = podGuards;
  const isNamed = [hardTimeout, lease, idle].some(
    (guard) => guard !== undefined && isGuardFor(row, guard),
  );
  const who = isNamed ? "only its guard or a person may end it" : "only a person may end it";
  const word = isPlainId(row.id) ? row.id : "CLUSTER";
  return `${clusterWords(row)}: ${who}: ${command} terminate ${word}`;
}

/** `its name is unknown`; undefined when all is known that decides whether it may be ended. */
export function unknownWords(pod: Pod): string | undefined {
  if (pod.doubt !== undefined) return `${pod.doubt} is unknown`;
  const unknown = [
    ...(pod.rawName === undefined ? [nameWords(pod)] : []),
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

/** All is known of it but why the interface before did not list it: a person may end it. */
export function isDisputed({ doubt, ...pod }: Pod): boolean {
  return doubt !== undefined && unknownWords(pod) === undefined;
}

/** The same pod without that doubt. */
export function asForPerson(pod: Pod): Pod {
  if (!isDisputed(pod)) return pod;
  const { doubt: _, ...sure } = pod;
  return sure;
}

/** As many pods fit a notification. */
const mostNamed = 5;

/** At most so many clusters, each in words of its own. */
export function leftClustersWords(rows: readonly Pod[], policy: Pick<Policy, "podGuards">): string {
  const named = rows.slice(0, mostNamed).map((row) => leftClusterWords(row, policy));
  const more = rows.length - named.length;
  return more > 0 ? `${named.join("; ")}; and ${more} more` : named.join("; ");
}

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

function nameWords({ nameBecause }: Pod): string {
  return nameBecause === undefined ? "its name" : `its name (${nameBecause})`;
}

function statusWords({ word }: Pod): string {
  return word === undefined ? "its status" : `what its status ${word} means`;
}
