import { describe, expect, it } from "vitest";
import type { Budget } from "#guard/model/policy.ts";
import { at, book, type Lived, mootOf, owedBy, pod, saidOf, unlived, warnsOf } from "../samples.ts";
import { budget, budgeted, glance, lifted } from "./budget-samples.ts";

const old = pod({ id: "p1", name: "old", costPerHrUsd: 6 });
const young = pod({ id: "p2", name: "young", costPerHrUsd: 6 });

const stopping = (its: Partial<Budget> = {}) =>
  budgeted([budget({ action: "stop", limitUsd: 1, ...its })]);

type Pods = (minute: number) => readonly ReturnType<typeof pod>[];

/** Ten cents burn a minute: $1 is spent at minute 10. */
function through(
  policy: ReturnType<typeof stopping>,
  [first, last]: readonly [number, number],
  pods: Pods,
  before: Lived = unlived,
  read = book(),
): Lived {
  let now = before;
  for (let minute = first; minute <= last; minute += 1) {
    const look = { pods: pods(minute), balanceUsd: Math.round(1000 - minute) / 10 };
    now = glance(now, minute, policy, { look, book: read });
  }
  return now;
}

describe("a budget that stops", () => {
  it("warns what runs when it trips, and ends it warn_minutes later", () => {
    const lived = through(stopping(), [0, 30], () => [old]);

    expect(warnsOf(lived)).toEqual([[10, "budget"]]);
    expect(owedBy(lived)).toEqual([[25, "budget"]]);
    expect(lived.owed[0]?.[1]).toMatchObject({ reason: "budget_daily", action: "stop" });
    expect(saidOf(lived).find(([, words]) => words.includes("will be"))).toEqual([
      10,
      "budget: pod old (p1) will be stopped in 15 min: budget daily is used up ($1.00 of $1.00 today). To lift it: runpodboss unfreeze daily",
    ]);
  });

  it("leaves what starts later alone", () => {
    const lived = through(stopping(), [0, 40], (minute) => (minute < 12 ? [old] : [young]));

    expect(owedBy(lived)).toEqual([]);
  });

  it("and is frozen warns what starts later too, and ends it warn_minutes after", () => {
    const frozen = stopping({ freezes: true });

    const lived = through(frozen, [0, 40], (minute) => (minute < 12 ? [old] : [young]));

    expect(warnsOf(lived)).toEqual([
      [10, "budget"],
      [12, "budget"],
    ]);
    expect(owedBy(lived)).toEqual([[27, "budget"]]);
  });

  it("never touches what is protected", () => {
    const kept = { ...stopping(), protect: ["old"] };

    const lived = through(kept, [0, 40], () => [old]);

    expect([warnsOf(lived), owedBy(lived)]).toEqual([[], []]);
  });

  it.each<[string, (before: Lived) => Lived]>([
    [
      "a person lifts it",
      (before) => through(stopping(), [26, 26], () => [old], before, lifted("daily", 25)),
    ],
    [
      "the config allows more",
      (before) => through(stopping({ limitUsd: 50 }), [26, 26], () => [old], before),
    ],
  ])("takes back the end that it owes where %s", (_sentence, then) => {
    const lived = then(through(stopping(), [0, 25], () => [old]));

    expect(lived.state.owed.filter(({ kind }) => kind === "end-run")).toEqual([]);
    expect(mootOf(lived)).toContainEqual([
      26,
      "the budget no longer asks for it: a new period, a person or the config has lifted it",
    ]);
    expect(lived.state.runs["p1"]?.warnedAtMs).toEqual({});
  });

  it("takes back the end that it owes in the next period", () => {
    const late = through(stopping(), [1415, 1438], () => [old]);
    const ending = through(stopping(), [1439, 1439], () => [old], late);
    expect(owedBy(ending)).toEqual([]);

    const next = through(stopping(), [1440, 1442], () => [old], ending);

    expect(owedBy(next)).toEqual([]);
    expect(next.state.runs["p1"]?.warnedAtMs).toEqual({});
  });

  it("tells of what starts while it is frozen and stops nothing", () => {
    const telling = stopping({ action: "notify", freezes: true });

    const lived = through(telling, [0, 20], (minute) => (minute < 12 ? [old] : [old, young]));

    expect(owedBy(lived)).toEqual([]);
    expect(saidOf(lived).filter(([minute]) => minute > 10)).toEqual([
      [
        12,
        "budget: pod young (p2): budget daily is used up ($1.20 of $1.00 today), burning $6.00/h. To stop it: runpodboss stop p2",
      ],
    ]);
  });

  it("tells each budget's pods in words of their own", () => {
    const two = budgeted([
      budget({ name: "a", action: "stop", limitUsd: 1, pods: ["old"] }),
      budget({ name: "b", action: "stop", limitUsd: 1, pods: ["young"] }),
    ]);

    const lived = through(two, [0, 11], () => [old, young]);

    const warned = saidOf(lived).flatMap(([, words]) => /budget [ab] is used up/.exec(words) ?? []);
    expect(warned).toEqual(["budget a is used up", "budget b is used up"]);
  });

  describe("and holds a pod that another holds too", () => {
    const two = budgeted([
      budget({ name: "a", action: "stop", limitUsd: 1 }),
      budget({ name: "b", action: "stop", limitUsd: 1 }),
    ]);
    const warnings = (lived: Lived) =>
      saidOf(lived).flatMap(([minute, words]) => {
        const named = /will be stopped in 15 min: budget (\w) is used up/.exec(words)?.[1];
        return named === undefined ? [] : [[minute, named]];
      });

    it.each([
      ["after the warning that names the other", 18],
      ["once the other's end is owed", 26],
    ])("is announced by its own name where the other is lifted %s", (_sentence, minute) => {
      const held = through(two, [0, minute - 1], () => [old]);

      const lived = through(two, [minute, 60], () => [old], held, lifted("a", minute));

      expect(warnings(lived)).toEqual([
        [10, "a"],
        [minute, "b"],
      ]);
      expect(lived.owed.at(-1)).toMatchObject([minute + 15, { reason: "budget_b" }]);
      expect(lived.state.owed.filter(({ kind }) => kind === "end-run")).toMatchObject([
        { reason: "budget_b" },
      ]);
    });

    it("is announced no second time where it is lifted itself", () => {
      const held = through(two, [0, 17], () => [old]);

      const lived = through(two, [18, 40], () => [old], held, lifted("b", 18));

      expect([warnings(lived), owedBy(lived)]).toEqual([[[10, "a"]], [[25, "budget"]]]);
    });
  });

  it("is told in the history by its trip, and pods by their ends", () => {
    const telling = stopping({ action: "notify", freezes: true });

    const lived = through(telling, [0, 20], (minute) => (minute < 12 ? [old] : [old, young]));

    expect(
      lived.state.unrecorded.flatMap(({ type, reason, atMs }) =>
        type === "budget" ? [[reason, atMs]] : [],
      ),
    ).toEqual([
      ["daily", at(8)],
      ["daily", at(10)],
    ]);
  });
});
