import { type Pod, runStateOf, type Seen } from "#guard/model/account.ts";
import type { Effect, EndStopped, EventName } from "#guard/model/effect.ts";
import type { Policy, StoppedGuard } from "#guard/model/policy.ts";
import type { StoppedPod } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify, withdraw } from "#guard/outbox/notify.ts";
import { withoutTold } from "#guard/outbox/remind.ts";
import { own } from "#guard/own-value.ts";
import { isAmong, isProtected } from "#guard/protect.ts";
import { listedPods } from "#guard/text.ts";
import { startedElsewhere } from "#guard/pods/rules/foreign.ts";
import { isWatched, stoppedAs, stoppedEndAtMs, stoppedIncident, stoppedKey } from "./rows.ts";
import { withOnly } from "./with-stopped.ts";

/**
 * Follows which pods are stopped and since when, before their runs are followed. A pod that starts again, that
 * RunPod lists no more or that is protected is forgotten, and what was to be done or said of it with it. A poll
 * without a list of pods, or a row that says nothing, changes nothing.
 */
export function followStopped(state: GuardState, look: Seen, policy: Policy): Decision {
  const guard = policy.podGuards.stopped;
  const { pods: rows } = look;
  if (rows === "unknown") return { state, events: [] };
  const before = state.stoppedPods ?? {};
  const pods = guard === undefined ? [] : entriesOf(state, look, rows, guard, policy);
  const isSame =
    pods.length === Object.keys(before).length &&
    pods.every((each) => own(before, each.podId) === each);
  const ids = new Set(pods.map(({ podId }) => podId));
  const over = Object.values(before).filter(({ podId }) => !ids.has(podId));
  return chain(
    isSame ? state : withOnly(state, pods),
    (next) => dropUnwanted(next, look, rows, policy),
    dropUnsent,
    (next) => sayOver(next, look, over, policy),
  );
}

function entriesOf(
  state: GuardState,
  look: Seen,
  rows: readonly Pod[],
  guard: StoppedGuard,
  policy: Policy,
): readonly StoppedPod[] {
  const { atMs, unreadablePods } = look;
  const { podsSeenAtMs = -Infinity, stoppedPods = {} } = state;
  const { gapMs } = policy.podGuards;
  const isShort = (ms: number) => ms >= 0 && ms <= gapMs;
  const wasWatched = isShort(atMs - podsSeenAtMs);
  const unsure = (each: StoppedPod): StoppedPod => ({
    ...each,
    unsureSinceMs: each.unsureSinceMs ?? Math.max(each.sinceMs, Math.min(podsSeenAtMs, atMs)),
  });
  const sure = (each: StoppedPod): StoppedPod => {
    const { unsureSinceMs = podsSeenAtMs, ...known } = each;
    if (!isShort(atMs - unsureSinceMs)) return { ...known, watchedSinceMs: atMs };
    return each.unsureSinceMs === undefined ? each : known;
  };
  const entries = rows.flatMap((pod): readonly StoppedPod[] => {
    const known = own(stoppedPods, pod.id);
    if (!isWatched(pod, guard, policy, state.leaseBook)) return [];
    if (pod.status === "unknown") return known === undefined ? [] : [unsure(known)];
    if (pod.status !== "stopped") return [];
    if (known === undefined) {
      const { id: podId, name } = pod;
      return [{ podId, name, sinceMs: wasWatched && isRunKnown(state, pod) ? podsSeenAtMs : atMs }];
    }
    const seen = sure(known);
    return [seen.name === pod.name ? seen : { ...seen, name: pod.name }];
  });
  const listed = new Set(rows.map(({ id }) => id));
  // A row that cannot be read may be this pod's.
  const unread = unreadablePods > 0 ? Object.values(stoppedPods) : [];
  return [...entries, ...unread.filter(({ podId }) => !listed.has(podId)).map(unsure)];
}

