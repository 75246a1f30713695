import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";

type BillingMode = NonNullable<Seen["billingMode"]>;

/** How RunPod bills the account, by a poll or by what was last said of it; undefined: not known. */
export function billingModeOf(
  { postpaidSinceMs }: Pick<GuardState, "postpaidSinceMs">,
  { billingMode }: Pick<Seen, "billingMode">,
): BillingMode | undefined {
  return billingMode ?? (postpaidSinceMs === undefined ? undefined : "POSTPAID");
}

/** An account that is billed afterwards is told of once. A poll that does not say how it is billed changes nothing. */
export function sayPostpaid(
  state: GuardState,
  { billingMode, atMs }: Pick<Seen, "billingMode" | "atMs">,
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
