import type { GuardState, IdleGuard, Pod, PodRun, Policy } from "../model.ts";
import { own } from "../own.ts";
import { isAmong, isProtected } from "../protect.ts";
import { isRunning } from "../running.ts";

/** The runs that the idle guard is for, as far as the last look showed their pods. */
export function idleGuarded(
  state: GuardState,
  { podGuards, protect }: Policy,
): readonly { readonly run: PodRun; readonly guard: IdleGuard }[] {
  const { idle } = podGuards;
  const pods = state.lastSeen?.pods;
  if (idle === undefined || pods === undefined || pods === "unknown") return [];
  const isFor = (pod: Pod) =>
    isRunning(pod) && isAmong(pod, idle.pods) && !isProtected(pod, protect);
  return pods.filter(isFor).flatMap(({ id }) => {
    const run = own(state.runs, id);
    return run === undefined ? [] : [{ run, guard: idle }];
  });
}
