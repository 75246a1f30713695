import { describe, expect, it } from "vitest";
import { hoursIn, whatRemains } from "#operations/parse-hours.ts";

describe("HOURS", () => {
  it.each([
    ["2", 7_200_000],
    ["0.5", 1_800_000],
    [".25", 900_000],
    ["0.017", 61_200],
    ["8760", 31_536_000_000],
    ["0002.50", 9_000_000],
  ])("%s", (text, ms) => {
    expect(hoursIn(text)).toBe(ms);
  });

  it.each([
    ["zero", "0"],
    ["zero in full", "0.000"],
    ["negative", "-1"],
    ["not a number", "NaN"],
    ["without an end", "Infinity"],
    ["without an end, backwards", "-Infinity"],
    ["more than a year", "8760.01"],
    ["absurd", "9".repeat(400)],
    ["less than a minute", "0.016"],
    ["two points", "1.2.3"],
    ["half an exponent", "1e"],
    ["an exponent", "1e3"],
    ["hexadecimal", "0x10"],
    ["empty", ""],
    ["a space", " "],
    ["a space before", " 2"],
    ["a line end after", "2\n"],
    ["a unit", "2h"],
    ["a comma", "1,5"],
    ["a plus", "+2"],
    ["a point alone", "."],
    ["a point at the end", "2."],
    ["digits of another script", "\u0662"],
    ["an option", "--all"],
  ])("refuses what is %s", (_sentence, text) => {
    expect(() => hoursIn(text)).toThrow(/^HOURS must be a number such as 2 or 0\.5, from 0\.017/);
  });

  it("shows what it refuses, and nothing that moves a terminal", () => {
    expect(() => hoursIn("\u001b[2J")).toThrow('(got "[2J").');
  });
});

describe("what remains is told in whole minutes and never as more than it is:", () => {
  it.each([
    ["an hour and a half", 5_400_000, { ms: 5_400_000, hours: "1.5" }],
    ["a moment less", 5_399_999, { ms: 5_340_000, hours: "1.4833" }],
    ["less than a minute", 59_999, undefined],
    ["nothing", 0, undefined],
    ["unknown", NaN, undefined],
  ])("%s", (_sentence, ms, told) => {
    expect(whatRemains(ms)).toEqual(told);
  });
});
