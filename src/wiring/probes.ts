import type { Engine } from "#daemon/engine.ts";
import { createMeasuring, measuredApartMs, type Measuring } from "#daemon/measuring.ts";
import { withKept } from "#guard/account/kept.ts";
import type { Runner } from "#ports.ts";
import { boundedProbe } from "#probes/bounded.ts";
import { createBudget } from "#probes/budget.ts";
import { dryProbe } from "#probes/dry-probe.ts";
import { createProbe, type Probe } from "#probes/probe.ts";
import { createProbing } from "#probes/probing.ts";
import type { ProbeSettings } from "#probes/settings.ts";
import type { WatchParts } from "./parts.ts";

/** More than any probe takes by its own limits. */
const probeLimitMs = 60_000;
/** A program that starts holds the whole guard for some milliseconds. */
const probesPerSecond = 20;
const noProbes = { activityCommand: [], activityMetrics: [] } as const;

/** Asks a pod whether it is active, as the idle guard says. */
export function probeOf(
  { live, clock, log }: Pick<WatchParts, "live" | "clock" | "log">,
  runner: Runner,
): Probe {
  const settings = (): ProbeSettings => live.settings().guards.idle ?? noProbes;
  return dryProbe(boundedProbe(createProbe({ runner, settings }), clock, probeLimitMs), {
    isDry: () => live.settings().dryRun,
    activityCommand: () => settings().activityCommand,
    onWouldStart: ({ podId }, argv) =>
      log.info({ podId, argv }, "dry run: would have asked whether the pod is active"),
  });
}

/** Reads the loads of all pods, and asks those that may be idle. */
export function measuringOf(
  { live, clock, log, paces }: Pick<WatchParts, "live" | "clock" | "log" | "paces">,
  engine: Engine,
  probe: Probe,
): Measuring {
  return createMeasuring({
    account: live.account,
    clock,
    limitMs: paces.measureLimitMs,
    apartMs: () => Math.min(live.settings().pollIntervalMs, measuredApartMs),
    engine,
    policy: () => withKept(live.policy(), engine.state()),
    log,
    probing: (answered) =>
      createProbing({ probe, answered, clock, starting: createBudget(probesPerSecond) }),
  });
}
