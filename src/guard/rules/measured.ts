import type {
  Activity,
  Decision,
  GuardEvent,
  GuardState,
  IdleGuard,
  Measured,
  Pod,
  PodRun,
  PodSample,
  Policy,
} from "../model.ts";
import { own } from "../own.ts";
import { isAmong, isProtected } from "../protect.ts";
import { isRunning } from "../running.ts";
import { spanWords } from "../span.ts";
import { listedPods } from "../words.ts";
import { withChanges, withEachRun } from "./each-run.ts";
import { idleAfter, isBooting, loadOf } from "./idle.ts";
import { inTurn } from "./in-turn.ts";
import { withSaid } from "./lease.ts";
import { isStartKnown, startOf } from "./run-start.ts";
import { endedElsewhere } from "./runs.ts";
import { forget, hourMs, isDueAgain, say, sayHourly } from "./say.ts";

/** A pod may miss a few samples before that is worth a word. */
const patienceMs = 300_000;

/** What was measured of the pods, and what those that were asked have answered. */
export function onMeasured(
  state: GuardState,
  measured: Measured,
  activity: Readonly<Record<string, Activity>>,
  policy: Policy,
): Decision {
  switch (measured.kind) {
    case "unmeasured":
      return whileUnmeasured(state, measured, policy);
    case "measured":
      return inTurn(
        state,
        (before) => whenMeasured(before, measured.atMs, policy),
        (before) => takeSamples(before, measured, activity, policy),
        (before) => sayWhoseRunIsUnknown(before, measured.atMs, policy),
        (before) => sayWhoseLoadIsUnknown(before, measured.atMs, policy),
        (before) => sayWhichProbesFailed(before, measured.atMs, activity, policy),
      );
  }
}

/** Whether what the pods do is of use now: to a guard, or to the history of runs that are new to it. */
export function isMeasuringOfUse({ runs }: GuardState, { podGuards }: Policy): boolean {
  const { hardTimeout, lease, idle } = podGuards;
  const isNew = (run: PodRun) => !isStartKnown(run) || run.unsureSinceMs !== undefined;
  return (hardTimeout ?? lease ?? idle) !== undefined || Object.values(runs).some(isNew);
}

/** The pods whose load says idle, and which are to be asked in other ways before that is believed. */
export function podsToProbe(
  state: GuardState,
  measured: Measured,
  policy: Policy,
): readonly PodRun[] {
  const { idle } = policy.podGuards;
  if (measured.kind === "unmeasured" || idle?.hasProbes !== true) return [];
  const samples = byPod(measured.samples);
  return idleGuarded(state, policy)
    .map(({ run }) => run)
    .filter(
      (run) =>
        !isBooting(run, idle, measured.atMs) &&
        loadOf(samples.get(run.podId), idle, measured.atMs) === "idle",
    );
}

/** What the idle guard cannot see it must not pass over in silence. */
function whileUnmeasured(
  state: GuardState,
  { atMs, because }: Measured & { readonly kind: "unmeasured" },
  policy: Policy,
): Decision {
  const unmeasured = state.unmeasured ?? { sinceMs: atMs };
  const waited = withEachRun({ ...state, unmeasured }, (run) =>
    withChanges(run, { idleAtMs: undefined }),
  );
  const forMs = atMs - unmeasured.sinceMs;
  const isDue = forMs >= policy.blindAfterMs && isDueAgain(unmeasured.toldAtMs, atMs, hourMs);
  const unsure = Object.values(state.runs).filter((run) => run.unsureSinceMs !== undefined);
  if (!isDue || idleGuarded(state, policy).length + unsure.length === 0) {
    return { state: waited, events: [] };
  }
  const rest =
    unsure.length === 0
      ? "everything else is guarded"
      : `and of these it is not known whether they were started anew, so no guard of theirs ends them: ${listedPods(unsure)}`;
  return say({ ...waited, unmeasured: { ...unmeasured, toldAtMs: atMs } }, policy, {
    event: "blind",
    name: "blind",
    atMs,
    because: `the load of the pods has not been seen for ${spanWords(forMs)} (${because}); no pod counts as idle meanwhile, ${rest}`,
  });
}

