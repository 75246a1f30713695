import type { ClusterMember } from "#guard/model/account.ts";
import { rounded } from "#guard/text.ts";

/** A pod of a cluster; `null` is unknown. */
export function memberJson({ id, name, word, costPerHrUsd }: ClusterMember) {
  const cost_per_hr_usd = costPerHrUsd === undefined ? null : rounded(costPerHrUsd);
  return { id, name, status: word ?? null, cost_per_hr_usd };
}
