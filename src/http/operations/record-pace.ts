import { minuteMs } from "#guard/model/time.ts";

/** Of what may come each second, once a minute is enough for the history: tells whether it is time. */
export function createRecordPace(): (what: string, nowMs: number) => boolean {
  const lastMs = new Map<string, number>();
  return (what, nowMs) => {
    for (const [each, atMs] of lastMs) {
      if (Math.abs(nowMs - atMs) >= minuteMs) lastMs.delete(each);
    }
    if (lastMs.has(what)) return false;
    lastMs.set(what, nowMs);
    return true;
  };
}
