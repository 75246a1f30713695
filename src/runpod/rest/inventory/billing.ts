import type { Billing, Part } from "#guard/model/holdings.ts";
import { hourMs } from "#guard/model/time.ts";
import { isJson, type Json, numberIn } from "#runpod/readings.ts";
import { type Reader, unread } from "./reader.ts";

/** The hour that is not over, and three that are. */
const hoursAsked = 4;
const mostRecords = 100;
const mostCategories = 64;
const mostUsd = 100_000_000;
const category = /^[a-z][A-Za-z]{0,40}Amount$/;

/** What was billed in the last whole hours, by category; in this one, where no other is told of. */
export async function readBilling(
  reader: Reader,
  nowMs: number,
  signal: AbortSignal,
): Promise<Part<Billing>> {
  const query = { lastN: String(hoursAsked), bucketSize: "hour" };
  const read = await reader.get("/billing", "billing:read", signal, query);
  if (read.kind === "unread") return read;
  const { records } = read.value;
  if (!Array.isArray(records)) return unread("the answer has no list");
  if (records.length > mostRecords) return unread(`the answer has ${records.length} records`);
  const hours = records.filter((record) => isJson(record) && isHour(record)) as readonly Json[];
  if (hours.length < records.length) return unread("the answer has records of no known time");
  const over = hours.filter((record) => endOf(record) <= nowMs);
  const used = over.length > 0 ? over : hours;
  // What is not listed was not billed; but where nothing is listed at all, nothing is known of it.
  if (used.length === 0) return unread("the answer has no records");
  return { kind: "read", value: { hours: used.length, isSoFar: over.length === 0, ...sums(used) } };
}

function sums(records: readonly Json[]): Pick<Billing, "usd" | "unusable"> {
  const names = new Set(records.flatMap((record) => Object.keys(record)));
  names.delete("totalAmount");
  const known = [...names].filter((name) => category.test(name)).slice(0, mostCategories);
  const found = known.map((name) => {
    const amounts = records.map((record) => numberIn(record[name], 0, mostUsd));
    const sum = amounts.reduce<number>((left, each) => left + (each ?? NaN), 0);
    return [name, sum] as const;
  });
  return {
    usd: Object.fromEntries(found.filter(([, sum]) => !Number.isNaN(sum))),
    unusable: found.flatMap(([name, sum]) => (Number.isNaN(sum) ? [name] : [])),
  };
}

function isHour(record: Json): boolean {
  const { startTime } = record;
  const startMs = typeof startTime === "string" ? Date.parse(startTime) : NaN;
  return endOf(record) - startMs === hourMs;
}

function endOf({ endTime }: Json): number {
  return typeof endTime === "string" ? Date.parse(endTime) : NaN;
}
