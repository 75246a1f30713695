import { describe, expect, it } from "vitest";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { characters } from "#notify/words/fit.ts";
import type { Message } from "#notify/message.ts";
import { plainText } from "#notify/words/plain-text.ts";
import { sample } from "../services/service.ts";

function linesOf(overrides: Partial<Message>, most = 4_000): readonly string[] {
  return plainText(sample(overrides), { most, measure: characters }).split("\n");
}

describe("the numbers", () => {
  it.each<[string, Partial<Message>, string]>([
    [
      "money, burn and time",
      { balanceUsd: 9.19, burnPerHrUsd: 6.65, hoursLeft: 1.382 },
      "Balance $9.19 · burning $6.65/h · about 1 h 23 min left",
    ],
    [
      "days",
      { balanceUsd: 100, burnPerHrUsd: 1, hoursLeft: 100 },
      "Balance $100.00 · burning $1.00/h · about 4 days left",
    ],
    [
      "no burn, so no time",
      { balanceUsd: 9.19, burnPerHrUsd: 0, hoursLeft: undefined },
      "Balance $9.19 · burning $0.00/h",
    ],
    [
      "an unknown burn",
      { balanceUsd: 9.19, burnPerHrUsd: undefined, hoursLeft: undefined },
      "Balance $9.19 · burn unknown",
    ],
    [
      "an unknown balance",
      { balanceUsd: undefined, burnPerHrUsd: 2, hoursLeft: undefined },
      "Balance unknown · burning $2.00/h",
    ],
    [
      "old ones",
      { seenAtMs: sample().atMs - 125 * minuteMs, hoursLeft: undefined },
      "Last seen 2 h 5 min before: balance $9.19 · burning $6.65/h",
    ],
    [
      "a debt",
      { balanceUsd: -0.5, burnPerHrUsd: 2, hoursLeft: 0 },
      "Balance -$0.50 · burning $2.00/h · nothing left",
    ],
  ])("%s", (_sentence, overrides, expected) => {
    expect(linesOf(overrides)).toContain(expected);
  });

  it("are left out where nothing is known", () => {
    const none = { balanceUsd: undefined, burnPerHrUsd: undefined, hoursLeft: undefined };

    expect(linesOf({ ...none, pods: [], next: [], remedy: undefined })).toEqual([
      "Balance $9.19 is below $10.00",
    ]);
  });
});

describe("the pods", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, at) => ({ id: `p${at}`, name: `n${at}`, costPerHrUsd: 1 }));

  it.each([
    [10, 10, []],
    [11, 10, ["• and 1 more"]],
    [200, 10, ["• and 190 more"]],
  ])("of %i, %i are named", (count, named, more) => {
    const lines = linesOf({ pods: many(count) }).filter((line) => line.startsWith("•"));

    expect(lines).toHaveLength(named + more.length);
    expect(lines.slice(named)).toEqual(more);
  });

  it.each([
    ["a plain name", "eval-sweep", "• eval-sweep (p1) $1.00/h"],
    ["no name", "", "• p1 $1.00/h"],
    ["a name that could pass for words of ours", "all is well. ", '• "all is well. " (p1) $1.00/h'],
    ["a name with quotes", 'a" (p2) "b', `• "a' (p2) 'b" (p1) $1.00/h`],
    ["a name that calls", "@everyone", '• "@everyone" (p1) $1.00/h'],
  ])("%s", (_sentence, name, expected) => {
    expect(linesOf({ pods: [{ id: "p1", name, costPerHrUsd: 1 }] })).toContain(expected);
  });
});

describe("when", () => {
  const { atMs } = sample();

  it("it happened is said only of what comes late", () => {
    const late = linesOf({ sentAtMs: atMs + 2 * hourMs + 5 * minuteMs });

    expect(late).toContainEqual(
      expect.stringMatching(/^Happened at 2026-11-2\d \d\d:\d\d, 2 h 5 min ago$/),
    );
    expect(linesOf({ sentAtMs: atMs + 4 * minuteMs })).not.toContainEqual(
      expect.stringMatching(/^Happened/),
    );
  });

  it.each<[string, number | undefined, RegExp]>([
    ["soon", 15 * minuteMs, /^Next: stop it at \d\d:\d\d, in 15 min$/],
    ["tomorrow", 26 * hourMs, /^Next: stop it at \d{4}-\d\d-\d\d \d\d:\d\d, in 26 h 0 min$/],
    ["at once", 0, /^Next: stop it at \d\d:\d\d, now$/],
    ["at no certain time", undefined, /^Next: stop it$/],
  ])("the guard acts: %s", (_sentence, inMs, expected) => {
    const at = inMs === undefined ? undefined : atMs + inMs;

    const lines = linesOf({ sentAtMs: atMs, next: [{ what: "stop it", atMs: at }] });

    expect(lines).toContainEqual(expect.stringMatching(expected));
  });
});

describe("where there is little room", () => {
  const full = {
    text: "what happened ".repeat(100),
    pods: Array.from({ length: 10 }, (_, at) => ({ id: `p${at}`, name: "n", costPerHrUsd: 1 })),
    next: [{ what: "stop a" }, { what: "stop b" }, { what: "stop c" }],
  };

  it.each([1_024, 500, 300])("%i characters hold the numbers and what prevents it", (most) => {
    const lines = linesOf(full, most);

    expect(lines.join("\n").length).toBeLessThanOrEqual(most);
    expect(lines[0]).toMatch(/^what happened .*…$/);
    expect(lines).toContain("Balance $9.19 · burning $6.65/h · about 1 h 23 min left");
    expect(lines.at(-1)).toBe("To keep it: runpodboss touch e1");
  });

  it("a short text takes no room from the pods", () => {
    expect(linesOf({ ...full, text: "Short" }, 500)).toContain("• n (p9) $1.00/h");
  });
});

it("a message without a text is its title, as no service takes one without", () => {
  const nothing = { balanceUsd: undefined, burnPerHrUsd: undefined, pods: [], next: [] };

  expect(linesOf({ ...nothing, text: "", remedy: undefined })).toEqual([
    "Balance below warning ($10.00)",
  ]);
});
