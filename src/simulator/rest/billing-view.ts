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

const mostBuckets = 100;

const hoursOf: Readonly<Record<string, number>> = {
  hour: 1,
  day: 24,
  week: 168,
  month: 720,
  year: 8760,
};

/** The current bucket, as long as asked for, and as many before it as are asked for: what was set, in each. */
export function billingView(
  amounts: Readonly<Record<string, number>>,
  query: URLSearchParams,
  nowMs: number,
) {
  const bucketSize = query.get("bucketSize") ?? "day";
  const lengthMs = (hoursOf[bucketSize] ?? 24) * 3_600_000;
  const startMs = Math.floor(nowMs / lengthMs) * lengthMs;
  const count = Math.min(Number(query.get("lastN") ?? 1) || 1, mostBuckets);
  const bucketAt = (n: number) => ({
    startTime: dateTime(startMs - n * lengthMs),
    endTime: dateTime(startMs - (n - 1) * lengthMs),
  });

  const each = Object.fromEntries(categories.map((name) => [name, amounts[name] ?? 0]));
  const perBucket = {
    totalAmount: Object.values(each).reduce((sum, usd) => sum + usd, 0),
    ...each,
  };
  const span = { ...bucketAt(0), startTime: bucketAt(count - 1).startTime };
  const totals = Object.fromEntries(
    Object.entries(perBucket).map(([name, usd]) => [name, usd * count]),
  );
  return {
    records: Array.from({ length: count }, (_, n) => ({
      ...bucketAt(n),
      ...perBucket,
    })).toReversed(),
    metadata: { query: { ...span, bucketSize }, recordCount: count, totals },
  };
}
