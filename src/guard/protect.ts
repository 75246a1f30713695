import type { Pod } from "#guard/model/account.ts";
import type { PodGuardAction } from "#guard/model/policy.ts";
import { isAlike } from "./alike.ts";

type Named = Pick<Pod, "id" | "name" | "rawName" | "otherNames" | "cluster">;

/** What of a guard says whom it is for. */
interface Guarding {
  readonly action: PodGuardAction;
  readonly pods: readonly string[];
  readonly clusters?: readonly string[] | undefined;
}

/**
 * Whether a guard is for this pod, by its `pods`; or for this cluster, by its `clusters`, and only if it
 * terminates: nothing else can be done to a cluster. What its members are called does not count here.
 */
export function isGuardFor(pod: Named, { action, pods, clusters = [] }: Guarding): boolean {
  if (pod.cluster === undefined) return isAmong(pod, pods);
  return action === "terminate" && isNamedBy(pod, clusters);
}

/** Whether a glob matches the id or the name of a cluster itself. */
export function isNamedBy({ id, name, rawName }: Named, globs: readonly string[]): boolean {
  return isAmong({ id, name, rawName }, globs);
}

/** Whether nothing may stop this pod. In doubt it is: protecting too much is safe. One member protects its cluster. */
export function isProtected(pod: Named, protect: readonly string[]): boolean {
  return isAmong(pod, protect);
}

/**
 * Whether a glob (`*` any text, `?` one character) matches a pod's id or any of its names, as given or
 * as shown, however they are written.
 */
export function isAmong(pod: Named, globs: readonly string[]): boolean {
  return globs.some((glob) => isAlike(pod.id, glob) || isCalled(pod, glob));
}

/** Whether a glob matches one of the pod's names; of a cluster, its members' too. */
export function isCalled(
  { name, rawName, otherNames = [], cluster }: Named,
  glob: string,
): boolean {
  if (rawName !== undefined) {
    if (isAlike(rawName, glob)) return true;
    if (name !== rawName && isAlike(name, glob)) return true;
  }
  if (otherNames.some((each) => isAlike(each, glob))) return true;
  const { members = [] } = cluster ?? {};
  return members.some((each) => isAlike(each.id, glob) || isAlike(each.name, glob));
}
