import {
  type CallPodAgent,
  type Decision,
  type Effect,
  type EndRun,
  type GuardState,
  type Pod,
  podGuardNames,
  type PodRun,
  type Policy,
} from "../model.ts";
import { usd } from "../money.ts";
import { own } from "../own.ts";
import { isProtected } from "../protect.ts";
import { isRunning } from "../running.ts";
import { inTurn } from "./in-turn.ts";
import { spanWords } from "../span.ts";
import { listedPods } from "../words.ts";
import { type Deadline, deadlinesOf, endsToCome, isEnding } from "./deadlines.ts";
import { forget, hourMs, isDueAgain, say } from "./say.ts";

/** A running pod that may be touched, its run, and what its guards have in store for it. */
interface Guarded {
  readonly pod: Pod;
  readonly run: PodRun;
  readonly deadlines: readonly Deadline[];
}

/** One of them, and the deadline that something is done about. */
interface Case extends Guarded {
  readonly deadline: Deadline;
}

/**
 * The guards of single pods: hard timeout, lease, idle. What is no longer wanted is dropped; an end
 * that comes near is announced, and comes only so long after; one reason an end. Runs, loads and
 * leases that are not known end nothing.
 */
export function checkPodGuards(state: GuardState, policy: Policy, nowMs: number): Decision {
  const sight = sightOf(state, policy, nowMs);
  if (sight === undefined) return { state, events: [] };
  const { guardedIn } = sight;
  return inTurn(
    state,
    (before) => dropWhatIsNotWanted(before, policy, nowMs),
    (before) => warn(before, guardedIn(before), policy, nowMs),
    (before) => endWhatIsDue(before, guardedIn(before), policy, nowMs),
    (before) => tell(before, guardedIn(before), policy, nowMs),
    (before) => callAgents(before, guardedIn(before), nowMs),
  );
}

/** The pods as they were last seen, and those of them that guards are for with their runs in a state. */
interface Sight {
  readonly pods: readonly Pod[];
  readonly guardedIn: (state: GuardState) => readonly Guarded[];
}

/** Undefined when there is nothing to guard, or nothing that was seen of late. */
function sightOf({ lastSeen, owed }: GuardState, policy: Policy, nowMs: number): Sight | undefined {
  const { hardTimeout, lease, idle, gapMs } = policy.podGuards;
  if ((hardTimeout ?? lease ?? idle) === undefined && !owed.some(isOfAGuard)) return undefined;
  if (lastSeen === undefined || lastSeen.pods === "unknown") return undefined;
  if (nowMs - lastSeen.atMs > gapMs) return undefined;
  const { pods } = lastSeen;
  const open = pods.filter((pod) => isRunning(pod) && !isProtected(pod, policy.protect));
  let found: { readonly of: GuardState["runs"]; readonly guarded: readonly Guarded[] } | undefined;
  const guardedIn = (state: GuardState): readonly Guarded[] => {
    if (found?.of === state.runs) return found.guarded;
    const guarded = open.flatMap((pod) => {
      const run = own(state.runs, pod.id);
      if (run === undefined) return [];
      return [{ pod, run, deadlines: deadlinesOf(run, pod, state, policy, nowMs) }];
    });
    found = { of: state.runs, guarded };
    return guarded;
  };
  return { pods, guardedIn };
}

/** The pods that one of their guards is ending already. */
function endingIn({ owed }: GuardState): ReadonlySet<string> {
  return new Set(owed.flatMap((each) => (each.kind === "end-run" ? [each.podId] : [])));
}

function isOfAGuard(effect: Effect): effect is EndRun | CallPodAgent {
  return effect.kind === "end-run" || effect.kind === "call-pod-agent";
}

