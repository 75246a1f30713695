import { describe, expect, it } from "vitest";
import { sightOf } from "#guard/account/blind.ts";
import type { Blind, Look, Seen } from "#guard/model/account.ts";
import { spanWords } from "#guard/text.ts";
import { after, blind, noticesOf, pod, policy, policyWith, seen, wordsOf } from "../samples.ts";

const minute = 60_000;
const hour = 60 * minute;
const sight = seen({ atMs: 0, balanceUsd: 20, burnPerHrUsd: 6 });

describe("what is seen, for whoever listens outside", () => {
  const odd = { ...sight, unreadablePods: 1 };
  const partly = { ...sight, pods: "unknown" as const };

  it.each<[string, readonly Look[], object]>([
    ["all", [sight], { kind: "whole" }],
    ["no longer, for a moment", [sight, blind(minute)], { kind: "partial" }],
    [
      "not, for as long as counts as blind",
      [sight, blind(minute), blind(5 * minute)],
      { kind: "blind", because: "blind: no poll has worked for 5 min" },
    ],
    ["no pods, for a moment", [sight, { ...partly, atMs: minute }], { kind: "partial" }],
    [
      "no pods for as long",
      [partly, { ...partly, atMs: 5 * minute }],
      { kind: "blind", because: "blind: the pods have not been listed for 5 min" },
    ],
    [
      "no pods for as long, of which a poll that failed is the last part",
      [sight, { ...partly, atMs: minute }, blind(4 * minute), blind(5 * minute)],
      { kind: "blind", because: "blind: the pods have not been listed for 5 min" },
    ],
    [
      "no pods for as long, of which polls that failed are the first part",
      [sight, blind(minute), { ...partly, atMs: 5 * minute }],
      { kind: "blind", because: "blind: the pods have not been listed for 5 min" },
    ],
    [
      "all but a row, and then nothing for a moment",
      [odd, { ...odd, atMs: 5 * minute }, blind(6 * minute)],
      { kind: "partial" },
    ],
    ["all but a row that cannot be read", [odd, { ...odd, atMs: 9 * minute }], { kind: "whole" }],
    ["nothing yet", [], { kind: "partial" }],
    ["all again", [sight, blind(5 * minute), { ...sight, atMs: 6 * minute }], { kind: "whole" }],
  ])("%s", (_sentence, looks, expected) => {
    expect(sightOf(after(looks).state, looks.at(-1)?.atMs ?? 0, policy)).toEqual(expected);
  });
});

