import type { Pod } from "#guard/model/account.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { rounded } from "#guard/text.ts";
import { isoOrNull } from "#report/iso.ts";
import type { Leased } from "./lease.ts";
import { whatRemains } from "./parse-hours.ts";

/** A lease that was given, for programs; `null` is unknown, or that there is none. */
export function leasedJson(
  { id, name, costPerHrUsd }: Pick<Pod, "id" | "name" | "costPerHrUsd">,
  { guard, atMs, endsAtMs, actsAtMs, moreMs, sooner }: Leased,
) {
  return {
    pod_id: id,
    pod_name: name,
    lease_ends_at: isoOrNull(endsAtMs),
    acts_at: isoOrNull(actsAtMs),
    action: guard.action,
    minutes_left: Number(((endsAtMs - atMs) / minuteMs).toFixed(1)),
    cost_until_then_usd:
      costPerHrUsd === undefined ? null : rounded((costPerHrUsd * (actsAtMs - atMs)) / hourMs),
    may_extend_hours: Number(whatRemains(moreMs)?.hours ?? 0),
    ends_sooner:
      sooner === undefined
        ? null
        : { by: sooner.guard, name: sooner.of ?? null, at: isoOrNull(sooner.atMs) },
  };
}
