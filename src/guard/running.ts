import type { Pod } from "./model.ts";

/** Burns compute money, or is about to. */
export function isRunning({ status }: Pod): boolean {
  return status === "RUNNING" || status === "RESTARTING";
}
