import type { Pod } from "#guard/model/account.ts";

type Named = Pick<Pod, "id" | "name" | "rawName">;

/** Whether nothing may stop this pod. Letter case does not count: protecting too much is safe. */
export function isProtected(pod: Named, protect: readonly string[]): boolean {
  return isAmong(pod, protect);
}

/**
 * Whether a glob (`*` any text, `?` one character) matches a pod's id or its name, as given or as
 * shown, in whatever letter case.
 */
export function isAmong({ id, name, rawName }: Named, globs: readonly string[]): boolean {
  return globs.some((glob) => [id, name, rawName].some((text) => matches(text, glob)));
}

/** Glob matching in time proportional to both lengths, whatever the glob. */
export function matches(text: string, glob: string): boolean {
  // Nearly every guard is for all pods, and there may be thousands.
  if (glob === "*") return true;
  const letters = Array.from(text.toLowerCase());
  const pattern = Array.from(glob.toLowerCase());
  let at = 0;
  let inGlob = 0;
  let star = -1;
  let retryAt = 0;
  while (at < letters.length) {
    const wanted = pattern[inGlob];
    if (wanted === "*") {
      star = inGlob;
      retryAt = at;
      inGlob += 1;
    } else if (wanted === "?" || (wanted !== undefined && wanted === letters[at])) {
      at += 1;
      inGlob += 1;
    } else if (star >= 0) {
      retryAt += 1;
      at = retryAt;
      inGlob = star + 1;
    } else {
      return false;
    }
  }
  return pattern.slice(inGlob).every((wanted) => wanted === "*");
}
