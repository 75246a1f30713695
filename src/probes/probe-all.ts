import type { Activity } from "#guard/model/account.ts";
import type { ProbedPod } from "./finding.ts";
import type { Probe } from "./probe.ts";

export interface PodToProbe extends ProbedPod {
  /** As they stood the last time; undefined: there was none. */
  readonly counters?: Readonly<Record<string, number>> | undefined;
}

const atOnce = 4;

/** What each pod was found to do, by its id. Pods at which it was interrupted are left out. */
export async function probeAll(
  probe: Probe,
  pods: readonly PodToProbe[],
  signal: AbortSignal,
): Promise<Readonly<Record<string, Activity>>> {
  const found: (readonly [podId: string, activity: Activity])[] = [];
  const waiting = pods.values();
  const askInTurn = async (): Promise<void> => {
    for (const pod of waiting) {
      if (signal.aborted) return;
      const activity = await probe(pod, pod.counters ?? {}, signal);
      if (activity !== "interrupted") found.push([pod.podId, activity]);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, askInTurn));
  return Object.fromEntries(found);
}
