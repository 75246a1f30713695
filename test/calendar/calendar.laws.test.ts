import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cronMoments } from "#calendar/cron.ts";
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
        const { lastMs, nextMs } = cronMoments({ cron, except: [] }, zone, atMs);

        if (lastMs !== undefined) {
          expect(lastMs <= atMs).toBe(true);
          expect(cronMoments({ cron, except: [] }, zone, lastMs - 1).nextMs).toBe(lastMs);
          expect(cronMoments({ cron, except: [] }, zone, lastMs).nextMs).toBe(nextMs);
        }
        if (nextMs === undefined) return;
        expect(nextMs > atMs).toBe(true);
        const then = cronMoments({ cron, except: [] }, zone, nextMs);
        expect(then.lastMs).toBe(nextMs);
        expect(cronMoments({ cron, except: [] }, zone, nextMs - 1).nextMs).toBe(nextMs);
      }),
    );
  });

  it("has a daily time once on each day, whatever the clocks do", () => {
    const times = fc.tuple(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }));
    fc.assert(
      fc.property(moments, times, zones, (atMs, [minute, hour], zone) => {
        const rule = { cron: `${minute} ${hour} * * *`, except: [] };
        const days: string[] = [];
        let nextMs = cronMoments(rule, zone, atMs).nextMs;
        for (let n = 0; n < 5 && nextMs !== undefined; n += 1) {
          days.push(dayAt(nextMs, zone));
          const after = cronMoments(rule, zone, nextMs).nextMs;
          // A day has 23 to 25 hours; where one was left out, 48.
          if (after !== undefined) expect((after - nextMs) / hourMs).toBeGreaterThan(22);
          nextMs = after;
        }
        expect(new Set(days).size).toBe(days.length);
      }),
    );
  });

  it("passes over the days that are excepted, and over no other", () => {
    fc.assert(
      fc.property(moments, crons, zones, fc.nat({ max: 3 }), (atMs, cron, zone, more) => {
        const all = { cron, except: [] };
        const found: number[] = [];
        for (let next = cronMoments(all, zone, atMs).nextMs; next !== undefined;) {
          found.push(next);
          if (found.length > 30) break;
          next = cronMoments(all, zone, next).nextMs;
        }
        const except = [...new Set(found.map((ms) => dayAt(ms, zone)))].slice(0, more);

        const { nextMs } = cronMoments({ cron, except }, zone, atMs);

        const first = found.find((ms) => !except.includes(dayAt(ms, zone)));
        if (first !== undefined) expect(nextMs).toBe(first);
      }),
    );
  });
});
