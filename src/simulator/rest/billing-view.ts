import { dateTime } from "./pod-view.ts";

const categories = [
  "podGpuAmount",
  "podCpuAmount",
  "podDiskAmount",
  "serverlessGpuAmount",
  "serverlessCpuAmount",
  "serverlessDiskAmount",
  "serverlessFeeAmount",
  "storageStandardAmount",
  "storageHighPerformanceAmount",
  "endpointAmount",
  "clusterGpuAmount",
  "clusterDiskAmount",
  "clusterNetworkingAmount",
] as const;

const hoursOf: Readonly<Record<string, number>> = {
  hour: 1,
  day: 24,
  week: 168,
  month: 720,
  year: 8760,
};

/** One record: the current bucket, as long as asked for, with what was set. */
export function billingView(
  amounts: Readonly<Record<string, number>>,
  query: URLSearchParams,
  nowMs: number,
) {
  const bucketSize = query.get("bucketSize") ?? "day";
  const lengthMs = (hoursOf[bucketSize] ?? 24) * 3_600_000;
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  const bucket = { startTime: dateTime(startMs), endTime: dateTime(startMs + lengthMs) };

  const each = Object.fromEntries(categories.map((name) => [name, amounts[name] ?? 0]));
  const totals = { totalAmount: Object.values(each).reduce((sum, usd) => sum + usd, 0), ...each };
  return {
    records: [{ ...bucket, ...totals }],
    metadata: { query: { ...bucket, bucketSize }, recordCount: 1, totals },
  };
}
