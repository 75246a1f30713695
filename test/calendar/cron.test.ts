import { describe, expect, it } from "vitest";
import { cronMoments, whyNoCron } from "#calendar/cron.ts";

const at = (text: string): number => Date.parse(text);
const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString().replace(":00.000Z", "Z");

function moments(cron: string, zone: string, now: string, except: readonly string[] = []) {
  const { lastMs, nextMs } = cronMoments({ cron, except }, zone, at(now));
  return [iso(lastMs), iso(nextMs)];
}

describe("the last and the next moment of a schedule", () => {
  const evening = "0 19 * * 1-5";

  it.each([
    [
      "between two",
      evening,
      "UTC",
      "2026-11-27T12:00:00Z",
      "2026-11-26T19:00Z",
      "2026-11-27T19:00Z",
    ],
    [
      "a second before",
      evening,
      "UTC",
      "2026-11-27T18:59:59.999Z",
      "2026-11-26T19:00Z",
      "2026-11-27T19:00Z",
    ],
    [
      "at the moment",
      evening,
      "UTC",
      "2026-11-27T19:00:00Z",
      "2026-11-27T19:00Z",
      "2026-11-30T19:00Z",
    ],
    [
      "a moment after",
      evening,
      "UTC",
      "2026-11-27T19:00:00.001Z",
      "2026-11-27T19:00Z",
      "2026-11-30T19:00Z",
    ],
    [
      "by the clock of a zone",
      evening,
      "Europe/Berlin",
      "2026-11-27T12:00:00Z",
      "2026-11-26T18:00Z",
      "2026-11-27T18:00Z",
    ],
    [
      "none within a week before",
      "0 19 1 * *",
      "UTC",
      "2026-11-27T12:00:00Z",
      undefined,
      "2026-12-01T19:00Z",
    ],
    [
      "a time that is left out comes after the gap",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-03-28T12:00:00Z",
      "2026-03-28T01:30Z",
      "2026-03-29T01:00Z",
    ],
    [
      "and does not come again",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-03-29T01:00:00Z",
      "2026-03-29T01:00Z",
      "2026-03-30T00:30Z",
    ],
    [
      "a time that comes twice is meant once",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-25T00:30:00Z",
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ],
    [
      "and not in its second hour",
      "30 2 * * *",
      "Europe/Berlin",
      "2026-10-25T01:30:00Z",
      "2026-10-25T00:30Z",
      "2026-10-26T01:30Z",
    ],
    [
      "midnight that Cairo leaves out",
      "0 0 * * *",
      "Africa/Cairo",
      "2026-04-23T12:00:00Z",
      "2026-04-22T22:00Z",
      "2026-04-23T22:00Z",
    ],
    [
      "midnight that Beirut leaves out",
      "0 0 * * *",
      "Asia/Beirut",
      "2026-03-28T12:00:00Z",
      "2026-03-27T22:00Z",
      "2026-03-28T22:00Z",
    ],
    [
      "midnight that Santiago leaves out",
      "0 0 * * *",
      "America/Santiago",
      "2026-09-05T12:00:00Z",
      "2026-09-05T04:00Z",
      "2026-09-06T04:00Z",
    ],
    [
      "half past eleven, which Cairo has twice",
      "30 23 * * *",
      "Africa/Cairo",
      "2026-10-29T20:30:00Z",
      "2026-10-29T20:30Z",
      "2026-10-30T21:30Z",
    ],
    [
      "midnight, which Havana has twice",
      "0 0 * * *",
      "America/Havana",
      "2026-11-01T04:00:00Z",
      "2026-11-01T04:00Z",
      "2026-11-02T05:00Z",
    ],
    [
      "a day that comes no more",
      "0 19 30 2 *",
      "UTC",
      "2026-11-27T12:00:00Z",
      undefined,
      undefined,
    ],
  ] as const)("%s", (_what, cron, zone, now, last, next) => {
    expect(moments(cron, zone, now)).toEqual([last, next]);
  });

  it.each([
    [
      "the next one is excepted",
      "2026-11-27T12:00:00Z",
      ["2026-11-27"],
      "2026-11-26T19:00Z",
      "2026-11-30T19:00Z",
    ],
    [
      "the last one was",
      "2026-11-27T12:00:00Z",
      ["2026-11-26"],
      "2026-11-25T19:00Z",
      "2026-11-27T19:00Z",
    ],
    [
      "several on end",
      "2026-11-27T12:00:00Z",
      ["2026-11-27", "2026-11-30", "2026-12-01"],
      "2026-11-26T19:00Z",
      "2026-12-02T19:00Z",
    ],
    [
      "a week of them",
      "2026-11-27T12:00:00Z",
      ["2026-11-20", "2026-11-23", "2026-11-24", "2026-11-25", "2026-11-26"],
      undefined,
      "2026-11-27T19:00Z",
    ],
    [
      "a day on which it does not come",
      "2026-11-27T12:00:00Z",
      ["2026-11-28"],
      "2026-11-26T19:00Z",
      "2026-11-27T19:00Z",
    ],
  ] as const)("except: %s", (_what, now, except, last, next) => {
    expect(moments(evening, "UTC", now, except)).toEqual([last, next]);
  });

  it("excepts days of the schedule's zone", () => {
    // It is the 25th in Tokyo by then.
    expect(moments("0 1 * * *", "Asia/Tokyo", "2026-12-24T12:00:00Z", ["2026-12-25"])).toEqual([
      "2026-12-23T16:00Z",
      "2026-12-25T16:00Z",
    ]);
  });

  it("passes over a whole day of moments at once", () => {
    expect(moments("* * * * *", "UTC", "2026-11-27T12:00:30Z", ["2026-11-27"])).toEqual([
      "2026-11-26T23:59Z",
      "2026-11-28T00:00Z",
    ]);
  });
});

describe("whether words are a cron line", () => {
  it.each([
    ["0 19 * * 1-5", undefined],
    [" 0 19 * * MON-FRI ", undefined],
    ["*/15 8-18 1,15 JAN *", undefined],
    ["@daily", undefined],
    ["", "is no cron line: that has five parts"],
    ["19:00", "is no cron line: that has five parts"],
    ["0 0 19 * * 1-5", "is no cron line: that has five parts"],
    ["@evening", "is no cron line: "],
    ["0 25 * * *", "is no cron line: Invalid value for hour: 25"],
    ["0 19 30 2 *", "names a day that never comes"],
    ["2026-12-24T19:00:00", "is no cron line: that has five parts"],
  ])("%j", (words, fault) => {
    const found = whyNoCron(words);

    expect(fault === undefined ? found : found?.startsWith(fault)).toBe(
      fault === undefined ? undefined : true,
    );
  });
});
