import type { PodSample } from "#guard/model/account.ts";
import type { PodRun, StartSource } from "#guard/model/run.ts";
import { withChanges } from "./update-runs.ts";

/** Clocks differ, uptimes are whole seconds: less than this is the same moment. */
const toleranceMs = 120_000;

/** A container boots when its image has been pulled: a difference up to this is no news. */
export const longestPullMs = 900_000;

/** Of RunPod's own clock, cut to whole seconds somewhere. */
const sameStampMs = 1_000;

export interface Started {
  readonly run: PodRun;
  /** The pod was stopped and started since: this is a new run. */
  readonly isAnew: boolean;
}

/**
 * The start of a run, from a sample: the pod's uptime, else when RunPod last started it, else what was
 * known before. A container that restarts while its pod keeps running is not a new run. Where they do
 * not agree, and nobody has watched, the shortest run holds: a clock may have been set. A pod that was
 * pending when it was first seen is there, and may be paid for, since then: what is told once it runs is no
 * new run, and its start is no later.
 */
export function startOf(run: PodRun, sample: PodSample, nowMs: number): Started {
  const { podId, lastStartedAtMs: stampMs = run.lastStartedAtMs } = sample;
  const ahead = notAhead(sample.lastStartedAtMs, nowMs);
  const { bootedAtMs, lastStartedAtMs, impossibleMs } = possible(run, sample.bootedAtMs, ahead);
  const told = [bootedAtMs, lastStartedAtMs].filter((each) => each !== undefined);
  const [found] = told;
  if (found === undefined) {
    const disputedMs = impossibleMs === undefined ? run.disputedMs : run.startedAtMs - impossibleMs;
    return { run: withChanges(run, { disputedMs }), isAnew: false };
  }
  const latestMs = Math.max(...told);
  const source: StartSource = bootedAtMs === undefined ? "last-started" : "uptime";
  if (!isStarting(run, nowMs) && isAnother(run, { stampMs, lastStartedAtMs, foundAtMs: found })) {
    const { isCluster } = run;
    const begun = {
      ...runFrom(podId, run.name, latestMs, run.costPerHrUsd),
      ...(isCluster === true && { isCluster }),
    };
    const disputedMs = disputed(latestMs, told);
    return {
      run: { ...begun, startFrom: source, lastStartedAtMs: stampMs, disputedMs },
      isAnew: true,
    };
  }
  // RunPod has said that it was not started since: its container was.
  const isSameStart =
    sample.lastStartedAtMs !== undefined &&
    run.lastStartedAtMs !== undefined &&
    Math.abs(sample.lastStartedAtMs - run.lastStartedAtMs) <= sameStampMs;
  const isSure = run.isSaved !== true && (run.unsureSinceMs === undefined || isSameStart);
  const knownAtMs = isStartKnown(run) ? notAhead(run.startedAtMs, nowMs) : undefined;
  // What RunPod tells of a start after the one that is known shows that to be wrong.
  const isWrong = (ms: number): boolean =>
    lastStartedAtMs !== undefined && isLater(lastStartedAtMs, ms);
  const { firstSeenAtMs } = run;
  const wasPending = run.isStarting === true || run.runsSinceMs !== undefined;
  const isWatched =
    isSure &&
    ((run.startFrom === "uptime" && !isWrong(run.startedAtMs)) ||
      (wasPending && !isLater(firstSeenAtMs, run.startedAtMs)));
  const seenAtMs =
    isSure && isStarting(run, nowMs) ? Math.max(firstSeenAtMs, run.startedAtMs) : Infinity;
  const startedAtMs = Math.min(held(knownAtMs, isWatched, latestMs), seenAtMs);
  const startFrom =
    startedAtMs === knownAtMs && !isTold(bootedAtMs, knownAtMs) ? run.startFrom : source;
  const isSeen = startedAtMs === seenAtMs && startedAtMs < latestMs;
  const known = {
    ...begunBy(run, bootedAtMs, nowMs),
    startedAtMs,
    // It is by our own clock, as an uptime is.
    startFrom: isSeen ? "uptime" : startFrom,
    unsureSinceMs: undefined,
    isSaved: undefined,
    lastStartedAtMs: stampMs,
    disputedMs:
      disputed(startedAtMs, [
        ...told,
        (wasPending ? undefined : knownAtMs) ?? startedAtMs,
        impossibleMs ?? startedAtMs,
      ]) ?? run.disputedMs,
  } as const;
  return { run: withChanges(run, known), isAnew: false };
}

/**
 * Whether the pod has only been seen pending, as far as RunPod has told since. Where it tells no uptime, it is
 * known to run for no longer than an image is pulled.
 */
function isStarting({ isStarting: is, runsSinceMs = Infinity }: PodRun, nowMs: number): boolean {
  return is === true && nowMs - runsSinceMs <= longestPullMs;
}

