import {
  isEveryRunKnown,
  isRunning,
  type Pod,
  runStateOf,
  type Seen,
} from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Decision, GuardEvent, GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { endedBy, endedByHand } from "./ended-by.ts";
import { withSaid } from "#guard/pods/rules/lease.ts";
import { runFrom } from "#guard/pods/run/run-start.ts";
import { sameOrNew, withChanges, withEachRun } from "#guard/pods/run/update-runs.ts";

/** Follows each pod from a start to the next stop. A poll without a list of pods changes nothing. */
export function followRuns(state: GuardState, look: Seen, policy: Policy): Decision {
  const { pods, atMs } = look;
  if (pods === "unknown") return { state, events: [] };
  const { podsSeenAtMs } = state;
  const lastMs = podsSeenAtMs ?? atMs;
  const sinceMs = podsSeenAtMs === undefined ? Infinity : atMs - podsSeenAtMs;
  const wasWatched = isShort(sinceMs, policy);
  const unsure = (run: PodRun): PodRun => ({
    ...run,
    unsureSinceMs: run.unsureSinceMs ?? Math.min(lastMs, atMs),
  });
  const running = pods.filter(isRunning);
  const events: GuardEvent[] = [];
  const again: string[] = [];
  const runs = running.map((pod): PodRun => {
    const run = own(state.runs, pod.id);
    if (run === undefined) return begun(pod, atMs, state, policy);
    if (run.stoppedAtMs !== undefined) {
      again.push(pod.id);
      events.push(endedMeanwhile(run, run.stoppedAtMs, state, atMs));
      return begun(pod, atMs, state, policy);
    }
    const { name, costPerHrUsd = run.costPerHrUsd } = pod;
    const isCluster = isClusterIn(pod);
    const isFirst = run.isStarting === true && pod.status === "running";
    const runsSinceMs = run.runsSinceMs ?? (isFirst ? atMs : undefined);
    const told = { name, costPerHrUsd, isCluster, runsSinceMs };
    const now = withChanges(wasWatched ? run : unsure(run), told);
    // By its second poll its load, and with it its start, should have been read.
    if (run.isRecorded === true) return now;
    events.push({ kind: "run-started", run: now });
    return { ...now, isRecorded: true };
  });

  const ending = new Set(state.owed.filter(isEnd).map(({ podId }) => podId));
  const stateOf = new Map(pods.map((pod) => [pod.id, runStateOf(pod)]));
  const runningIds = new Set(running.map(({ id }) => id));
  const members = new Set(pods.flatMap(({ cluster }) => cluster?.members ?? []).map(idOf));
  for (const run of Object.values(state.runs)) {
    // Taken for a pod by itself before, it has not ended: it goes on in its cluster's run.
    if (runningIds.has(run.podId) || members.has(run.podId)) continue;
    const isThere = stateOf.has(run.podId);
    const isUnknown = isThere
      ? stateOf.get(run.podId) === "unknown"
      : // A row that cannot be read may be this pod's, stopped or not.
        look.unreadablePods > 0;
    if (isUnknown) runs.push(unsure(run));
    // The effect that is ending it records the end.
    else if (ending.has(run.podId)) {
      const stoppedAtMs = run.stoppedAtMs ?? lastMs;
      // What is gone never runs again: if it is seen again, this list was wrong.
      runs.push(isThere ? withChanges(run, { stoppedAtMs }) : run);
    } else {
      const podIs = isThere ? "stopped" : "gone";
      const reason = endedBy(run, state, atMs);
      const by = reason === endedByHand ? "by hand" : "by someone or something else";
      events.push({
        kind: "run-ended",
        run,
        podIs,
        reason,
        because: `${podIs === "gone" ? "terminated" : "stopped"} ${by}`,
        ranAtMs: run.unsureSinceMs ?? lastMs,
        endedAtMs: lastMs,
      });
    }
  }
  // It was to end the run before: a backstop's is for whatever runs.
  const over = state.owed.filter((each) => each.kind === "end-run" && again.includes(each.podId));
  const because = "the pod was stopped and started again";
  return {
    state: {
      ...state,
      owed: over.length === 0 ? state.owed : state.owed.filter((each) => !over.includes(each)),
      podsSeenAtMs: atMs,
      podsKnownAtMs: isEveryRunKnown(look) ? atMs : state.podsKnownAtMs,
      runs: sameOrNew(state.runs, runs),
    },
    events: [...events, ...over.map((effect) => ({ kind: "moot", effect, because }) as const)],
  };
}

/** Whether a poll has shown the pods of late: else the machine slept, the daemon was down, or polls failed. */
export function hasSeenPods(
  { podsSeenAtMs }: Pick<GuardState, "podsSeenAtMs">,
  { podGuards }: Pick<Policy, "podGuards">,
  nowMs: number,
): boolean {
  return podsSeenAtMs !== undefined && nowMs - podsSeenAtMs <= podGuards.gapMs;
}

/** A clock that has gone back since says nothing of how long nobody looked. */
function isShort(sinceMs: number, { podGuards }: Policy): boolean {
  return sinceMs >= 0 && sinceMs <= podGuards.gapMs;
}

/** The end of a run whose owed end has not settled yet, and whose pod runs again. */
function endedMeanwhile(
  run: PodRun,
  endedAtMs: number,
  state: GuardState,
  atMs: number,
): GuardEvent {
  return {
    kind: "run-ended",
    run,
    podIs: "stopped",
    reason: endedBy(run, state, atMs),
    because: "stopped and started again",
    ranAtMs: run.unsureSinceMs ?? endedAtMs,
    endedAtMs,
  };
}

function begun(
  pod: Pod,
  atMs: number,
  { leaseBook, podsKnownAtMs }: GuardState,
  policy: Policy,
): PodRun {
  const { id, name, costPerHrUsd, status } = pod;
  const isCluster = isClusterIn(pod);
  const run = {
    ...runFrom(id, name, atMs, costPerHrUsd),
    ...(isCluster && { isCluster }),
    ...(status === "pending" && { isStarting: true }),
  };
  // Where a row could not be read since, or said nothing known, it may have run then; before that it did not.
  const isNew = podsKnownAtMs !== undefined && isShort(atMs - podsKnownAtMs, policy);
  const begins = { startFrom: "begun", notRunningAtMs: podsKnownAtMs } as const;
  return withSaid(isNew ? { ...run, ...begins } : run, leaseBook, atMs);
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function isClusterIn({ cluster }: Pod): true | undefined {
  return cluster === undefined ? undefined : true;
}

/** Takes the leases and touches, which are read before each poll. */
export function onLeases(
  state: GuardState,
  { atMs, book }: { readonly atMs: number; readonly book: NonNullable<GuardState["leaseBook"]> },
): Decision {
  const read = { ...state, leaseBook: book };
  return { state: withEachRun(read, (run) => withSaid(run, book, atMs)), events: [] };
}