describe("losing sight of the account", () => {
  it("is an alarm after five minutes: what failed, how long, and what may be left", () => {
    const { state, events } = after([sight, blind(minute), blind(5 * minute)]);

    expect(wordsOf(events)).toEqual([
      "blind: no poll has worked for 5 min. RunPod cannot be reached (connection refused). Last known balance: $20.00, burning $6.00/h, so about $19.50 may be left",
    ]);
    expect(noticesOf(state.owed)).toEqual([
      expect.objectContaining({ event: "blind", name: "blind", balanceUsd: 20 }),
    ]);
  });

  it.each([
    ["a moment early", [blind(minute), blind(5 * minute - 1)], 0],
    ["on time", [blind(minute), blind(5 * minute)], 1],
    ["within the hour after it, no more", [blind(5 * minute), blind(64 * minute)], 1],
    ["again an hour later", [blind(5 * minute), blind(65 * minute)], 2],
    ["and again", [blind(5 * minute), blind(65 * minute), blind(125 * minute)], 3],
    ["a look in between starts anew", [blind(4 * minute), sight, blind(5 * minute)], 0],
  ])("%s", (_sentence, looks: readonly Look[], alarms) => {
    const all = [
      sight,
      ...looks.map((look, n) => (look === sight ? { ...sight, atMs: (n + 4) * minute } : look)),
    ];

    const said = all.flatMap((_, n) => wordsOf(after(all.slice(0, n + 1)).events));

    expect(said.filter((words) => words.startsWith("blind: "))).toHaveLength(alarms);
    // The newest says all that those before it said.
    const waiting = noticesOf(after(all).state.owed).filter(({ event }) => event === "blind");
    expect(waiting).toHaveLength(Math.min(1, alarms));
  });

  it("that nobody could be told of is over when polls work again: that is told instead", () => {
    const alarmed = after([sight, blind(minute), blind(6 * minute)]).state;

    const { state } = after([{ ...sight, atMs: 90 * minute }], policy, alarmed);

    expect(noticesOf(state.owed).map(({ event, because }) => [event, because])).toEqual([
      ["sighted", expect.stringMatching(/^polls work again after 1 h 30 min\. Balance/)],
    ]);
  });

  it("and its end that nobody could be told of gives way to the next one", () => {
    const over = after([sight, blind(minute), blind(6 * minute), { ...sight, atMs: 90 * minute }]);

    const { state } = after([blind(91 * minute), blind(96 * minute)], policy, over.state);

    expect(noticesOf(state.owed).map(({ event }) => event)).toEqual(["blind"]);
  });

  it("of the pods is over when RunPod lists them again, which is told, if it was told", () => {
    const half = (atMs: number) => seen({ atMs, pods: "unknown" });
    const soon = after([sight, half(minute), { ...sight, atMs: 2 * minute }]);
    const late = after([sight, half(minute), half(9 * minute), { ...sight, atMs: 20 * minute }]);

    expect(noticesOf(soon.state.owed)).toEqual([]);
    expect(noticesOf(late.state.owed).map(({ event, because }) => [event, because])).toEqual([
      ["sighted", "all pods are seen again after 20 min"],
    ]);
  });

  it("counts across a restart, and knows what was last seen", () => {
    const before = after([sight, blind(minute)]).state;
    const { lastSeen: _, ...saved } = before;

    const { state, events } = after([blind(10 * minute)], policy, saved);

    expect(wordsOf(events)[0]).toMatch(/no poll has worked for 10 min.*balance: \$20/);
    expect(noticesOf(state.owed)).toMatchObject([{ event: "blind", balanceUsd: 20 }]);
  });

  it("from the start counts from the first look, and says that the balance is unknown", () => {
    const { events } = after([blind(hour), blind(hour + 5 * minute)]);

    expect(wordsOf(events)[0]).toMatch(/for 5 min\..*\. The balance is unknown$/);
  });

  it.each([
    ["key-refused", "401", "RunPod refuses the API key (401). Set a new key"],
    ["unreachable", "timeout", "RunPod cannot be reached (timeout)"],
    ["server-error", "HTTP 500", "RunPod answers with an error (HTTP 500)"],
    ["bad-answer", "HTML", "RunPod's answer cannot be read (HTML)"],
  ] as const)("tells %s apart", (cause, because, words) => {
    const look = (atMs: number): Blind => ({ kind: "blind", atMs, cause, because });

    const { events } = after([look(0), look(5 * minute)]);

    expect(wordsOf(events)[0]).toContain(words);
  });

  it("is reckoned from when it was last seen", () => {
    const { events } = after([{ ...sight, atMs: 60 * minute }, blind(65 * minute)]);

    expect(wordsOf(events)[0]).toMatch(/for 5 min\..* about \$19\.50 may be left$/);
  });

  it.each([
    [
      "an unknown burn gives no estimate",
      { burnPerHrUsd: undefined },
      "balance: $20.00, burn unknown",
    ],
    ["nothing is estimated below zero", { burnPerHrUsd: 1_000 }, "so about $0.00 may be left"],
  ])("%s", (_sentence, overrides, words) => {
    const { events } = after([{ ...sight, ...overrides }, blind(5 * minute)]);

    expect(wordsOf(events)[0]).toContain(words);
  });

  it("is only logged where nobody can be told", () => {
    const { state, events } = after([sight, blind(5 * minute)], policyWith({ tells: false }));

    expect(wordsOf(events)).toHaveLength(1);
    expect(state.owed).toEqual([]);
  });
});

describe("sight that returns", () => {
  it("is said once, if its loss was", () => {
    const back = seen({ atMs: 8 * minute, balanceUsd: 19 });

    const { state, events } = after([{ ...sight, atMs: minute }, blind(6 * minute), back]);
    const again = after([{ ...back, atMs: 9 * minute }], policy, state);

    expect(wordsOf(events)).toEqual([
      "no longer blind: polls work again after 7 min. Balance $19.00",
    ]);
    expect(wordsOf(again.events)).toEqual([]);
  });

  it("is not said if its loss was not", () => {
    expect(wordsOf(after([sight, blind(minute), seen({ atMs: 2 * minute })]).events)).toEqual([]);
  });
});

