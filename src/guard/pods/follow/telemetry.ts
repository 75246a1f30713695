import type { Activity, Measured, PodSample, Probed } from "#guard/model/account.ts";
import type { IdleGuard, Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Decision, GuardEvent, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { isDueAgain, notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { listedPods, spanWords } from "#guard/text.ts";
import { idleGuarded } from "#guard/pods/rules/guarded.ts";
import {
  idleAfter,
  isBooting,
  neverIdle,
  type Sampled,
  withUnknownLoad,
} from "#guard/pods/rules/idle.ts";
import { withSaid } from "#guard/pods/rules/lease.ts";
import { loadOf } from "#guard/pods/rules/load.ts";
import { isStartKnown, startOf } from "#guard/pods/run/run-start.ts";
import { oneSampleAPod } from "./one-sample-a-pod.ts";
import { endedBy } from "./ended-by.ts";
import {
  sayWhichProbesFailed,
  sayWhoseLoadIsUnknown,
  sayWhoseRunIsUnknown,
  sayWhoseStartIsDisputed,
} from "./unknown-load.ts";
import { withChanges, withEachRun, withRuns } from "#guard/pods/run/update-runs.ts";

/** Takes the loads of the pods, and what the probes of the idle ones found. */
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
      return chain(
        state,
        (before) => whenMeasured(before, measured.atMs, policy),
        (before) => takeSamples(before, measured, activity, policy),
        (before) => sayWhoseRunIsUnknown(before, measured.atMs, policy),
        (before) => sayWhoseStartIsDisputed(before, measured.atMs, policy),
        (before) => sayWhoseLoadIsUnknown(before, measured.atMs, policy),
        (before) => sayWhichProbesFailed(before, measured.atMs, policy),
      );
  }
}

/** Whether reading the loads is of use now: for a guard, or to learn when a new run started. */
export function isMeasuringOfUse({ runs }: GuardState, { podGuards }: Policy): boolean {
  const { hardTimeout, lease, idle } = podGuards;
  const isNew = (run: PodRun) =>
    !isStartKnown(run) || run.isStarting === true || run.unsureSinceMs !== undefined;
  return (hardTimeout ?? lease ?? idle) !== undefined || Object.values(runs).some(isNew);
}

/** A pod that is to be asked, and the sample that made it necessary. */
export interface ToProbe {
  readonly run: PodRun;
  readonly sample: PodSample;
}

/** The pods whose load says idle, to be checked by probes before that is believed. */
export function podsToProbe(
  state: GuardState,
  measured: Measured,
  policy: Policy,
): readonly ToProbe[] {
  const { idle } = policy.podGuards;
  if (measured.kind === "unmeasured" || idle?.hasProbes !== true) return [];
  const { atMs } = measured;
  const samples = oneSampleAPod(measured.samples);
  return idleGuarded(state, policy, (run) => !isBooting(run, idle, atMs)).flatMap((run) => {
    const sample = samples.get(run.podId);
    return sample !== undefined && loadOf(sample, idle, atMs) === "idle" ? [{ run, sample }] : [];
  });
}

/** Takes what probes have answered, of each pod when it comes. */
export function onProbed(
  state: GuardState,
  atMs: number,
  probed: readonly Probed[],
  policy: Policy,
): Decision {
  const { idle, gapMs } = policy.podGuards;
  if (idle === undefined) return { state, events: [] };
  const guarded = new Map(idleGuarded(state, policy).map((run) => [run.podId, run]));
  const runs = probed.flatMap(({ sample, sampledAtMs: nowMs, activity }) => {
    const run = guarded.get(sample.podId);
    return run === undefined
      ? []
      : [judged(run, sample, activity, idle, { nowMs, strideMs: gapMs })];
  });
  return sayWhichProbesFailed(withRuns(state, runs), atMs, policy);
}

function probedRun(run: PodRun, { hasFailed, because }: Activity): PodRun {
  return withChanges(run, { probeFault: hasFailed ? because : undefined });
}

