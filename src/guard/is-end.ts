import type { Effect, EndPod, EndRun } from "./model.ts";

/** Whether it ends a pod, whoever wants that. */
export function isEnd(effect: Effect): effect is EndPod | EndRun {
  return effect.kind === "end-pod" || effect.kind === "end-run";
}
