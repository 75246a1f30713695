import type { PodRun } from "#guard/model/run.ts";

/** Names one run of a pod, for whoever means that run and no later one. A restart is another run. */
export function runNameOf({
  firstSeenAtMs,
  namedAtMs = firstSeenAtMs,
}: Pick<PodRun, "firstSeenAtMs" | "namedAtMs">): string {
  return Math.round(namedAtMs).toString(36);
}
