import type { PodSample } from "#guard/model/account.ts";
import type { PodRun, StartSource } from "#guard/model/run.ts";
import { withChanges } from "./update-runs.ts";

/** Clocks differ, uptimes are whole seconds: less than this is the same moment. */
const toleranceMs = 120_000;

export interface Started {
  readonly run: PodRun;
  /** The pod was stopped and started since: this is a new run. */
  readonly isAnew: boolean;
}

/**
 * The start of a run, from a sample: the pod's uptime, else when RunPod last started it, else what was
 * known before. A container that restarts while its pod keeps running is not a new run.
 */
export function startOf(run: PodRun, sample: PodSample): Started {
  const { bootedAtMs, lastStartedAtMs } = sample;
  const found = bootedAtMs ?? lastStartedAtMs;
  if (found === undefined) return { run, isAnew: false };
  if (isAnother(run, sample, found)) {
    const begun = runFrom(sample.podId, run.name, found, run.costPerHrUsd);
    return { run: { ...begun, startFrom: sourceOf(sample), lastStartedAtMs }, isAnew: true };
  }
  const known = withChanges(run, {
    unsureSinceMs: undefined,
    lastStartedAtMs: lastStartedAtMs ?? run.lastStartedAtMs,
  });
  return {
    run: isBetter(run, sample, found)
      ? { ...known, startedAtMs: found, startFrom: sourceOf(sample) }
      : known,
    isAnew: false,
  };
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

/** The pod's own start decides, if it is known: a container may restart while its pod keeps running. */
function isAnother(run: PodRun, { lastStartedAtMs }: PodSample, foundAtMs: number): boolean {
  if (lastStartedAtMs !== undefined) {
    const sinceMs = isStartKnown(run) ? run.startedAtMs : run.firstSeenAtMs;
    return isLater(lastStartedAtMs, run.lastStartedAtMs ?? sinceMs);
  }
  // A pod runs before its container has booted.
  const sinceMs = run.startFrom === "uptime" ? run.startedAtMs : run.unsureSinceMs;
  return sinceMs !== undefined && isLater(foundAtMs, sinceMs);
}

function isBetter(run: PodRun, sample: PodSample, foundAtMs: number): boolean {
  const source = sourceOf(sample);
  if (rank(source) !== rank(run.startFrom)) return rank(source) < rank(run.startFrom);
  return isLater(run.startedAtMs, foundAtMs);
}

function sourceOf({ bootedAtMs }: PodSample): StartSource {
  return bootedAtMs === undefined ? "last-started" : "uptime";
}

function rank(source: StartSource): number {
  switch (source) {
    case "uptime":
      return 0;
    case "last-started":
      return 1;
    case "begun":
    case "first-seen":
      return 2;
  }
}