/** A lease was extended, a pod is at work again, a guard is not in the config any more. */
export function dropWhatIsNotWanted(state: GuardState, policy: Policy, nowMs: number): Decision {
  const sight = state.owed.some(isOfAGuard) ? sightOf(state, policy, nowMs) : undefined;
  if (sight === undefined) return { state, events: [] };
  const { pods, guardedIn } = sight;
  const wanted = new Map(guardedIn(state).map(({ pod, deadlines }) => [pod.id, deadlines]));
  const whyNot = (effect: Effect): string | undefined => {
    if (!isOfAGuard(effect)) return undefined;
    const deadlines = wanted.get(effect.podId);
    if (deadlines === undefined) {
      const pod = pods.find(({ id }) => id === effect.podId);
      if (pod !== undefined && isProtected(pod, policy.protect)) return "the pod is protected";
      // How a pod came to run no more is for who was to end it to find out.
      return effect.kind === "end-run" ? undefined : "the pod does not run any more";
    }
    const action = effect.kind === "end-run" ? effect.action : "agent";
    const deadline = deadlines.find(({ guard }) => guard === effect.guard);
    if (deadline?.action !== action) return "the config no longer asks for it";
    return deadline.isPast ? undefined : "the pod has more time now, or is at work again";
  };
  const moot = state.owed.flatMap((effect) => {
    const because = whyNot(effect);
    return because === undefined ? [] : [{ kind: "moot", effect, because } as const];
  });
  if (moot.length === 0) return { state, events: [] };
  const dropped = new Set(moot.map(({ effect }) => effect.id));
  return {
    state: { ...state, owed: state.owed.filter(({ id }) => !dropped.has(id)) },
    events: moot,
  };
}

/** Announces each end once, and anew when it has been put off meanwhile. */
function warn(
  state: GuardState,
  guarded: readonly Guarded[],
  policy: Policy,
  nowMs: number,
): Decision {
  const { warnMs } = policy.podGuards;
  if (warnMs === 0) return { state, events: [] };
  const warned: Case[] = [];
  const ending = endingIn(state);
  const runs = guarded.flatMap((each): readonly PodRun[] => {
    const { run, deadlines } = each;
    if (ending.has(run.podId)) return [];
    const ends = endsToCome(deadlines, nowMs);
    const standing = ends.filter(({ guard, isFar }) => {
      const atMs = run.warnedAtMs[guard];
      return !isFar && atMs !== undefined && atMs <= nowMs;
    });
    const fresh = ends.filter((end) => !end.isFar && end.isKnown && !standing.includes(end));
    if (fresh.length === 0 && standing.length === Object.keys(run.warnedAtMs).length) return [];
    warned.push(...fresh.map((deadline) => ({ ...each, deadline })));
    const marks = [
      ...standing.map(({ guard }) => [guard, run.warnedAtMs[guard]] as const),
      ...fresh.map(({ guard }) => [guard, nowMs] as const),
    ];
    return [{ ...run, warnedAtMs: Object.fromEntries(marks) }];
  });
  return inTurn(
    withRuns(state, runs),
    ...byGuard(warned).map((cases) => (before: GuardState) => {
      const [{ deadline }] = cases;
      const leftMs = Math.max(
        warnMs,
        cases.reduce((least, each) => Math.min(least, each.deadline.atMs - nowMs), Infinity),
      );
      const verb = deadline.action === "stop" ? "stopped" : "terminated";
      const when = cases.length === 1 ? "" : ", the first";
      return say(before, policy, {
        event: "warn",
        name: deadline.guard,
        reason: deadline.reason,
        atMs: nowMs,
        podIds: cases.map(({ pod }) => pod.id),
        because: `${listedCases(cases)} will be ${verb}${when} in ${spanWords(leftMs)}: ${deadline.words}; ${howToKeep(cases, policy)}`,
      });
    }),
  );
}

/** `to keep it: runpodboss touch p1`. */
function howToKeep(cases: Cases, { podGuards: { command } }: Policy): string {
  const [{ deadline, pod }] = cases;
  const word = wordFor(cases, pod);
  switch (deadline.guard) {
    case "hard_timeout":
      return "nothing but protect in the config keeps it";
    case "lease":
      return `to keep it: ${command} extend ${word} 1`;
    case "idle":
      return `to keep it: ${command} touch ${word}`;
  }
}

