import type { Pod } from "#guard/model/account.ts";
import type { PodRun, RunFacts } from "#guard/model/run.ts";
import { own } from "#guard/own-value.ts";
import { deadlinesOf, isEnding } from "#guard/pods/rules/deadlines.ts";
import { factsOf } from "#guard/pods/run/run-facts.ts";
import type { Snapshot } from "./snapshot.ts";

/** The present run of a pod; undefined when it does not run, or when its start is not known. */
export function knownRunOf(podId: string, { runs, saved }: Snapshot): PodRun | undefined {
  const run = own(runs, podId);
  if (run === undefined || run.unsureSinceMs !== undefined) return undefined;
  // Seen for the first time just now, it may have run for days.
  const isNew = run.startFrom === "first-seen" && own(saved.runs, podId) === undefined;
  return isNew ? undefined : run;
}

/** What the history keeps of a pod by `atMs`; what is not known is left out. */
export function factsNow(pod: Pod, snapshot: Snapshot, atMs: number): RunFacts {
  const { id: podId, name: podName } = pod;
  const run = own(snapshot.runs, podId);
  if (run === undefined) return { podId, podName };
  const facts = factsOf(run, atMs);
  return knownRunOf(podId, snapshot) === undefined
    ? { ...facts, uptimeMs: undefined, costUsd: undefined }
    : facts;
}

/** When one of its guards would have ended its run at the latest; undefined when none would have. */
export function capAtMs(pod: Pod, snapshot: Snapshot, atMs: number): number | undefined {
  const run = knownRunOf(pod.id, snapshot);
  if (run === undefined) return undefined;
  const { book: leaseBook, saved, moments, policy } = snapshot;
  const ends = deadlinesOf(run, pod, { ...saved, moments, leaseBook }, policy, atMs)
    .filter((each) => each.guard !== "idle" && isEnding(each) && each.atMs > atMs)
    .map((each) => each.atMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
