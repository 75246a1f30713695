import { oneLine } from "#control-characters.ts";
import type { CreateAnswer } from "#guard/model/launch.ts";
import { idIn } from "#runpod/pod-rows.ts";
import { amountIn } from "#runpod/readings.ts";

type Failed = Extract<CreateAnswer, { readonly kind: "failed" }>;

/** What stands where something was blanked out: an id with it is no more the pod's. */
const blank = "[redacted]";

/** Undefined where the answer does not say which pod was made. */
export function createdIn(id: unknown, costPerHr: unknown): CreateAnswer | undefined {
  const podId = idIn(id);
  if (podId === undefined || podId.includes(blank)) return undefined;
  return { kind: "created", podId, costPerHrUsd: amountIn(costPerHr) || undefined };
}

/** Unless said otherwise, the pod may be there all the same. */
export function notCreated(because: string, more: Partial<Failed> = {}): Failed {
  return {
    kind: "failed",
    because: oneLine(because),
    isReadOnlyKey: false,
    isRefusal: false,
    ...more,
  };
}