/** Owes the ends that are due and were announced in time, within what an hour may bring. */
function endWhatIsDue(
  state: GuardState,
  guarded: readonly Guarded[],
  policy: Policy,
  nowMs: number,
): Decision {
  const { maxEndsPerHour, warnMs } = policy.podGuards;
  const owed = endingIn(state);
  const due = guarded.flatMap((each): readonly Case[] => {
    const { warnedAtMs } = each.run;
    const isAnnounced = ({ guard }: Deadline) =>
      warnMs === 0 || nowMs - (warnedAtMs[guard] ?? Infinity) >= warnMs;
    const deadline = each.deadlines.find(
      (one) => isEnding(one) && one.isPast && one.isKnown && isAnnounced(one),
    );
    return deadline === undefined || owed.has(each.pod.id) ? [] : [{ ...each, deadline }];
  });
  const locked = due.filter(({ pod }) => pod.isLocked === true);
  const open = due.filter(({ pod }) => pod.isLocked !== true).sort(dearestFirst);
  const recent = state.guardEndsAtMs.filter((atMs) => Math.abs(nowMs - atMs) < hourMs);
  const room = Math.max(0, maxEndsPerHour - recent.length - owed.size);
  const ends = open.slice(0, room).map((each) => endOf(each, nowMs));
  const held = `held back until there is room: max_ends_per_hour is ${maxEndsPerHour}`;
  return inTurn(
    {
      ...state,
      owed: [...state.owed, ...ends],
      guardEndsAtMs: recent,
    },
    (before) => sayOnceOf(before, policy, "held", open.slice(room), held, nowMs),
    (before) =>
      sayOnceOf(
        before,
        policy,
        "locked",
        locked,
        "locked, cannot be ended: unlock in RunPod's console",
        nowMs,
      ),
  );
}

function endOf({ pod, deadline }: Case, nowMs: number): EndRun {
  const { guard, reason, words, action } = deadline;
  return {
    kind: "end-run",
    id: `end-run:${guard}:${pod.id}:${nowMs}`,
    guard,
    reason,
    podId: pod.id,
    podName: pod.name,
    action: action === "terminate" ? "terminate" : "stop",
    because: words,
    tries: 0,
    notBeforeMs: nowMs,
  };
}

function dearestFirst(a: Case, b: Case): number {
  const [left, right] = [a.pod.costPerHrUsd ?? Infinity, b.pod.costPerHrUsd ?? Infinity];
  return left === right ? 0 : right - left;
}

/** Says it at once of each pod that it is newly true of, and hourly while it stays so. */
function sayOnceOf(
  state: GuardState,
  policy: Policy,
  what: string,
  cases: readonly Case[],
  words: string,
  nowMs: number,
): Decision {
  const keyOf = ({ pod }: Case) => `${what}:${pod.id}`;
  const keys = new Set(cases.map(keyOf));
  const kept = forget(state, (key) => key.startsWith(`${what}:`) && !keys.has(key));
  const fresh = cases.filter((each) => isDueAgain(own(kept.saidAtMs, keyOf(each)), nowMs, hourMs));
  if (!isSome(fresh)) return { state: kept, events: [] };
  const saidAtMs = {
    ...kept.saidAtMs,
    ...Object.fromEntries(fresh.map((each) => [keyOf(each), nowMs])),
  };
  const [{ deadline }] = fresh;
  return say({ ...kept, saidAtMs }, policy, {
    event: deadline.guard,
    name: deadline.guard,
    atMs: nowMs,
    podIds: fresh.map(({ pod }) => pod.id),
    because: `${listedCases(fresh)}: ${words}`,
  });
}