/** An uptime shows that it runs, unless it is from before the pod was seen pending. */
function begunBy(
  run: PodRun,
  bootedAtMs: number | undefined,
  nowMs: number,
): Pick<PodRun, "isStarting" | "runsSinceMs"> {
  const { runsSinceMs } = run;
  if (!isStarting(run, nowMs)) return { isStarting: undefined, runsSinceMs };
  return bootedAtMs === undefined || isLater(run.firstSeenAtMs, bootedAtMs)
    ? { isStarting: true, runsSinceMs }
    : { isStarting: undefined, runsSinceMs: runsSinceMs ?? nowMs };
}

interface Told {
  readonly bootedAtMs: number | undefined;
  readonly lastStartedAtMs: number | undefined;
  /** The earliest of what cannot be. */
  readonly impossibleMs?: number;
}

/**
 * What a sample tells, without what cannot be: a pod that a poll has shown not to run has started since.
 * Where both tell of the same start before, the poll was wrong.
 */
function possible(
  run: PodRun,
  bootedAtMs: number | undefined,
  lastStartedAtMs: number | undefined,
): Told {
  const { notRunningAtMs } = run;
  if (notRunningAtMs === undefined || isStartKnown(run)) return { bootedAtMs, lastStartedAtMs };
  const isBefore = (ms: number | undefined): ms is number =>
    ms !== undefined && isLater(notRunningAtMs, ms);
  if (
    isBefore(bootedAtMs) &&
    lastStartedAtMs !== undefined &&
    isTold(bootedAtMs, lastStartedAtMs)
  ) {
    return { bootedAtMs, lastStartedAtMs };
  }
  const impossible = [bootedAtMs, lastStartedAtMs].filter(isBefore);
  return {
    bootedAtMs: isBefore(bootedAtMs) ? undefined : bootedAtMs,
    lastStartedAtMs: isBefore(lastStartedAtMs) ? undefined : lastStartedAtMs,
    ...(impossible.length > 0 && { impossibleMs: Math.min(...impossible) }),
  };
}

function isTold(bootedAtMs: number | undefined, ms: number): boolean {
  return bootedAtMs !== undefined && !isLater(ms, bootedAtMs) && !isLater(bootedAtMs, ms);
}

/** A start that was watched stays; of others the latest holds, unless it is the same moment. */
function held(knownAtMs: number | undefined, isWatched: boolean, latestMs: number): number {
  if (knownAtMs === undefined) return latestMs;
  return !isWatched && isLater(latestMs, knownAtMs) ? latestMs : knownAtMs;
}

function disputed(startedAtMs: number, told: readonly number[]): number | undefined {
  const earliestMs = Math.min(...told);
  return isLater(startedAtMs, earliestMs) ? startedAtMs - earliestMs : undefined;
}

/** What is ahead of our clock says nothing: one of the two is wrong. */
function notAhead(ms: number | undefined, nowMs: number): number | undefined {
  return ms === undefined || isLater(ms, nowMs) ? undefined : Math.min(ms, nowMs);
}

/** A run of which nothing is known but when it was first seen. */
export function runFrom(
  podId: string,
  name: string,
  atMs: number,
  costPerHrUsd: number | undefined,
): PodRun {
  return {
    podId,
    name,
    costPerHrUsd,
    firstSeenAtMs: atMs,
    startedAtMs: atMs,
    startFrom: "first-seen",
    idleMs: 0,
    warnedAtMs: {},
    actedAtMs: {},
  };
}

/** Whether `laterMs` is a later moment for certain. */
export function isLater(laterMs: number, thanMs: number): boolean {
  return laterMs > thanMs + toleranceMs;
}

/** RunPod has said when it started; when it was first seen does not count. */
export function isStartKnown({ startFrom }: Pick<PodRun, "startFrom">): boolean {
  return startFrom === "uptime" || startFrom === "last-started";
}

/**
 * The pod's own start decides, if it is known: a container may restart while its pod keeps running. What
 * began before this run was first seen is this run, and what was known of its start was wrong.
 */
function isAnother(
  run: PodRun,
  {
    stampMs,
    lastStartedAtMs,
    foundAtMs,
  }: { stampMs: number | undefined; lastStartedAtMs: number | undefined; foundAtMs: number },
): boolean {
  // An uptime and a first sight are of our clock, a stamp is of RunPod's: the two may be hours apart.
  const isBefore = run.isSaved !== true && foundAtMs <= run.firstSeenAtMs;
  if (isBefore) return false;
  // Of one clock, two stamps need no tolerance: a pod may be started twice within a minute.
  if (stampMs !== undefined && run.lastStartedAtMs !== undefined) {
    return stampMs > run.lastStartedAtMs + sameStampMs;
  }
  // What was pending was there before it ran.
  const { runsSinceMs = -Infinity } = run;
  if (lastStartedAtMs !== undefined) {
    const knownMs = isStartKnown(run) ? run.startedAtMs : run.firstSeenAtMs;
    return isLater(lastStartedAtMs, Math.max(knownMs, runsSinceMs));
  }
  // A pod runs before its container has booted.
  const sinceMs = run.startFrom === "uptime" ? run.startedAtMs : run.unsureSinceMs;
  return sinceMs !== undefined && isLater(foundAtMs, Math.max(sinceMs, runsSinceMs));
}
