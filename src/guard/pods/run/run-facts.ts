import type { PodRun, RunFacts } from "#guard/model/run.ts";
import { hourMs } from "#guard/model/time.ts";

/** What a run comes to by `atMs`. */
export function factsOf(run: PodRun, atMs: number): RunFacts & { readonly uptimeMs: number } {
  const { podId, name: podName, gpuType, region, costPerHrUsd } = run;
  const uptimeMs = Math.max(0, atMs - run.startedAtMs);
  const costUsd = costPerHrUsd === undefined ? undefined : (costPerHrUsd * uptimeMs) / hourMs;
  return { podId, podName, gpuType, region, uptimeMs, costUsd, costPerHrUsd };
}
