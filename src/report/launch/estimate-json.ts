import { hourMs } from "#guard/model/time.ts";
import { rounded } from "#guard/text.ts";
import { isoOrNull } from "#report/iso.ts";
import type { Estimate } from "./estimate.ts";

/** `null` is unknown, or what does not come. */
export function estimateJson(estimate: Estimate) {
  const { wanted, price, balanceUsd, burnPerHrUsd, balanceAtEndUsd, reached, lasts } = estimate;
  const { offer, gpuCount, cloud, forMs } = wanted;
  return {
    gpu: {
      id: offer.id,
      name: offer.name,
      memory_gb: offer.memoryGb ?? null,
      count: gpuCount,
      cloud,
      stock: offer[cloud].stock,
    },
    hours: rounded(forMs / hourMs),
    ends_at: isoOrNull(estimate.endsAtMs),
    rate_per_hr_usd: rounded(price.perHrUsd),
    compute_per_hr_usd: rounded(price.computePerHrUsd),
    compute_usd: rounded(price.computeUsd),
    storage_gb: price.storageGb,
    storage_usd: rounded(price.storageUsd),
    total_usd: rounded(price.totalUsd),
    balance_usd: rounded(balanceUsd),
    burn_per_hr_usd: burnPerHrUsd === undefined ? null : rounded(burnPerHrUsd),
    burn_with_it_per_hr_usd:
      burnPerHrUsd === undefined ? null : rounded(burnPerHrUsd + price.perHrUsd),
    balance_at_end_usd: balanceAtEndUsd === undefined ? null : rounded(balanceAtEndUsd),
    reached: reached.map(({ kind, name, levelUsd, is, atMs }) => ({
      kind,
      name,
      level_usd: levelUsd === undefined ? null : rounded(levelUsd),
      is,
      at: isoOrNull(atMs),
    })),
    lasts: lasts ?? null,
    because: estimate.because ?? null,
  };
}