/** When loads cannot be read, the idle guard is off: that must be said. */
function whileUnmeasured(
  state: GuardState,
  { atMs, because }: Measured & { readonly kind: "unmeasured" },
  policy: Policy,
): Decision {
  const unmeasured = state.unmeasured ?? { sinceMs: atMs };
  const waited = withoutLoads({ ...state, unmeasured }, atMs);
  const forMs = atMs - unmeasured.sinceMs;
  const isDue = forMs >= policy.blindAfterMs && isDueAgain(unmeasured.toldAtMs, atMs, hourMs);
  const unsure = Object.values(state.runs).filter((run) => run.unsureSinceMs !== undefined);
  if (!isDue || idleGuarded(state, policy).length + unsure.length === 0) {
    return { state: waited, events: [] };
  }
  const rest =
    unsure.length === 0
      ? "the other guards work"
      : `and no guard stops ${listedPods(unsure)}, which may have been restarted unnoticed`;
  return notify({ ...waited, unmeasured: { ...unmeasured, toldAtMs: atMs } }, policy, {
    event: "blind",
    name: "blind",
    severity: "warning",
    incident: "unmeasured",
    atMs,
    because: `the load of the pods has been unknown for ${spanWords(forMs)} (${because}). Until it is known no pod counts as idle; ${rest}`,
  });
}

function whenMeasured(state: GuardState, atMs: number, policy: Policy): Decision {
  const { unmeasured } = state;
  const seen: GuardState = { ...state, unmeasured: undefined };
  if (unmeasured?.toldAtMs === undefined) return { state: seen, events: [] };
  return notify(seen, policy, {
    event: "sighted",
    name: "sighted",
    incident: "unmeasured",
    isResolution: true,
    atMs,
    because: `the load of the pods is known again after ${spanWords(atMs - unmeasured.sinceMs)}`,
  });
}

/** No idle time goes on while no load is known. */
export function withoutLoads(state: GuardState, atMs: number): GuardState {
  return withEachRun(state, (run) => withUnknownLoad(run, atMs));
}

export function takeSamples(
  state: GuardState,
  { atMs, samples }: Measured & { readonly kind: "measured" },
  activity: Readonly<Record<string, Activity>>,
  policy: Policy,
): Decision {
  const { leaseBook } = state;
  const { gapMs } = policy.podGuards;
  const found = oneSampleAPod(samples);
  const { idle } = policy.podGuards;
  const guarded = new Set(idleGuarded(state, policy).map(({ podId }) => podId));
  const pods = state.lastSeen?.pods;
  const arePodsSeen = pods !== undefined && pods !== "unknown";
  // Nobody watches its load: what it was idle before counts for nothing when someone does again.
  const isUnguarded = ({ podId }: PodRun): boolean => arePodsSeen && !guarded.has(podId);
  const events: GuardEvent[] = [];
  const taken = withEachRun(state, (before) => {
    const sample = found.get(before.podId);
    if (sample === undefined) return withUnknownLoad(before, atMs);
    const { run: started, isAnew } = startOf(before, sample, atMs);
    if (isAnew) {
      const because = "stopped and started again between two polls";
      const endedAtMs = Math.max(before.startedAtMs, started.startedAtMs - gapMs);
      const ranAtMs = before.unsureSinceMs ?? endedAtMs;
      const reason = endedBy(before, state, atMs);
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
    // Of a difference that an image's pull does not explain people are notified, too.
    const isNews = isAnew || before.disputedMs === undefined;
    if (isNews && started.disputedMs !== undefined) {
      events.push({ kind: "start-disputed", run: started });
    }
    const { gpuType = started.gpuType, region = started.region } = sample;
    const told = withChanges(withSaid(started, leaseBook, atMs), { gpuType, region });
    const run =
      idle !== undefined && guarded.has(told.podId)
        ? judged(told, sample, own(activity, told.podId), idle, { nowMs: atMs, strideMs: gapMs })
        : isUnguarded(told)
          ? withChanges(told, neverIdle)
          : told;
    if (run.isRecorded === true) return run;
    events.push({ kind: "run-started", run });
    return { ...run, isRecorded: true };
  });
  return { state: taken, events };
}

function judged(
  run: PodRun,
  sample: PodSample,
  activity: Activity | undefined,
  guard: IdleGuard,
  when: Sampled,
): PodRun {
  const found = idleAfter(run, sample, activity, guard, when);
  return activity === undefined ? found : probedRun(found, activity);
}
