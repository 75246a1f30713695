import { wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Probe } from "./probe.ts";

/** The same probe, but one that never comes back costs only its own pod, and counts as one that failed. */
export function boundedProbe(probe: Probe, clock: Clock, limitMs: number): Probe {
  return async (pod, before, signal) => {
    try {
      return await withinLimit(probe(pod, before, signal), limitMs, clock, signal);
    } catch (error) {
      if (signal.aborted) return "interrupted";
      const because = `the probe was given up: ${wordsOf(error)}`;
      return { isActive: true, because, hasFailed: true, counters: before };
    }
  };
}
