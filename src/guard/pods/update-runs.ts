import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";

type Runs = GuardState["runs"];

/** The state with every run changed so; the very same one when that changes none. */
export function withEachRun(state: GuardState, change: (run: PodRun) => PodRun): GuardState {
  const runs = sameOrNew(state.runs, Object.values(state.runs).map(change));
  return runs === state.runs ? state : { ...state, runs };
}

/** These runs by their ids; the very same record when it holds just these. */
export function sameOrNew(before: Runs, runs: readonly PodRun[]): Runs {
  const known = Object.values(before);
  return runs.length === known.length && runs.every((run, n) => run === known[n])
    ? before
    : Object.fromEntries(runs.map((run) => [run.podId, run]));
}

/** The very same run when none of these changes anything. */
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
