import type { Pod, PodRun, RunFacts } from "../guard/model.ts";
import { own } from "../guard/own.ts";
import { deadlinesOf, isEnding } from "../guard/rules/deadlines.ts";
import { factsOf } from "../guard/run-facts.ts";
import type { Situation } from "./situation.ts";

/** The present run of a pod; undefined when it does not run, or when its start is not known. */
export function knownRunOf(podId: string, { state, saved }: Situation): PodRun | undefined {
  const run = own(state.runs, podId);
  if (run === undefined || run.unsureSinceMs !== undefined) return undefined;
  // Seen for the first time just now, it may have run for days.
  const isNew = run.startFrom === "first-seen" && own(saved.runs, podId) === undefined;
  return isNew ? undefined : run;
}

/** What the history keeps of a pod by `atMs`; what is not known is left out. */
export function factsNow(pod: Pod, situation: Situation, atMs: number): RunFacts {
  const { id: podId, name: podName } = pod;
  const run = own(situation.state.runs, podId);
  if (run === undefined) return { podId, podName };
  const facts = factsOf(run, atMs);
  return knownRunOf(podId, situation) === undefined
    ? { ...facts, uptimeMs: undefined, costUsd: undefined }
    : facts;
}

/** When one of its guards would have ended its run at the latest; undefined when none would have. */
export function capAtMs(pod: Pod, situation: Situation, atMs: number): number | undefined {
  const run = knownRunOf(pod.id, situation);
  if (run === undefined) return undefined;
  const { state, policy } = situation;
  const ends = deadlinesOf(run, pod, state, policy, atMs)
    .filter((each) => each.guard !== "idle" && isEnding(each) && each.atMs > atMs)
    .map((each) => each.atMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
