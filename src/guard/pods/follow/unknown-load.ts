import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { forget, isDueAgain, notify, notifyHourly } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { listedPods, spanWords } from "#guard/text.ts";
import { idleGuarded } from "#guard/pods/rules/guarded.ts";
import { longestPullMs } from "#guard/pods/run/run-start.ts";

/** How long a pod may miss samples before that is worth a notification. */
const patienceMs = 300_000;

/** No guard ends a pod that may have been restarted unnoticed, until RunPod says when it started. */
export function sayWhoseRunIsUnknown(state: GuardState, atMs: number, policy: Policy): Decision {
  const { hardTimeout, lease, idle } = policy.podGuards;
  const isGuarded = (hardTimeout ?? lease ?? idle) !== undefined;
  const unknown = Object.values(state.runs).filter(
    ({ unsureSinceMs = Infinity }) => isGuarded && atMs - unsureSinceMs >= patienceMs,
  );
  const key = "run:unknown";
  if (unknown.length === 0) return { state: forget(state, (each) => each === key), events: [] };
  return notifyHourly(state, policy, key, {
    event: "blind",
    name: "blind",
    severity: "warning",
    atMs,
    podIds: unknown.map(({ podId }) => podId),
    because: `${listedPods(unknown)}: possibly restarted while no poll worked. No guard acts until RunPod reports the start time`,
  });
}

/**
 * Where what tells of the start of a run does not agree, the shortest run holds, and a guard acts later:
 * that must be said, once a run.
 */
export function sayWhoseStartIsDisputed(state: GuardState, atMs: number, policy: Policy): Decision {
  const { hardTimeout, lease } = policy.podGuards;
  const keyOf = ({ podId }: PodRun): string => `start:${podId}`;
  const disputed = Object.values(state.runs).filter(
    (run) =>
      (hardTimeout ?? lease) !== undefined &&
      (run.disputedMs ?? 0) > longestPullMs &&
      own(state.saidAtMs, keyOf(run)) === undefined,
  );
  const [first] = disputed;
  if (first?.disputedMs === undefined) return { state, events: [] };
  const told = disputed.map((run) => [keyOf(run), atMs] as const);
  const saidAtMs = { ...state.saidAtMs, ...Object.fromEntries(told) };
  const uptime = spanWords(atMs - first.startedAtMs);
  const longer = spanWords(atMs - first.startedAtMs + first.disputedMs);
  return notify({ ...state, saidAtMs }, policy, {
    event: "trouble",
    name: "trouble",
    atMs,
    podIds: disputed.map(({ podId }) => podId),
    because: `${listedPods(disputed)}: it ran ${uptime} by one account and ${longer} by another. The shorter one holds, for all guards. Is this machine's clock right?`,
  });
}

/**
 * A pod whose load RunPod does not report, or only now and then, never counts as idle for long enough: that
 * must be said, of each pod hourly, however often its load is known for a while in between.
 */
export function sayWhoseLoadIsUnknown(state: GuardState, atMs: number, policy: Policy): Decision {
  const silent = idleGuarded(state, policy, (run, { bootGraceMs }) => {
    const { loadKnownAtMs = run.firstSeenAtMs, startedAtMs } = run;
    const fromMs = Math.max(loadKnownAtMs, startedAtMs + bootGraceMs);
    const isLong = atMs - fromMs >= Math.max(policy.blindAfterMs, patienceMs);
    return run.idleAtMs === undefined && isLong;
  });
  const patchy = idleGuarded(state, policy, (run, { afterMs }) => {
    const { idleMs, lostIdleMs = 0 } = run;
    return idleMs < afterMs && idleMs + lostIdleMs >= afterMs && !silent.includes(run);
  });
  const unknown = [...silent, ...patchy];
  const due = dueToBeSaid(state, "idle:unknown:", unknown, atMs);
  const kept = forgetAfterAnHour(state, "idle:unknown:", atMs);
  if (due.length === 0) return { state: kept, events: [] };
  const because = [
    ...(silent.length > 0 ? [`${whoIsSilent(policy)} for ${listedPods(silent)}`] : []),
    ...(patchy.length > 0 ? [`the load is known only now and then for ${listedPods(patchy)}`] : []),
  ];
  return notify(said(kept, "idle:unknown:", unknown, atMs), policy, {
    event: "blind",
    name: "blind",
    severity: "warning",
    topic: "idle:unknown",
    atMs,
    podIds: unknown.map(({ podId }) => podId),
    because: `${because.join("; ")}, so the idle guard does not act`,
  });
}

/** Those that were not said within the hour, unless others were said within minutes: then they wait. */
function dueToBeSaid(
  { saidAtMs }: GuardState,
  head: string,
  runs: readonly PodRun[],
  atMs: number,
): readonly PodRun[] {
  const times = runs.map(({ podId }) => own(saidAtMs, `${head}${podId}`));
  const isTooSoon = times.some(
    (saidMs = -Infinity) => saidMs <= atMs && atMs - saidMs < patienceMs,
  );
  return isTooSoon ? [] : runs.filter((_, n) => isDueAgain(times[n], atMs, hourMs));
}

function said(state: GuardState, head: string, runs: readonly PodRun[], atMs: number): GuardState {
  const told = runs.map(({ podId }) => [`${head}${podId}`, atMs] as const);
  return { ...state, saidAtMs: { ...state.saidAtMs, ...Object.fromEntries(told) } };
}

function forgetAfterAnHour(state: GuardState, head: string, atMs: number): GuardState {
  return forget(
    state,
    (key) => key.startsWith(head) && isDueAgain(own(state.saidAtMs, key), atMs, hourMs),
  );
}

function whoIsSilent({ podGuards: { idle } }: Policy): string {
  return idle?.hasProbes === true
    ? "RunPod reports no load, or no probe answers,"
    : "RunPod reports no load";
}

/**
 * A probe that fails keeps its pod running: that must be said, of each pod at once and hourly. Their
 * answers come one by one: what fails within minutes of the first is said together.
 */
export function sayWhichProbesFailed(state: GuardState, atMs: number, policy: Policy): Decision {
  const failing = idleGuarded(state, policy, ({ probeFault }) => probeFault !== undefined);
  const keys = new Set(failing.map(probeKey));
  const kept = forget(state, (each) => each.startsWith(probeKeyHead) && !keys.has(each));
  const untold = dueToBeSaid(kept, probeKeyHead, failing, atMs);
  const [first] = untold;
  if (first === undefined) return { state: kept, events: [] };
  return notify(said(kept, probeKeyHead, untold, atMs), policy, {
    event: "idle",
    name: "idle",
    atMs,
    podIds: untold.map(({ podId }) => podId),
    because: `a probe failed, which counts as activity: ${listedPods(untold)}: ${first.probeFault}`,
  });
}

const probeKeyHead = "idle:probe:";

function probeKey({ podId }: PodRun): string {
  return `${probeKeyHead}${podId}`;
}
