import { oneLine } from "#control-characters.ts";
import type { Activity } from "#guard/model/account.ts";
import type { Runner } from "#ports.ts";
import { askCommand } from "./ask-command.ts";
import { askMetrics } from "./ask-metrics.ts";
import { createBudget } from "./budget.ts";
import type { Finding, ProbedPod } from "./finding.ts";
import type { ProbeSettings } from "./settings.ts";

/**
 * Runs every probe of the config on a pod. Never throws. `before` holds the counters of the last time.
 * A probe that fails counts as active.
 */
export type Probe = (
  pod: ProbedPod,
  before: Readonly<Record<string, number>>,
  signal: AbortSignal,
) => Promise<Activity | "interrupted">;

export interface ProbeDeps {
  readonly runner: Runner;
  readonly settings: () => ProbeSettings;
  readonly commandTimeLimitMs?: number;
  readonly pageTimeLimitMs?: number;
  readonly maxPageBytes?: number;
}

const longestWords = 200;
/** Of all pages together: about a tenth of one core for usual pages, and a fifth of it for any. */
const bytesPerSecond = 8 * 2 ** 20;
const workMsPerSecond = 200;

export function createProbe(deps: ProbeDeps): Probe {
  const { runner, settings, commandTimeLimitMs = 30_000 } = deps;
  const { pageTimeLimitMs = 10_000, maxPageBytes = 2 ** 20 } = deps;
  const reading = createBudget(bytesPerSecond);
  const working = createBudget(workMsPerSecond);
  const pageLimits = { timeLimitMs: pageTimeLimitMs, maxBytes: maxPageBytes, reading, working };
  return async (pod, before, signal) => {
    const { activityCommand, activityMetrics, activityPassesKey } = settings();
    const asking = activityPassesKey === true ? withKey(runner) : runner;
    const [command, metrics] = await Promise.all([
      activityCommand.length === 0
        ? []
        : askCommand(activityCommand, pod, asking, commandTimeLimitMs, signal).then((one) => [one]),
      askMetrics(activityMetrics, pod, before, pageLimits, signal),
    ]);
    return activityOf([...command, ...metrics.findings], metrics.counters);
  };
}

function withKey(runner: Runner): Runner {
  return { run: (command, signal) => runner.run({ ...command, trust: "api-key" }, signal) };
}

function activityOf(
  findings: readonly Finding[],
  counters: Readonly<Record<string, number>>,
): Activity | "interrupted" {
  if (findings.some(({ kind }) => kind === "interrupted")) return "interrupted";
  const shown = findings.flatMap((each) => (each.kind === "active" ? [each.because] : []));
  const faults = findings.flatMap((each) => (each.kind === "failed" ? [each.because] : []));
  const words = [...shown.slice(0, 1), ...faults].join("; ") || "no probe shows activity";
  return {
    isActive: shown.length > 0 || faults.length > 0,
    because: shortened(oneLine(words)),
    hasFailed: faults.length > 0,
    counters,
  };
}

/** Not in the midst of a surrogate pair. */
function shortened(words: string): string {
  return words.slice(0, longestWords).replace(/[\uD800-\uDBFF]$/, "");
}