describe("a balance without its pods", () => {
  const half = (atMs: number, podsBecause?: string) =>
    seen({ atMs, pods: "unknown", ...(podsBecause !== undefined && { podsBecause }) });

  it("is an alarm of its own after five minutes, hourly, and the balance goes on being guarded", () => {
    const first = after([
      sight,
      half(minute, "no field costPerHr"),
      half(5 * minute, "no field costPerHr"),
    ]);
    const soon = after([half(7 * minute)], policy, first.state);
    const low = after([{ ...half(8 * minute), balanceUsd: 9 }], policy, soon.state);
    const later = after([half(65 * minute)], policy, soon.state);

    expect(wordsOf(first.events)).toEqual([
      "blind: RunPod has not listed the pods for 5 min (no field costPerHr). Thresholds still work (balance $100.00), but no pod can be stopped",
    ]);
    expect(wordsOf(soon.events)).toEqual([]);
    expect(wordsOf(later.events)).toEqual([
      expect.stringMatching(/^blind: RunPod has not listed the pods for 1 h 5 min/),
    ]);
    expect(low.events).toContainEqual(
      expect.objectContaining({ kind: "trip", threshold: "warning" }),
    );
  });

  it("says that the answer had no list when nothing else is known", () => {
    const { events } = after([sight, half(minute), half(6 * minute)]);

    expect(wordsOf(events)[0]).toContain("its answer had no list");
  });

  it.each([
    ["after polls that failed", [sight, blind(minute), half(4 * minute), half(5 * minute)], 5],
    ["after one that failed for a moment", [sight, blind(4 * minute), half(6 * minute)], 6],
    ["at the first poll after a long time", [sight, half(9 * minute)], 9],
    ["from the first look, where they were never read", [half(0), half(5 * minute)], 5],
  ])("counts from when the pods were last read: %s", (_sentence, looks, minutes) => {
    expect(wordsOf(after(looks).events)).toEqual([
      expect.stringMatching(`^blind: RunPod has not listed the pods for ${minutes} min`),
    ]);
  });

  it("counts so across a restart, too", () => {
    const { lastSeen: _, ...saved } = after([sight, blind(minute)]).state;

    const { events } = after([half(5 * minute)], policy, saved);

    expect(wordsOf(events)).toEqual([
      expect.stringMatching(/^blind: RunPod has not listed the pods for 5 min/),
    ]);
  });

  it("never counts into the future, where the clock was set back", () => {
    const { state } = after([{ ...sight, atMs: hour }, half(minute)]);

    expect(state.podsBlind?.sinceMs).toBe(minute);
  });

  it("is over when the pods are seen again", () => {
    const { state } = after([sight, half(minute), seen({ atMs: 2 * minute }), half(3 * minute)]);

    expect(state.podsBlind?.sinceMs).toBe(2 * minute);
  });
});

describe("a list of pods of which not all can be read", () => {
  const at = (atMs: number, overrides: Partial<Seen>) => seen({ atMs, ...overrides });
  const told = (overrides: Partial<Seen>) =>
    wordsOf(after([sight, at(minute, overrides), at(5 * minute, overrides)]).events);

  it.each<[string, Partial<Seen>, string]>([
    ["a row without an id", { unreadablePods: 1 }, "1 row of the pods cannot be read"],
    ["all rows", { pods: [], unreadablePods: 3 }, "3 rows of the pods cannot be read"],
    ["a name", { pods: [pod({ name: "", rawName: undefined })] }, "p1 (its name is unknown)"],
    [
      "a lock",
      { pods: [pod({ isLocked: undefined })] },
      "trainer (p1, whether it is locked is unknown)",
    ],
    [
      "a volume",
      { pods: [pod({ hasNetworkVolume: undefined })] },
      "trainer (p1, whether it has a network volume is unknown)",
    ],
    ["a status", { pods: [pod({ status: "unknown" })] }, "trainer (p1, its status is unknown)"],
    [
      "a status that means nothing known",
      { pods: [pod({ status: "unknown", word: "STOPPING" })] },
      "trainer (p1, what its status STOPPING means is unknown)",
    ],
    [
      "several, of several pods",
      {
        pods: [pod({ isLocked: undefined }), pod({ id: "p2", isLocked: undefined })],
        unreadablePods: 1,
      },
      "1 row of the pods cannot be read; trainer (p1, whether it is locked is unknown), trainer (p2, whether it is locked is unknown)",
    ],
  ])("is told of after five minutes: %s", (_sentence, overrides, what) => {
    expect(told(overrides)).toEqual([
      `blind: not all of the pods has been seen for 5 min: ${what}. Thresholds still work (balance $100.00), but these pods cannot be stopped. Check RunPod's console`,
    ]);
  });

  it.each<[string, Partial<Seen>]>([
    ["all is known", {}],
    ["what has ended needs no end", { pods: [pod({ status: "stopped", isLocked: undefined })] }],
  ])("is not told of where %s", (_sentence, overrides) => {
    expect(told(overrides)).toEqual([]);
  });

  it("is told of hourly, and once when all are seen again", () => {
    const odd = { unreadablePods: 1 };
    const first = after([sight, at(minute, odd), at(5 * minute, odd)]);
    const soon = after([at(7 * minute, odd)], policy, first.state);
    const later = after([at(65 * minute, odd)], policy, soon.state);
    const over = after([at(67 * minute, {})], policy, later.state);
    const again = after([at(68 * minute, {})], policy, over.state);

    expect(wordsOf(soon.events)).toEqual([]);
    expect(wordsOf(later.events)).toEqual([expect.stringContaining("for 1 h 5 min")]);
    expect(wordsOf(over.events)).toEqual([
      "no longer blind: all pods are seen again after 1 h 7 min",
    ]);
    expect(wordsOf(again.events)).toEqual([]);
  });
});

it.each([
  [20_000, "20 s"],
  [60_000, "1 min"],
  [59 * minute, "59 min"],
  [135 * minute, "2 h 15 min"],
])("%d ms are %s", (ms, words) => {
  expect(spanWords(ms)).toBe(words);
});
