import type { Activity } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { forget, notifyHourly } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { listedPods } from "#guard/text.ts";
import { idleGuarded } from "./guarded.ts";

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
    atMs,
    podIds: unknown.map(({ podId }) => podId),
    because: `${listedPods(unknown)}: possibly restarted while no poll worked. No guard acts until RunPod reports the start time`,
  });
}

/** A pod whose load RunPod does not report never counts as idle: that must be said. */
export function sayWhoseLoadIsUnknown(state: GuardState, atMs: number, policy: Policy): Decision {
  const unknown = idleGuarded(state, policy, (run, { bootGraceMs }) => {
    const { loadKnownAtMs = run.firstSeenAtMs, startedAtMs } = run;
    const fromMs = Math.max(loadKnownAtMs, startedAtMs + bootGraceMs);
    const isLong = atMs - fromMs >= Math.max(policy.blindAfterMs, patienceMs);
    return run.idleAtMs === undefined && isLong;
  });
  const key = "idle:unknown";
  if (unknown.length === 0) return { state: forget(state, (each) => each === key), events: [] };
  return notifyHourly(state, policy, key, {
    event: "blind",
    name: "blind",
    atMs,
    podIds: unknown.map(({ podId }) => podId),
    because: `RunPod reports no load for ${listedPods(unknown)}, so the idle guard does not act`,
  });
}

/** A probe that fails keeps its pod running: that must be said. */
export function sayWhichProbesFailed(
  state: GuardState,
  atMs: number,
  activity: Readonly<Record<string, Activity>>,
  policy: Policy,
): Decision {
  const failed = Object.entries(activity).flatMap(([podId, { hasFailed, because }]) => {
    const run = own(state.runs, podId);
    return hasFailed && run !== undefined ? [{ run, because }] : [];
  });
  const [first] = failed;
  const key = "idle:probe";
  if (first === undefined) {
    const isOver = Object.keys(activity).length > 0;
    return { state: isOver ? forget(state, (each) => each === key) : state, events: [] };
  }
  const pods = failed.map(({ run }) => run);
  return notifyHourly(state, policy, key, {
    event: "idle",
    name: "idle",
    atMs,
    podIds: pods.map(({ podId }) => podId),
    because: `a probe failed, which counts as activity: ${listedPods(pods)}: ${first.because}`,
  });
}
