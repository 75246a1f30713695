import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { isOf } from "#guard/pods/rules/lease.ts";

/** The reason of an end that was neither the guard's nor a command's. */
export const endedElsewhere = "ended_elsewhere";
/** The reason of an end by `runpodboss stop` or `terminate`. */
export const endedByHand = "manual";

/** RunPod may be slow; what ends a pod later than this has another reason. */
const longestEndMs = 15 * minuteMs;

/** Whose the end of a run was that the guard did not bring about. */
export function endedBy(
  run: PodRun,
  { leaseBook }: Pick<GuardState, "leaseBook">,
  nowMs: number,
): typeof endedElsewhere | typeof endedByHand {
  const { endedAtMs = {} } = leaseBook === "unknown" ? {} : (leaseBook ?? {});
  const askedAtMs = own(endedAtMs, run.podId);
  if (askedAtMs === undefined || !isOf(run, askedAtMs)) return endedElsewhere;
  return Math.abs(nowMs - askedAtMs) <= longestEndMs ? endedByHand : endedElsewhere;
}
