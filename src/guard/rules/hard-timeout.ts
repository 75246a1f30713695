import type { HardTimeoutGuard, PodRun } from "../model.ts";
import { plainNumber } from "../money.ts";
import { hourMs } from "./say.ts";

/** When a run is over, whatever its lease and its load say. */
export function hardTimeoutAtMs({ startedAtMs }: PodRun, { afterMs }: HardTimeoutGuard): number {
  return startedAtMs + afterMs;
}

export function hardTimeoutReason({ afterMs }: HardTimeoutGuard): string {
  return `hard_timeout_${plainNumber(afterMs / hourMs)}h`;
}
