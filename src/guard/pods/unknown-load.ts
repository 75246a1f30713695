import type { Activity } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { forget, notifyHourly } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { listedPods } from "#guard/text.ts";
import { idleGuarded } from "./guarded.ts";

/** A pod may miss a few samples before that is worth a word. */
const patienceMs = 300_000;

/** A pod that may have been started again unseen, and does not tell, is ended by no guard. */
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
    because: `${listedPods(unknown)}: not looked at for a while, and RunPod does not tell when they were started; until it does no guard of theirs ends them`,
  });
}

/** A pod that tells nothing of its load never counts as idle: someone should know. */
export function sayWhoseLoadIsUnknown(state: GuardState, atMs: number, policy: Policy): Decision {
  const unknown = idleGuarded(state, policy).flatMap(({ run, guard }) => {
    const { loadKnownAtMs = run.firstSeenAtMs, startedAtMs } = run;
    const fromMs = Math.max(loadKnownAtMs, startedAtMs + guard.bootGraceMs);
    const isLong = atMs - fromMs >= Math.max(policy.blindAfterMs, patienceMs);
    return run.idleAtMs === undefined && isLong ? [run] : [];
  });
  const key = "idle:unknown";
  if (unknown.length === 0) return { state: forget(state, (each) => each === key), events: [] };
  return notifyHourly(state, policy, key, {
    event: "blind",
    name: "blind",
    atMs,
    podIds: unknown.map(({ podId }) => podId),
    because: `${listedPods(unknown)}: no load is told, so the idle guard does not see this`,
  });
}

/** A probe that does not work keeps a pod running: someone should know. */
export function sayWhichProbesFailed(
  state: GuardState,
  atMs: number,
  activity: Readonly<Record<string, Activity>>,
  policy: Policy,
): Decision {
  const failed = Object.values(state.runs).flatMap((run) => {
    const found = own(activity, run.podId);
    return found?.hasFailed === true ? [{ run, because: found.because }] : [];
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
    because: `a probe does not work, so these count as active: ${listedPods(pods)}: ${first.because}`,
  });
}
