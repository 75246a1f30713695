import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";

/** An account that is billed afterwards is told of once. A poll that does not say how it is billed changes nothing. */
export function sayPostpaid(
  state: GuardState,
  { billingMode, atMs }: Seen,
  policy: Policy,
): Decision {
  if (billingMode === "PREPAID" && state.postpaidSinceMs !== undefined) {
    return { state: { ...state, postpaidSinceMs: undefined }, events: [] };
  }
  if (billingMode !== "POSTPAID" || state.postpaidSinceMs !== undefined) {
    return { state, events: [] };
  }
  return notify({ ...state, postpaidSinceMs: atMs }, policy, {
    event: "billing",
    name: "billing",
    atMs,
    because:
      "RunPod bills this account afterwards (POSTPAID): it does not stop pods when the balance is low. The thresholds still hold on the balance that it shows",
  });
}
