import { isRunning, type Pod } from "#guard/model/account.ts";
import type { CallPodAgent, Effect, EndRun } from "#guard/model/effect.ts";
import { type IdleGuard, podGuardNames, type Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { isPlainId, listedPods } from "#guard/text.ts";
import { isAnyHeld } from "./budget.ts";
import { guardedAs } from "./foreign.ts";
import { type Deadline, deadlinesOf, isAllFar } from "./deadlines.ts";
import { withRuns } from "#guard/pods/run/update-runs.ts";

/** A running, unprotected pod, its run, and what its guards will do and when. */
export interface Guarded {
  readonly pod: Pod;
  readonly run: PodRun;
  readonly deadlines: readonly Deadline[];
}

/** A pod and the deadline that is acted on. */
export interface Case extends Guarded {
  readonly deadline: Deadline;
}

/** The pods of the last poll, and those among them that a guard may have something to do with. */
interface Sight {
  readonly pods: readonly Pod[];
  /** Those among them that run and are not protected. */
  readonly open: readonly Pod[];
  readonly guardedIn: (state: GuardState) => readonly Guarded[];
}

/** Undefined when there is nothing to guard, or no recent poll. */
export function sightOf(before: GuardState, policy: Policy, nowMs: number): Sight | undefined {
  const { lastSeen, owed } = before;
  const { gapMs } = policy.podGuards;
  const isHeld = isAnyHeld(before, policy, nowMs);
  if (!isHeld && !isAnyOn(policy) && !owed.some(isOfAGuard)) return undefined;
  if (lastSeen === undefined || lastSeen.pods === "unknown") return undefined;
  if (nowMs - lastSeen.atMs > gapMs) return undefined;
  const { pods } = lastSeen;
  const open = pods.filter((pod) => isRunning(pod) && !isProtected(pod, policy.protect));
  let found: { readonly of: GuardState["runs"]; readonly guarded: readonly Guarded[] } | undefined;
  const guardedIn = (state: GuardState): readonly Guarded[] => {
    if (found?.of === state.runs) return found.guarded;
    const acting = new Set(state.owed.flatMap((each) => (isOfAGuard(each) ? [each.podId] : [])));
    const guarded: Guarded[] = [];
    for (const pod of open) {
      const run = own(state.runs, pod.id);
      if (run === undefined) continue;
      if (!isHeld && isQuiet(run, state, policy, nowMs) && !acting.has(pod.id)) continue;
      guarded.push({ pod, run, deadlines: deadlinesOf(run, pod, state, policy, nowMs) });
    }
    found = { of: state.runs, guarded };
    return guarded;
  };
  return { pods, open, guardedIn };
}

/**
 * What was announced or done of a pod is void once no guard is for it: protected for a while, or all
 * guards taken out of the config. If one is for it again, its end is announced anew.
 */
export function forgetUnguarded(state: GuardState, policy: Policy): GuardState {
  const pods = state.lastSeen?.pods;
  if (pods === undefined || pods === "unknown") return state;
  const isGuarded = isAnyOn(policy);
  const runs = pods.flatMap((pod): readonly PodRun[] => {
    const run = own(state.runs, pod.id);
    if (run === undefined || (isEmpty(run.warnedAtMs) && isEmpty(run.actedAtMs))) return [];
    if (isGuarded && !isProtected(pod, policy.protect)) return [];
    return [
      {
        ...run,
        warnedAtMs: {},
        warnedOfMs: undefined,
        warnedActions: undefined,
        warnedNames: undefined,
        actedAtMs: {},
      },
    ];
  });
  return withRuns(state, runs);
}

/** Whether anything in the config may act on a run. */
function isAnyOn({ podGuards, budgets = [] }: Policy): boolean {
  const { hardTimeout, lease, idle, schedules = [] } = podGuards;
  return (hardTimeout ?? lease ?? idle) !== undefined || budgets.length + schedules.length > 0;
}

/** Nothing is near, and nothing that was said or done has to be taken back. */
function isQuiet(run: PodRun, state: GuardState, { podGuards }: Policy, nowMs: number): boolean {
  const isUntold = isEmpty(run.warnedAtMs) && isEmpty(run.actedAtMs);
  return isUntold && isAllFar(run, state, podGuards, nowMs);
}

function isEmpty(marks: object): boolean {
  for (const _ in marks) return false;
  return true;
}

/** The pods that one of their guards is already ending. */
export function endingIn({ owed }: GuardState): ReadonlySet<string> {
  return new Set(owed.flatMap((each) => (each.kind === "end-run" ? [each.podId] : [])));
}

export function isOfAGuard(effect: Effect): effect is EndRun | CallPodAgent {
  return effect.kind === "end-run" || effect.kind === "call-pod-agent";
}

export type Cases = readonly [Case, ...Case[]];

/** Grouped by guard, and by which schedule or budget it is: each group is one notification. */
export function byGuard(cases: readonly Case[]): readonly Cases[] {
  return podGuardNames
    .flatMap((guard): readonly (readonly Case[])[] => {
      const ofGuard = cases.filter(({ deadline }) => deadline.guard === guard);
      const names = new Set(ofGuard.map(({ deadline }) => deadline.of));
      return [...names].map((of) => ofGuard.filter(({ deadline }) => deadline.of === of));
    })
    .filter(isSome);
}

export function isSome(cases: readonly Case[]): cases is Cases {
  return cases.length > 0;
}

export function listedCases(cases: readonly Case[]): string {
  return listedPods(
    cases.map(({ pod }) => ({
      podId: pod.id,
      name: pod.name,
      isCluster: pod.cluster !== undefined,
    })),
  );
}

/** `pod trainer (p1) has been idle for 30 min`; of several pods, their names and the first one's reason. */
export function caseWords(cases: Cases): string {
  const [{ deadline }] = cases;
  const isOneIdle = cases.length === 1 && deadline.guard === "idle";
  return isOneIdle
    ? `${listedCases(cases)} has been ${deadline.words}`
    : `${listedCases(cases)}: ${deadline.words}`;
}

/** What to type for the pod: only a plain id is safe to paste into a shell. */
export function wordFor(cases: readonly Case[], { id }: Pod): string {
  return cases.length === 1 && isPlainId(id) ? id : "POD";
}

/** The runs that the idle guard is for and that are wanted, among the pods of the last poll. */
export function idleGuarded(
  state: GuardState,
  { podGuards, protect }: Policy,
  isWanted: (run: PodRun, guard: IdleGuard) => boolean = () => true,
): readonly PodRun[] {
  const { idle } = podGuards;
  const pods = state.lastSeen?.pods;
  if (idle === undefined || pods === undefined || pods === "unknown") return [];
  const runs: PodRun[] = [];
  for (const pod of pods) {
    const run = isRunning(pod) ? own(state.runs, pod.id) : undefined;
    if (run === undefined || !isWanted(run, idle)) continue;
    if (!isGuardFor(pod, idle) || isProtected(pod, protect)) continue;
    // Of a pod that nobody knows yet to be started elsewhere, the idle time goes on.
    if (guardedAs(pod, run, state.leaseBook, podGuards) !== "ignore") runs.push(run);
  }
  return runs;
}
