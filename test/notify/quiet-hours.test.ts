import { describe, expect, it } from "vitest";
import { isQuiet } from "#notify/quiet-hours.ts";

const night = { fromMinute: 23 * 60, toMinute: 7 * 60 };
const siesta = { fromMinute: 13 * 60, toMinute: 15 * 60 };

function utc(hour: number, minute = 0, day = 26): number {
  return Date.UTC(2026, 10, day, hour, minute);
}

describe("quiet hours", () => {
  it.each([
    ["begin at their first minute", night, utc(23, 0), true],
    ["have not begun a minute before", night, utc(22, 59), false],
    ["go on over midnight", night, utc(0, 0), true],
    ["last until the minute before their end", night, utc(6, 59), true],
    ["are over at their end", night, utc(7, 0), false],
    ["may lie within a day", siesta, utc(14, 30), true],
    ["that lie within a day are over after it", siesta, utc(15, 0), false],
    ["that end when they begin are none", { fromMinute: 60, toMinute: 60 }, utc(1, 0), false],
  ])("%s", (_sentence, quiet, atMs, expected) => {
    expect(isQuiet({ ...quiet, timeZone: "UTC" }, atMs)).toBe(expected);
  });

  it.each([
    ["Tokyo, nine hours ahead", "Asia/Tokyo", utc(14, 0), true],
    ["Tokyo in the morning", "Asia/Tokyo", utc(22, 0), false],
    ["New York, five behind", "America/New_York", utc(4, 0), true],
    ["Kathmandu, at a quarter", "Asia/Kathmandu", utc(17, 15), true],
    ["Kathmandu, a minute before", "Asia/Kathmandu", utc(17, 14), false],
  ])("go by the time zone: %s", (_sentence, timeZone, atMs, expected) => {
    expect(isQuiet({ ...night, timeZone }, atMs)).toBe(expected);
  });

  it.each([
    // Clocks go from 02:00 to 03:00 on March 29, and back from 03:00 to 02:00 on October 25.
    ["before the change in spring", Date.UTC(2026, 2, 29, 0, 59), true],
    ["after the hour that is left out", Date.UTC(2026, 2, 29, 1, 0), false],
    ["the first 02:30 in autumn", Date.UTC(2026, 9, 25, 0, 30), true],
    ["the second 02:30 in autumn", Date.UTC(2026, 9, 25, 1, 30), true],
    ["03:00 in autumn", Date.UTC(2026, 9, 25, 2, 0), false],
  ])("follow the clock on the wall when it changes: %s", (_sentence, atMs, expected) => {
    const quiet = { fromMinute: 60, toMinute: 180, timeZone: "Europe/Berlin" };

    expect(isQuiet(quiet, atMs)).toBe(expected);
  });

  it.each([
    ["there are none", undefined, utc(0)],
    ["nobody knows the time zone", { ...night, timeZone: "Mars/Olympus" }, utc(0)],
    ["the time is none", { ...night, timeZone: "UTC" }, Number.NaN],
  ])("hold nothing back where %s", (_sentence, quiet, atMs) => {
    expect(isQuiet(quiet, atMs)).toBe(false);
  });
});
