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
    : Object.fromEntries(runs.map((run) => [run.podId, run]));
}

/** The run with these changes; the same object when nothing changes. */
export function withChanges(run: PodRun, changes: Partial<PodRun>): PodRun {
  const isSame = (Object.keys(changes) as (keyof PodRun)[]).every(
    (key) => run[key] === changes[key],
  );
  return isSame ? run : { ...run, ...changes };
}

/** The state with these runs in place of those of the same pods. */
export function withRuns(state: GuardState, changed: readonly PodRun[]): GuardState {
  if (changed.length === 0) return state;
  const entries = changed.map((run) => [run.podId, run] as const);
  return { ...state, runs: { ...state.runs, ...Object.fromEntries(entries) } };
}
