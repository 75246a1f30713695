import { podGuardNames } from "#guard/model/policy.ts";
import { endedByHand, endedElsewhere } from "#guard/pods/follow/ended-by.ts";

const backstop = "backstop";
const other = "other";

/** What can bring about the end of a run. */
export const endReasons = [...podGuardNames, backstop, endedByHand, endedElsewhere, other] as const;

/** `idle_30m` and `idle_2h` are ends by the same guard: how long it waits changes with the config. */
export function endReasonOf(reason: string): (typeof endReasons)[number] {
  const guard = podGuardNames.find((name) => reason === name || reason.startsWith(`${name}_`));
  return guard ?? endReasons.find((each) => each === reason) ?? other;
}
