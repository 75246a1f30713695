import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";

type Runs = GuardState["runs"];

/** The state with `change` applied to every run; the same object when nothing changes. */
export function withEachRun(state: GuardState, change: (run: PodRun) => PodRun): GuardState {
  const runs = sameOrNew(state.runs, Object.values(state.runs).map(change));
  return runs === state.runs ? state : { ...state, runs };
}

/** These runs by their ids; the same object when it holds exactly these. */
export function sameOrNew(before: Runs, runs: readonly PodRun[]): Runs {
  const known = Object.values(before);
  return runs.length === known.length && runs.every((run, n) => run === known[n])
    ? before
    : byId(runs);
}

/** No prototype: a pod's id may be `__proto__`. Assigned one by one, as there may be thousands. */
function byId(runs: readonly PodRun[]): Runs {
  const found = Object.create(null) as Record<string, PodRun>;
  for (const run of runs) found[run.podId] = run;
  return found;
}

/** The run with these changes; the same object when nothing changes. */
export function withChanges(run: PodRun, changes: Partial<PodRun>): PodRun {
  for (const key in changes) {
    const changed = key as keyof PodRun;
    if (run[changed] !== changes[changed]) return { ...run, ...changes };
  }
  return run;
}

/** The state with these runs in place of those of the same pods. */
export function withRuns(state: GuardState, changed: readonly PodRun[]): GuardState {
  if (changed.length === 0) return state;
  const next = new Map(changed.map((run) => [run.podId, run]));
  const runs = Object.values(state.runs).map((run) => next.get(run.podId) ?? run);
  return { ...state, runs: byId(runs) };
}
