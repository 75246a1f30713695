import { rounded } from "#guard/text.ts";
import { capsJson } from "./caps-json.ts";
import type { OfferRow, OffersReport } from "./offers.ts";

/** `null` is unknown, or what was not asked for. */
export function offersJson({ filters, caps, rows, loosen }: OffersReport, nowMs: number) {
  const { gpuCount, mostPerHrUsd, leastMemoryGb, cloud } = filters;
  return {
    at: new Date(nowMs).toISOString(),
    gpu_count: gpuCount,
    max_price: mostPerHrUsd ?? null,
    min_vram: leastMemoryGb ?? null,
    cloud: cloud ?? null,
    launch: caps === undefined ? null : capsJson(caps),
    offers: rows.map((row) => offerJson(row, gpuCount)),
    loosen,
  };
}

function offerJson(row: OfferRow, gpuCount: number) {
  return {
    gpu_id: row.gpuId,
    gpu_name: row.gpuName,
    memory_gb: row.memoryGb ?? null,
    cloud: row.cloud,
    gpu_count: gpuCount,
    price_per_hr_usd: roundedOrNull(row.perHrUsd),
    price_per_gpu_hr_usd: roundedOrNull(row.perGpuHrUsd),
    stock: row.stock === "unknown" ? null : row.stock,
    max_gpu_count: row.mostGpus ?? null,
    barred_by: row.barredBy,
  };
}

function roundedOrNull(value: number | undefined): number | null {
  return value === undefined ? null : rounded(value);
}
