import { describe, expect, it } from "vitest";
import { dayAfter, dayAt, periodAt, startOfDay } from "#calendar/periods.ts";

const at = (text: string): number => Date.parse(text);
const iso = (ms: number): string => new Date(ms).toISOString().replace(":00.000Z", "Z");

describe("where a period of the calendar begins and ends", () => {
  it.each([
    ["a day", "day", "UTC", "2026-11-27T13:00:00Z", "2026-11-27T00:00Z", "2026-11-28T00:00Z"],
    [
      "its first moment",
      "day",
      "UTC",
      "2026-11-27T00:00:00Z",
      "2026-11-27T00:00Z",
      "2026-11-28T00:00Z",
    ],
    [
      "a week from Monday on",
      "week",
      "UTC",
      "2026-11-27T13:00:00Z",
      "2026-11-23T00:00Z",
      "2026-11-30T00:00Z",
    ],
    [
      "a week, on its Monday",
      "week",
      "UTC",
      "2026-11-23T00:00:00Z",
      "2026-11-23T00:00Z",
      "2026-11-30T00:00Z",
    ],
    [
      "a week, on its Sunday",
      "week",
      "UTC",
      "2026-11-29T23:59:59Z",
      "2026-11-23T00:00Z",
      "2026-11-30T00:00Z",
    ],
    ["a month", "month", "UTC", "2026-11-27T13:00:00Z", "2026-11-01T00:00Z", "2026-12-01T00:00Z"],
    [
      "a month of 28 days",
      "month",
      "UTC",
      "2026-02-28T23:59:59Z",
      "2026-02-01T00:00Z",
      "2026-03-01T00:00Z",
    ],
    [
      "a month over New Year",
      "month",
      "UTC",
      "2026-12-31T23:59:59Z",
      "2026-12-01T00:00Z",
      "2027-01-01T00:00Z",
    ],
    [
      "a day elsewhere",
      "day",
      "America/Los_Angeles",
      "2026-11-27T07:00:00Z",
      "2026-11-26T08:00Z",
      "2026-11-27T08:00Z",
    ],
    [
      "a day of 23 hours",
      "day",
      "Europe/Berlin",
      "2026-03-29T12:00:00Z",
      "2026-03-28T23:00Z",
      "2026-03-29T22:00Z",
    ],
    [
      "a day of 25 hours",
      "day",
      "Europe/Berlin",
      "2026-10-25T12:00:00Z",
      "2026-10-24T22:00Z",
      "2026-10-25T23:00Z",
    ],
    [
      "a week with one of them",
      "week",
      "Europe/Berlin",
      "2026-10-25T12:00:00Z",
      "2026-10-18T22:00Z",
      "2026-10-25T23:00Z",
    ],
    [
      "a month with one of them",
      "month",
      "Europe/Berlin",
      "2026-10-01T00:00:00Z",
      "2026-09-30T22:00Z",
      "2026-10-31T23:00Z",
    ],
    [
      "no midnight in Cairo",
      "day",
      "Africa/Cairo",
      "2026-04-24T12:00:00Z",
      "2026-04-23T22:00Z",
      "2026-04-24T21:00Z",
    ],
    [
      "the day before it",
      "day",
      "Africa/Cairo",
      "2026-04-23T21:59:59Z",
      "2026-04-22T22:00Z",
      "2026-04-23T22:00Z",
    ],
    [
      "no midnight in Beirut",
      "day",
      "Asia/Beirut",
      "2026-03-29T12:00:00Z",
      "2026-03-28T22:00Z",
      "2026-03-29T21:00Z",
    ],
    [
      "no midnight in Santiago",
      "day",
      "America/Santiago",
      "2026-09-06T12:00:00Z",
      "2026-09-06T04:00Z",
      "2026-09-07T03:00Z",
    ],
    [
      "the last hour twice, in Cairo",
      "day",
      "Africa/Cairo",
      "2026-10-29T21:30:00Z",
      "2026-10-28T21:00Z",
      "2026-10-29T22:00Z",
    ],
    [
      "midnight twice, in Havana",
      "day",
      "America/Havana",
      "2026-11-01T05:30:00Z",
      "2026-11-01T04:00Z",
      "2026-11-02T05:00Z",
    ],
    [
      "set back from the new day into the old",
      "day",
      "America/St_Johns",
      "2010-11-07T03:00:00Z",
      "2010-11-07T02:30Z",
      "2010-11-08T03:30Z",
    ],
    [
      "a day that was left out",
      "day",
      "Pacific/Apia",
      "2011-12-30T09:59:59Z",
      "2011-12-29T10:00Z",
      "2011-12-30T10:00Z",
    ],
    [
      "the day after it",
      "day",
      "Pacific/Apia",
      "2011-12-30T10:00:00Z",
      "2011-12-30T10:00Z",
      "2011-12-31T10:00Z",
    ],
  ] as const)("%s", (_what, per, zone, now, from, to) => {
    const period = periodAt(at(now), per, zone);

    expect([iso(period.fromMs), iso(period.toMs)]).toEqual([from, to]);
  });

  it("is not known in a zone that is none", () => {
    expect(() => periodAt(0, "day", "Mars/Olympus")).toThrow(RangeError);
  });
});

it("tells which day it is, when it begins, and which is the next", () => {
  const day = dayAt(at("2026-12-31T23:30:00Z"), "Europe/Berlin");

  expect([day, dayAfter("2026-12-31"), iso(startOfDay(day, "Europe/Berlin"))]).toEqual([
    "2027-01-01",
    "2027-01-01",
    "2026-12-31T23:00Z",
  ]);
});
