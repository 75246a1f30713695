import { cleanName, printable } from "#control-characters.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { EventAnswer } from "#http/contract/history.ts";
import { isoOrNull } from "#report/iso.ts";

/** A record as it is answered, with what cannot be seen taken out of its words. */
export function eventAnswer(record: HistoryRecord): EventAnswer {
  const { id, atMs, type, reason, because, run } = record;
  return {
    id,
    at: isoOrNull(atMs) ?? epoch,
    type,
    reason: reason === null ? null : cleanName(reason),
    because: printable(because.slice(0, longestBecause)),
    pod_id: run?.podId ?? null,
    pod_name: run === undefined ? null : cleanName(run.podName),
    uptime_minutes: numberOrNull(run?.uptimeMs, minuteMs, 10),
    cost_usd: numberOrNull(run?.costUsd, 1, 10_000),
  };
}

/** As the history keeps them. */
const longestBecause = 4_000;

const epoch = new Date(0).toISOString();

/** Rounded as the history has it. */
function numberOrNull(value: number | undefined, unit: number, steps: number): number | null {
  const number = value === undefined ? NaN : Math.round((value / unit) * steps) / steps;
  return Number.isFinite(number) ? number : null;
}
