import type { PodRun } from "#guard/model/run.ts";

/** Names a run of a pod: a restart is another one. Whoever acts on a pod can say which run was meant. */
export function runName({ firstSeenAtMs }: Pick<PodRun, "firstSeenAtMs">): string {
  return firstSeenAtMs.toString(36);
}
