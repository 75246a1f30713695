import { describe, expect, it } from "vitest";
import { day } from "#page/chart/ranges.ts";
import { rowsOf } from "#page/chart/rows.ts";
import type { Point } from "#page/chart/points.ts";
import { moneyTicks, timeTicks } from "#page/chart/ticks.ts";
import { meetingWords, readingWords, summary, whenAt, whyNotAll } from "#page/chart/words.ts";
import { momentsIn } from "#page/words/moments.ts";
import { atMs } from "../samples.ts";

const atS = atMs / 1000;
const when = whenAt(momentsIn("UTC"), atMs);
const hour = (hours: number, usd: number | null): Point => [atS + hours * 3_600, usd];
const warning = { name: "warning", atS: atS + 3_600 * 3, usd: 10 };

describe("the curve in words", () => {
  it.each<[string, readonly Point[], string]>([
    [
      "a fall",
      [hour(-20, 61.2), hour(-1, 42.17)],
      "In the last 24 hours the balance went from $61.20 (Sun 06:00) to $42.17 (01:00).",
    ],
    [
      "a dip, a payment and a gap",
      [hour(-20, 30), hour(-10, 1.5), hour(-9, null), hour(-8, 31.5), hour(0, 20)],
      "In the last 24 hours the balance went from $30.00 (Sun 06:00) to $20.00 (02:00), at its lowest $1.50 (Sun 16:00). It rose by $30.00 at about Sun 18:00. In one gap nobody looked.",
    ],
    [
      "several payments and gaps",
      [hour(-9, 2), hour(-8, null), hour(-7, 12), hour(-6, null), hour(-5, 11), hour(-4, 31)],
      "In the last 24 hours the balance went from $2.00 (Sun 17:00) to $31.00 (Sun 22:00). It rose 2 times, last by $20.00 at about Sun 22:00. In 2 gaps nobody looked.",
    ],
    ["nothing", [], ""],
  ])("%s", (_sentence, points, expected) => {
    expect(summary(points, day, when)).toBe(expected);
  });

  it("says when the forecast meets what, and cuts a long name", () => {
    expect(meetingWords(warning, when)).toBe("warning at about 05:00");
    expect(meetingWords({ ...warning, name: "x".repeat(99) }, when)).toBe(
      `${"x".repeat(23)}… at about 05:00`,
    );
  });

  it("reads a point, and one that is to come as such", () => {
    expect(readingWords([atS, 42.17], false, when, [])).toBe("02:00: $42.17");
    expect(readingWords([warning.atS, 10], true, when, [warning])).toBe(
      "About 05:00, at the present burn: $10.00, meets warning",
    );
  });
});

describe("why there is no curve", () => {
  const now = { nowMs: atMs, when };

  it.each<[string, string | null, readonly Point[], RegExp]>([
    ["nothing was ever seen", null, [], /No balance is known yet/],
    [
      "nothing was seen in this time",
      "2026-01-01T00:00:00.000Z",
      [],
      /No balance of the last 24 hours is known: nobody looked, or every poll failed/,
    ],
    ["it begins in this time", "2026-03-09T01:00:00.000Z", [hour(0, 1)], /Nothing before 01:00/],
    ["all of it is there", "2026-01-01T00:00:00.000Z", [hour(0, 1)], /^$/],
  ])("is said: %s", (_sentence, since, points, expected) => {
    const why = whyNotAll({ since }, points, day, now);

    expect(why ?? "").toMatch(expected);
  });
});

describe("the curve as a table", () => {
  it("is the newest first, with what is to come above it", () => {
    const rows = rowsOf([hour(-3, 9), hour(-2, 2), hour(-1, 40), hour(0, 20)], [warning], when);

    expect(rows.map(({ when: at, usd, what }) => `${at} ${usd} ${what}`)).toEqual([
      "about 05:00 $10.00 forecast: meets warning",
      "02:00 $20.00 last seen",
      "01:00 $40.00 highest, rose by $38.00",
      "00:00 $2.00 lowest",
      "Sun 23:00 $9.00 ",
    ]);
  });

  it("is short, however long the curve", () => {
    const points = Array.from({ length: 800 }, (_, n) => hour(n - 800, 50 + (n % 40)));

    expect(rowsOf(points, [], when).length).toBeLessThan(24);
  });

  it("of nothing is empty", () => {
    expect(rowsOf([], [], when)).toEqual([]);
  });
});

describe("the words along the plot", () => {
  it.each<[number, readonly number[], readonly string[]]>([
    [20, [0, 20, 1_000], ["$0", "$20", "$1,000"]],
    [2_500, [0, 2_500, 10_000, 1_250_000], ["$0", "$2.5K", "$10K", "$1.25M"]],
    [0.5, [-0.5, 0.5], ["−$0.50", "$0.50"]],
    [0.001, [0.001], ["$0.0010"]],
  ])("have as many cents as steps of %d need", (step, usd, expected) => {
    expect(moneyTicks(usd, step)).toEqual(expected);
  });

  it("are the clock, and the date at midnight", () => {
    const ticks = timeTicks("UTC");

    expect(ticks([atS - 7_200, atS], 7_200)).toEqual(["9 Mar", "02:00"]);
    expect(ticks([atS], 86_400)).toEqual(["9 Mar"]);
  });
});
