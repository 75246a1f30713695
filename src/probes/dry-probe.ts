import type { Log } from "#log.ts";
import { fillIn } from "./fill-in.ts";
import type { Probe } from "./probe.ts";

export interface DryProbeDeps {
  readonly isDry: () => boolean;
  readonly activityCommand: () => readonly string[];
  readonly log: Pick<Log, "info">;
}

/**
 * In a dry run nothing is started, so a pod with an activity_command is not asked at all: its metrics alone
 * would not tell whether it is idle. What would have been started is logged once for each pod.
 */
export function dryProbe(probe: Probe, { isDry, activityCommand, log }: DryProbeDeps): Probe {
  const logged = new Set<string>();
  return (pod, before, signal) => {
    const command = activityCommand();
    if (!isDry() || command.length === 0) return probe(pod, before, signal);
    if (!logged.has(pod.podId)) {
      const argv = command.map((argument) => fillIn(argument, pod));
      log.info({ podId: pod.podId, argv }, "dry run: would have asked whether the pod is active");
    }
    logged.add(pod.podId);
    return Promise.resolve("interrupted");
  };
}
