import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CronRule, cronMoments } from "#calendar/cron.ts";
import { dayAt, periodAt } from "#calendar/periods.ts";

const hourMs = 3_600_000;
const zones = fc.constantFrom(
  "UTC",
  "Europe/Berlin",
  "Africa/Cairo",
  "Asia/Beirut",
  "America/Santiago",
  "America/Havana",
  "America/St_Johns",
  "Australia/Lord_Howe",
  "Pacific/Apia",
  "Pacific/Chatham",
  "Asia/Kathmandu",
  "Africa/Casablanca",
);
/** From 2005 on: clocks have been set in all ways since. */
const moments = fc.integer({
  min: Date.parse("2005-01-01T00:00:00Z"),
  max: Date.parse("2040-01-01T00:00:00Z"),
});
const pers = fc.constantFrom("day", "week", "month");
const crons = fc
  .tuple(
    fc.constantFrom("0", "30", "59", "*/20"),
    fc.constantFrom("0", "1", "2", "3", "19", "23", "*", "*/6"),
    fc.constantFrom("*", "1", "29", "31"),
    fc.constantFrom("*", "1-5", "0", "6"),
  )
  .map(([minute, hour, day, weekday]) => `${minute} ${hour} ${day} * ${weekday}`);

describe("the calendar", () => {
  it("holds every moment in one period, which the next one follows at once", () => {
    fc.assert(
      fc.property(moments, pers, zones, (atMs, per, zone) => {
        const { fromMs, toMs } = periodAt(atMs, per, zone);

        expect(fromMs <= atMs && atMs < toMs).toBe(true);
        expect(periodAt(fromMs, per, zone)).toEqual({ fromMs, toMs });
        expect(periodAt(toMs - 1, per, zone)).toEqual({ fromMs, toMs });
        expect(periodAt(toMs, per, zone).fromMs).toBe(toMs);
        expect(periodAt(fromMs - 1, per, zone).toMs).toBe(fromMs);
      }),
    );
  });

  it("has a schedule's moments in one order, whenever it is asked", () => {
    fc.assert(
      fc.property(moments, crons, zones, (atMs, cron, zone) => {
        const asked = (ms: number) => cronMoments({ cron, except: [] }, zone, ms);
        const { lastMs, nextMs } = asked(atMs);

        const before = lastMs ?? -Infinity;
        const after = nextMs ?? Infinity;
        expect(before <= atMs && atMs < after).toBe(true);
        if (lastMs === undefined || nextMs === undefined) return;
        expect(asked(lastMs - 1).nextMs).toBe(lastMs);
        expect(asked(lastMs).nextMs).toBe(nextMs);
        expect(asked(nextMs - 1).nextMs).toBe(nextMs);
        expect(asked(nextMs).lastMs).toBe(nextMs);
      }),
    );
  });

  it("has a daily time once on each day, whatever the clocks do", () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }));
    fc.assert(
      fc.property(moments, times, zones, (atMs, [minute, hour], zone) => {
        const found = following({ cron: `${minute} ${hour} * * *`, except: [] }, zone, atMs, 5);

        expect(new Set(found.map((ms) => dayAt(ms, zone))).size).toBe(5);
        // A day has 23 to 25 hours; where one was left out, 48.
        const gaps = found.slice(1).map((ms, n) => (ms - (found[n] ?? 0)) / hourMs);
        expect(Math.min(...gaps)).toBeGreaterThan(22);
      }),
    );
  });

  it("passes over the days that are excepted, and over no other", () => {
    fc.assert(
      fc.property(moments, crons, zones, fc.nat({ max: 3 }), (atMs, cron, zone, more) => {
        const found = following({ cron, except: [] }, zone, atMs, 30);
        const except = [...new Set(found.map((ms) => dayAt(ms, zone)))].slice(0, more);

        const next = following({ cron, except }, zone, atMs, 1);

        const left = found.filter((ms) => !except.includes(dayAt(ms, zone)));
        // Thirty moments may all be on those days.
        expect(left.length === 0 || next[0] === left[0]).toBe(true);
      }),
    );
  });
});

function following(rule: CronRule, zone: string, atMs: number, most: number): readonly number[] {
  const found: number[] = [];
  for (let fromMs = atMs; found.length < most;) {
    const { nextMs } = cronMoments(rule, zone, fromMs);
    if (nextMs === undefined) break;
    found.push(nextMs);
    fromMs = nextMs;
  }
  return found;
}
