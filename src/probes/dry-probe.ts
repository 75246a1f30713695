import { fillIn } from "./fill-in.ts";
import type { ProbedPod } from "./finding.ts";
import type { Probe } from "./probe.ts";

export interface DryProbeDeps {
  readonly isDry: () => boolean;
  readonly activityCommand: () => readonly string[];
  /** Told once for each pod. */
  readonly onWouldStart: (pod: ProbedPod, argv: readonly string[]) => void;
}

/**
 * In a dry run nothing is started, so a pod with an activity_command is not asked at all: its metrics alone
 * would not tell whether it is idle.
 */
export function dryProbe(probe: Probe, deps: DryProbeDeps): Probe {
  const { isDry, activityCommand, onWouldStart } = deps;
  const told = new Set<string>();
  return (pod, before, signal) => {
    const command = activityCommand();
    if (!isDry() || command.length === 0) return probe(pod, before, signal);
    if (!told.has(pod.podId)) {
      onWouldStart(
        pod,
        command.map((argument) => fillIn(argument, pod)),
      );
    }
    told.add(pod.podId);
    return Promise.resolve("interrupted");
  };
}
