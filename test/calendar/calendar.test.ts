import { expect, it } from "vitest";
import { type CalendarRules, momentsAt } from "#calendar/calendar.ts";
import { calendarOf } from "#calendar/calendar-of.ts";

const nowMs = Date.parse("2026-11-27T12:00:00Z");

it("tells the periods of budgets and the moments of schedules, each in its zone", () => {
  const { moments, faults } = momentsAt(
    {
      budgets: [{ name: "daily", per: "day", timeZone: "Europe/Berlin" }],
      schedules: [
        { name: "evening", cron: "0 19 * * 1-5", timeZone: "UTC", except: ["2026-11-27"] },
      ],
    },
    nowMs,
  );

  expect(faults).toEqual([]);
  expect(moments).toEqual({
    atMs: nowMs,
    periods: {
      daily: {
        fromMs: Date.parse("2026-11-26T23:00:00Z"),
        toMs: Date.parse("2026-11-27T23:00:00Z"),
      },
    },
    schedules: {
      evening: {
        lastMs: Date.parse("2026-11-26T19:00:00Z"),
        nextMs: Date.parse("2026-11-30T19:00:00Z"),
        rule: "0 19 * * 1-5 UTC 2026-11-27",
      },
    },
  });
});

it("goes by this machine's zone where none is named", () => {
  const budget = { name: "daily", per: "day" } as const;
  const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

  const { moments } = momentsAt({ budgets: [budget], schedules: [] }, nowMs);

  const named = momentsAt({ budgets: [{ ...budget, timeZone: zone }], schedules: [] }, nowMs);
  expect(moments).toEqual(named.moments);
});

it("tells of the others what it cannot tell of one, and why", () => {
  const { moments, faults } = momentsAt(
    {
      budgets: [
        { name: "there", per: "day", timeZone: "Mars/Olympus" },
        { name: "here", per: "day", timeZone: "UTC" },
      ],
      schedules: [
        { name: "odd", cron: "0 99 * * *", timeZone: "UTC", except: [] },
        { name: "__proto__", cron: "0 19 * * *", timeZone: "UTC", except: [] },
      ],
    },
    nowMs,
  );

  expect(Object.keys(moments.periods)).toEqual(["here"]);
  expect(Object.keys(moments.schedules)).toEqual(["__proto__"]);
  expect(faults).toEqual([
    expect.stringMatching(/^budget there: .*Mars\/Olympus/i),
    expect.stringMatching(/^schedule odd: .*99/),
  ]);
});

it("is asked for what is wanted at that moment, and for nothing where nothing needs it", async () => {
  let rules: CalendarRules = { budgets: [], schedules: [] };
  const calendar = calendarOf(() => rules);
  const before = await calendar.momentsAt(nowMs);
  rules = { budgets: [{ name: "daily", per: "day", timeZone: "UTC" }], schedules: [] };

  const after = await calendar.momentsAt(nowMs);

  expect(before).toEqual({ moments: { atMs: nowMs, periods: {}, schedules: {} }, faults: [] });
  expect(Object.keys(after.moments.periods)).toEqual(["daily"]);
});