function whenMeasured(state: GuardState, atMs: number, policy: Policy): Decision {
  const { unmeasured } = state;
  const seen: GuardState = { ...state, unmeasured: undefined };
  if (unmeasured?.toldAtMs === undefined) return { state: seen, events: [] };
  return say(seen, policy, {
    event: "sighted",
    name: "sighted",
    atMs,
    because: `the load of the pods is seen again after ${spanWords(atMs - unmeasured.sinceMs)}`,
  });
}

function takeSamples(
  state: GuardState,
  { atMs, samples }: Measured & { readonly kind: "measured" },
  activity: Readonly<Record<string, Activity>>,
  policy: Policy,
): Decision {
  const { leaseBook } = state;
  const { gapMs } = policy.podGuards;
  const found = byPod(samples);
  const guards = new Map(
    idleGuarded(state, policy).map(({ run, guard }) => [run.podId, guard] as const),
  );
  const events: GuardEvent[] = [];
  const taken = withEachRun(state, (before) => {
    const sample = found.get(before.podId);
    if (sample === undefined) return withChanges(before, { idleAtMs: undefined });
    const { run: started, isAnew } = startOf(before, sample);
    if (isAnew) {
      const because = "it was stopped and started again while nobody looked";
      const endedAtMs = Math.max(before.startedAtMs, started.startedAtMs - gapMs);
      const ranAtMs = before.unsureSinceMs ?? endedAtMs;
      const reason = endedElsewhere;
      events.push({
        kind: "run-ended",
        run: before,
        podIs: "stopped",
        reason,
        because,
        ranAtMs,
        endedAtMs,
      });
    }
    const { gpuType = started.gpuType, region = started.region } = sample;
    const told = withChanges(withSaid(started, leaseBook, atMs), { gpuType, region });
    const guard = guards.get(told.podId);
    const run =
      guard === undefined
        ? told
        : idleAfter(told, sample, own(activity, told.podId), guard, { nowMs: atMs, gapMs });
    if (run.isRecorded === true) return run;
    events.push({ kind: "run-started", run });
    return { ...run, isRecorded: true };
  });
  return { state: taken, events };
}

/** A pod that may have been started again unseen, and does not tell, is ended by no guard. */
function sayWhoseRunIsUnknown(state: GuardState, atMs: number, policy: Policy): Decision {
  const { hardTimeout, lease, idle } = policy.podGuards;
  const isGuarded = (hardTimeout ?? lease ?? idle) !== undefined;
  const unknown = Object.values(state.runs).filter(
    ({ unsureSinceMs = Infinity }) => isGuarded && atMs - unsureSinceMs >= patienceMs,
  );
  const key = "run:unknown";
  if (unknown.length === 0) return { state: forget(state, (each) => each === key), events: [] };
  return sayHourly(state, policy, key, {
    event: "blind",
    name: "blind",
    atMs,
    podIds: unknown.map(({ podId }) => podId),
    because: `${listedPods(unknown)}: not looked at for a while, and RunPod does not tell when they were started; until it does no guard of theirs ends them`,
  });
}

/** A pod that tells nothing of its load never counts as idle: someone should know. */
function sayWhoseLoadIsUnknown(state: GuardState, atMs: number, policy: Policy): Decision {
  const unknown = idleGuarded(state, policy).flatMap(({ run, guard }) => {
    const { loadKnownAtMs = run.firstSeenAtMs, startedAtMs } = run;
    const fromMs = Math.max(loadKnownAtMs, startedAtMs + guard.bootGraceMs);
    const isLong = atMs - fromMs >= Math.max(policy.blindAfterMs, patienceMs);
    return run.idleAtMs === undefined && isLong ? [run] : [];
  });
  const key = "idle:unknown";
  if (unknown.length === 0) return { state: forget(state, (each) => each === key), events: [] };
  return sayHourly(state, policy, key, {
    event: "blind",
    name: "blind",
    atMs,
    podIds: unknown.map(({ podId }) => podId),
    because: `${listedPods(unknown)}: no load is told, so the idle guard does not see this`,
  });
}

function sayWhichProbesFailed(
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
  return sayHourly(state, policy, key, {
    event: "idle",
    name: "idle",
    atMs,
    podIds: pods.map(({ podId }) => podId),
    because: `a probe does not work, so these count as active: ${listedPods(pods)}: ${first.because}`,
  });
}

/** The runs that the idle guard is for, as far as the last look showed their pods. */
function idleGuarded(
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

function byPod(samples: readonly PodSample[]): ReadonlyMap<string, PodSample> {
  return new Map(samples.map((sample) => [sample.podId, sample]));
}