/** A guard that only tells, tells hourly while it lasts. */
function tell(
  state: GuardState,
  guarded: readonly Guarded[],
  policy: Policy,
  nowMs: number,
): Decision {
  const isAgain = (toldAtMs: number | undefined) => isDueAgain(toldAtMs, nowMs, hourMs);
  const { marked, cases } = act(state, guarded, "notify", isAgain, nowMs);
  return inTurn(
    marked,
    ...byGuard(cases).map((each) => (before: GuardState) => {
      const [{ deadline, pod }] = each;
      return say(before, policy, {
        event: deadline.guard,
        name: deadline.guard,
        atMs: nowMs,
        podIds: each.map((one) => one.pod.id),
        because: `${listedCases(each)}: ${deadline.words}, ${burnWords(each)}; to stop: ${policy.podGuards.command} stop ${wordFor(each, pod)}`,
      });
    }),
  );
}

/** An agent is called once, and again only after the pod was at work or got more time. */
function callAgents(state: GuardState, guarded: readonly Guarded[], nowMs: number): Decision {
  const isAgain = (calledAtMs: number | undefined) => calledAtMs === undefined;
  const { marked, cases } = act(state, guarded, "agent", isAgain, nowMs);
  const calls = cases.map(({ pod, deadline: { guard, words, reason } }): CallPodAgent => ({
    kind: "call-pod-agent",
    id: `call-pod-agent:${guard}:${pod.id}:${nowMs}`,
    guard,
    reason,
    podId: pod.id,
    podName: pod.name,
    because: words,
    tries: 0,
    notBeforeMs: nowMs,
  }));
  return { state: { ...marked, owed: [...marked.owed, ...calls] }, events: [] };
}

/** The cases in which a guard of this action is to act now, and the state that remembers it. */
function act(
  state: GuardState,
  guarded: readonly Guarded[],
  action: "notify" | "agent",
  isAgain: (actedAtMs: number | undefined) => boolean,
  nowMs: number,
): { readonly marked: GuardState; readonly cases: readonly Case[] } {
  const cases: Case[] = [];
  const runs: PodRun[] = [];
  for (const each of guarded) {
    const before = each.run.actedAtMs;
    const mine = each.deadlines.filter((deadline) => deadline.action === action);
    const over = mine.filter(({ guard, isPast }) => !isPast && before[guard] !== undefined);
    const due = mine.filter(
      ({ guard, isPast, isKnown }) => isPast && isKnown && isAgain(before[guard]),
    );
    cases.push(...due.map((deadline) => ({ ...each, deadline })));
    if (over.length + due.length === 0) continue;
    const marks = [
      ...over.map(({ guard }) => [guard, undefined] as const),
      ...due.map(({ guard }) => [guard, nowMs] as const),
    ];
    runs.push({ ...each.run, actedAtMs: { ...before, ...Object.fromEntries(marks) } });
  }
  return { marked: withRuns(state, runs), cases };
}

function withRuns(state: GuardState, changed: readonly PodRun[]): GuardState {
  if (changed.length === 0) return state;
  const entries = changed.map((run) => [run.podId, run] as const);
  return { ...state, runs: { ...state.runs, ...Object.fromEntries(entries) } };
}

type Cases = readonly [Case, ...Case[]];

/** Those of one guard together: what is told of them is one notice. */
function byGuard(cases: readonly Case[]): readonly Cases[] {
  return podGuardNames
    .map((guard): readonly Case[] => cases.filter(({ deadline }) => deadline.guard === guard))
    .filter(isSome);
}

function isSome(cases: readonly Case[]): cases is Cases {
  return cases.length > 0;
}

function listedCases(cases: readonly Case[]): string {
  return listedPods(cases.map(({ pod }) => ({ podId: pod.id, name: pod.name })));
}

/** What to type for the pod: nothing but a plain id is fit to be pasted into a shell. */
function wordFor(cases: readonly Case[], { id }: Pod): string {
  return cases.length === 1 && /^[\w-]+$/.test(id) ? id : "POD";
}

function burnWords(cases: readonly Case[]): string {
  const costs = cases.flatMap(({ pod }) => pod.costPerHrUsd ?? []);
  if (costs.length < cases.length) return "burn unknown";
  return `burning ${usd(
    costs.reduce((sum, cost) => sum + cost, 0),
    2,
  )}/hr`;
}
