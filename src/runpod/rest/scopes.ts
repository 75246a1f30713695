import type { Refused } from "./ask.ts";

/** Whether RunPod itself says that the key is not allowed that: no proxy on the way. */
export function isForbidden({ status, isRunPods }: Refused): boolean {
  return status === 403 && isRunPods;
}

/** A key that may not do this: its words name what it lacks, and it is the key that must be changed. */
export function withScope(refused: Refused, needs: string): Refused {
  if (!isForbidden(refused)) return refused;
  const { because } = refused;
  return {
    ...refused,
    cause: "key-refused",
    because: namesScope(because) ? because : `${because} (the API key needs ${needs})`,
  };
}

function namesScope(words: string): boolean {
  return /\b[a-z][a-z-]*:(read|write)\b/.test(words);
}
