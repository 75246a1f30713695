import type { PodRun } from "#guard/model/run.ts";

/** Names one run of a pod, for whoever means that run and no later one. A restart is another run. */
export function runNameOf({ firstSeenAtMs }: Pick<PodRun, "firstSeenAtMs">): string {
  return Math.round(firstSeenAtMs).toString(36);
}
