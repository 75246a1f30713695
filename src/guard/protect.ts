import type { Pod } from "#guard/model/account.ts";
import { isAlike } from "./alike.ts";

type Named = Pick<Pod, "id" | "name" | "rawName" | "otherNames">;

/** Whether nothing may stop this pod. In doubt it is: protecting too much is safe. */
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

/** Whether a glob matches one of the pod's names. */
export function isCalled({ name, rawName, otherNames = [] }: Named, glob: string): boolean {
  if (rawName !== undefined) {
    if (isAlike(rawName, glob)) return true;
    if (name !== rawName && isAlike(name, glob)) return true;
  }
  return otherNames.some((each) => isAlike(each, glob));
}