/** Whether its run is known to the end: so it ran until it was seen last. */
function isRunKnown({ runs }: GuardState, { id }: Pod): boolean {
  const run = own(runs, id);
  return run !== undefined && run.unsureSinceMs === undefined;
}

/** Drops the ends that are no longer wanted. Of a pod that is not listed any more, its end finds out how it went. */
function dropUnwanted(
  state: GuardState,
  look: Seen,
  rows: readonly Pod[],
  policy: Policy,
): Decision {
  const moot = state.owed.flatMap((effect) => {
    const because =
      effect.kind === "end-stopped" ? whyMoot(effect, state, look, rows, policy) : undefined;
    return because === undefined ? [] : [{ kind: "moot", effect, because } as const];
  });
  if (moot.length === 0) return { state, events: [] };
  const dropped = new Set<Effect>(moot.map(({ effect }) => effect));
  return {
    state: { ...state, owed: state.owed.filter((each) => !dropped.has(each)) },
    events: moot,
  };
}

function whyMoot(
  { podId }: EndStopped,
  { stoppedPods = {}, leaseBook }: GuardState,
  { atMs }: Seen,
  rows: readonly Pod[],
  policy: Policy,
): string | undefined {
  const guard = policy.podGuards.stopped;
  const noMore = "the config no longer asks for it";
  if (guard?.action !== "terminate") return noMore;
  const pod = rows.find(({ id }) => id === podId);
  if (pod === undefined) return undefined;
  if (pod.cluster !== undefined) return "another thing has this id now";
  if (isProtected(pod, policy.protect)) return "the pod is protected";
  if (!isAmong(pod, guard.pods)) return noMore;
  if (runStateOf(pod) === "running") return "the pod runs again";
  const as = stoppedAs(pod, leaseBook, policy.podGuards);
  if (as === "notify" || as === "ignore") return startedElsewhere;
  if (!guard.losesData && pod.hasNetworkVolume === false) {
    return "it has no network volume, and its data would be deleted with it";
  }
  const stopped = own(stoppedPods, podId);
  const isEarly = stopped !== undefined && stoppedEndAtMs(stopped, guard) > atMs;
  return isEarly ? "the pod got more time, or may have run meanwhile" : undefined;
}

/** What was not sent yet of pods that are not stopped any more, or not to be deleted. */
function dropUnsent(state: GuardState): Decision {
  const { stoppedPods = {} } = state;
  const isOver = (podId: string, event: EventName): boolean => {
    const stopped = own(stoppedPods, podId);
    return stopped === undefined || (event === "warn" && stopped.warnedAtMs === undefined);
  };
  return withdraw(
    state,
    ({ event, name, isResolution, podIds = [] }) =>
      name === "stopped" &&
      (event === "warn" || (event === "stopped" && isResolution !== true)) &&
      podIds.every((id) => isOver(id, event)),
    "the pod is no longer stopped, or not to be deleted now",
  );
}

function sayOver(
  state: GuardState,
  { atMs }: Seen,
  over: readonly StoppedPod[],
  policy: Policy,
): Decision {
  const keys = new Set(over.map(({ podId }) => stoppedKey(podId)));
  const { reminded = {} } = state;
  const told = over.filter(
    ({ podId, warnedAtMs }) => (warnedAtMs ?? own(reminded, stoppedKey(podId))) !== undefined,
  );
  const next = withoutTold(state, (key) => keys.has(key));
  const guard = policy.podGuards.stopped;
  if (told.length === 0 || guard?.tellsResolved !== true) return { state: next, events: [] };
  const podIds = told.map(({ podId }) => podId);
  return notify(next, policy, {
    event: "stopped",
    name: "stopped",
    atMs,
    podIds,
    severity: "info",
    incident: stoppedIncident(podIds),
    isResolution: true,
    because: `${listedPods(told)}: started again, deleted, or no guard is for ${told.length === 1 ? "it" : "them"} any more`,
  });
}
