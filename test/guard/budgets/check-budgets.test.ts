import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Budget } from "#guard/model/policy.ts";
import { at, book, type Lived, noticesOf, pod, saidOf, unlived } from "../samples.ts";
import { budget, budgeted, glance, lifted, momentsAt, spending } from "./budget-samples.ts";

const ofBudgets = ({ events }: Lived): readonly string[] =>
  events.flatMap(([minute, event]) =>
    event.kind === "said" && event.event === "budget" ? [`${minute} ${event.because}`] : [],
  );

const policy = budgeted([budget()]);
const begun = spending(policy, [[0, 100]]);

describe("a budget of the account", () => {
  it.each<[string, balances: readonly number[], said: readonly string[]]>([
    ["says nothing far from its limit", [90, 84.01], []],
    [
      "is told at 80 %, with when it is reached at this burn",
      [84],
      [
        "10 daily: the account has spent $16.00 of $20.00 today (80 %). At this burn of $6.00/h reached in about 40 min",
      ],
    ],
    [
      "is told once, and trips once",
      [84, 83, 80, 79, 60],
      [
        expect.stringMatching(/^10 .*\(80 %\)/) as never,
        "30 daily: the account has spent $20.00 of $20.00 today: the budget is used up",
      ],
    ],
    [
      "trips at once where both lines are crossed together",
      [75, 74],
      ["10 daily: the account has spent $25.00 of $20.00 today: the budget is used up"],
    ],
  ])("%s", (_sentence, balances, said) => {
    const after = spending(
      policy,
      balances.map((usd, n) => [(n + 1) * 10, usd] as const),
      begun,
    );

    expect(ofBudgets(after)).toEqual(said);
  });

  it("tells channels what comes next and when, and what to type", () => {
    const channels = [{ name: "phone", minSeverity: "info" }] as const;
    const stopping = budgeted([budget({ action: "stop", pods: ["team-*"] })], { channels });
    const its = pod({ id: "p1", name: "team-a", costPerHrUsd: 6 });
    const look = { pods: [its] };
    let now = unlived;
    for (let minute = 0; minute <= 165; minute += 1) now = glance(now, minute, stopping, { look });
    const near = noticesOf(now.state.owed).find(({ channel }) => channel === "phone");

    expect(near).toMatchObject({
      severity: "warning",
      incident: "budget:daily",
      remedy: { command: "runpodboss status" },
      next: [{ what: "stop the pods team-*", atMs: at(200) }],
    });
    for (let minute = 166; minute <= 205; minute += 1)
      now = glance(now, minute, stopping, { look });
    const tripped = noticesOf(now.state.owed).find(({ topic }) => topic === "budget:daily");

    expect(noticesOf(now.state.owed).map(({ topic }) => topic)).not.toContain("budget:daily:near");
    expect(tripped?.because).toBe(
      "the pods team-* have spent $20.00 of $20.00 today: the budget is used up. Its pods that run now are stopped after a warning of 15 min",
    );
    expect(noticesOf(now.state.owed).find(({ channel }) => channel === "phone")).toMatchObject({
      severity: "critical",
      next: [{ what: "stop the pods team-*", atMs: at(215) }],
      remedy: { words: "To lift it", command: "runpodboss unfreeze daily" },
    });
  });

  it("tells channels nothing of what comes where nobody knows when", () => {
    const told = budgeted([budget()], { channels: [{ name: "phone", minSeverity: "info" }] });
    const first = spending(told, [[0, 100]]);

    const near = glance(first, 10, told, { look: { balanceUsd: 83, burnPerHrUsd: undefined } });

    const notice = noticesOf(near.state.owed).find(({ channel }) => channel === "phone");
    expect(notice).toMatchObject({ topic: "budget:daily:near", next: [] });
  });

  it("tells them what comes then", () => {
    const channels = [{ name: "phone", minSeverity: "info" }] as const;
    const next = (["notify", "agent", "stop"] as const).map((action) => {
      const told = budgeted([budget({ action })], { channels });
      const near = spending(told, [
        [0, 100],
        [10, 83],
      ]);
      return noticesOf(near.state.owed).find(({ channel }) => channel === "phone")?.next?.[0]?.what;
    });

    expect(next).toEqual(["tell you that it is used up", "call the agent", "stop the pods"]);
  });

  it("trips anew in the next period", () => {
    const tripped = spending(policy, [[10, 75]], begun);

    const next = spending(
      policy,
      Array.from({ length: 150 }, (_, n) => [20 + n * 10, 75 - n * 0.5] as const),
      tripped,
    );
    const again = spending(policy, [[1600, -20]], next);

    expect(ofBudgets(again).filter((words) => words.includes("used up"))).toHaveLength(2);
  });

  it("trips no second time when the clock goes back over midnight and on again", () => {
    const late = spending(policy, [[1430, 100]]);
    const before = spending(policy, [[1435, 75]], late);

    const after = spending(
      policy,
      [
        [1445, 75],
        [1436, 74],
        [1446, 30],
        [1437, 29],
        [1447, 20],
      ],
      before,
    );

    const trips = ofBudgets(after).filter((words) => words.includes("used up"));
    expect(trips.map((words) => words.split(" ")[0])).toEqual(["1435", "1446"]);
  });

  it("neither trips nor counts while the calendar has not spoken", () => {
    const look = { kind: "look", look: { ...begun.state.lastSeen, atMs: at(10), balanceUsd: 50 } };

    const silent = decide({ ...begun.state, moments: undefined }, look as never, policy);
    const stale = decide(
      decide(begun.state, momentsAt(-2000, policy), policy).state,
      look as never,
      policy,
    );
    const spoken = spending(policy, [[11, 50]], { ...begun, state: stale.state });

    expect(silent.state.budgets).toBe(begun.state.budgets);
    expect(stale.state.budgets).toBe(begun.state.budgets);
    expect(ofBudgets(spoken)).toHaveLength(1);
  });

  it("trips on nothing that is unknown", () => {
    const blind = glance(begun, 10, policy, { look: "blind" });
    const doubted = glance(blind, 11, policy, { look: { balanceUsd: 130, isRiseDoubted: true } });

    expect(ofBudgets(doubted)).toEqual([]);
    expect(doubted.state.budgets?.["daily"]?.[0]?.spentUsd).toBe(0);
  });
});

describe("what a budget does when it trips", () => {
  const spentBy = (its: Partial<Budget>) => {
    const its20 = budgeted([budget(its)]);
    return {
      its20,
      lived: spending(its20, [
        [0, 100],
        [10, 79],
      ]),
    };
  };

  it.each<[Partial<Budget>, string | undefined]>([
    [{}, undefined],
    [{ action: "agent" }, undefined],
    [{ action: "stop" }, "Its pods that run now are stopped after a warning of 15 min"],
    [{ freezes: true }, "Frozen until the next day: you are told of every pod of it that starts"],
    [
      { action: "stop", freezes: true, per: "week" },
      "Its pods that run now are stopped after a warning of 15 min. Frozen until the next week: you are told of every pod of it that starts, and it is stopped after a warning of 15 min",
    ],
  ])("is said: %j", (its, words) => {
    const { lived } = spentBy(its);

    const [said = ""] = ofBudgets(lived);
    expect(said.split("used up")[1]).toBe(words === undefined ? "" : `. ${words}`);
  });

  it("without warnings is done at once", () => {
    const atOnce = budgeted([budget({ action: "stop" })]);
    const hasty = { ...atOnce, podGuards: { ...atOnce.podGuards, warnMs: 0 } };

    const lived = spending(hasty, [
      [0, 100],
      [10, 79],
    ]);

    expect(ofBudgets(lived)[0]).toMatch(/Its pods that run now are stopped at once$/);
  });

  it("is a call of the agent, once, with what is spent", () => {
    const { its20, lived } = spentBy({ action: "agent" });
    const later = spending(
      its20,
      [
        [11, 70],
        [12, 60],
      ],
      lived,
    );

    expect(later.state.owed.filter(({ kind }) => kind === "call-budget-agent")).toEqual([
      {
        kind: "call-budget-agent",
        id: `call-budget-agent:daily:${at(10)}`,
        budget: "daily",
        periodMs: at(0),
        because: "the account has spent $21.00 of $20.00 today: the budget is used up",
        tries: 0,
        notBeforeMs: at(10),
      },
    ]);
  });

  it.each<[string, (before: Lived) => Lived, string]>([
    [
      "its period is over",
      (before) => spending(budgeted([budget({ action: "agent" })]), [[1441, 79]], before),
      "the budget is over or lifted",
    ],
    [
      "it left the config",
      (before) => spending(budgeted([]), [[11, 79]], before),
      "the config no longer asks for it",
    ],
    [
      "it does something else now",
      (before) => spending(budgeted([budget()]), [[11, 79]], before),
      "the config no longer asks for it",
    ],
    [
      "a person has lifted it",
      (before) =>
        glance(before, 12, budgeted([budget({ action: "agent" })]), {
          look: { balanceUsd: 79 },
          book: lifted("daily", 11),
        }),
      "the budget is over or lifted",
    ],
  ])("is no longer called for once %s", (_sentence, then, because) => {
    const { lived } = spentBy({ action: "agent" });

    const after = then(lived);

    expect(after.state.owed.filter(({ kind }) => kind === "call-budget-agent")).toEqual([]);
    expect(
      after.events.flatMap(([, event]) => (event.kind === "moot" ? [event.because] : [])),
    ).toEqual([because]);
  });
});

describe("a budget that is used up", () => {
  const freezing = budgeted([budget({ freezes: true })]);
  const frozen = spending(freezing, [
    [0, 100],
    [10, 79],
  ]);

  it("is over when a person lifts it: told once, and it trips no more", () => {
    const once = glance(frozen, 12, freezing, {
      look: { balanceUsd: 79 },
      book: lifted("daily", 11),
    });
    const after = glance(once, 13, freezing, {
      look: { balanceUsd: 50 },
      book: lifted("daily", 11),
    });

    expect(ofBudgets(after).slice(1)).toEqual([
      "12 daily: lifted by hand: $21.00 of $20.00 is spent, and it holds nothing until the next day",
    ]);
  });

  it.each<[string, ReturnType<typeof book> | "unknown"]>([
    ["was lifted before it tripped", lifted("daily", 9)],
    ["was lifted by a clock that is ahead", lifted("daily", 60)],
    ["may have been lifted, and nobody knows", "unknown"],
    ["was not lifted, but another was", lifted("weekly", 11)],
    ["was not lifted", book()],
  ])("goes on where it %s", (_sentence, read) => {
    const after = glance(frozen, 12, freezing, { look: { balanceUsd: 79 }, book: read });

    expect(ofBudgets(after)).toHaveLength(1);
    expect(after.state.budgets?.["daily"]?.[0]?.unfrozenAtMs).toBeUndefined();
  });

  it("is over with its period: that it is no longer frozen is told", () => {
    const after = spending(
      freezing,
      [
        [1441, 79],
        [1442, 79],
      ],
      frozen,
    );

    expect(ofBudgets(after).slice(-1)).toEqual([
      "1441 daily: the next day has begun: budget daily is no longer frozen",
    ]);
  });

  it.each<[string, Partial<Budget>, read: ReturnType<typeof book>]>([
    ["is not frozen", {}, book()],
    ["was lifted", { freezes: true }, lifted("daily", 11)],
  ])("is over with its period without a word where it %s", (_sentence, its, read) => {
    const it20 = budgeted([budget(its)]);
    const used = spending(it20, [
      [0, 100],
      [10, 79],
    ]);
    const late = glance(used, 12, it20, { look: { balanceUsd: 79 }, book: read });
    const said = ofBudgets(late).length;

    const after = glance(late, 1441, it20, { look: { balanceUsd: 79 } });

    expect(
      ofBudgets(after)
        .slice(said)
        .filter((words) => words.startsWith("1441 daily")),
    ).toEqual([]);
    expect(after.state.budgets?.["daily"]?.[0]?.overAtMs).toBe(at(1441));
  });

  it("says nothing of its end where the next is used up at once", () => {
    const late = spending(freezing, [
      [1435, 100],
      [1439, 79],
    ]);

    const after = spending(freezing, [[1449, 30]], late);

    expect(ofBudgets(after).map((words) => words.split(" ")[0])).toEqual(["1439", "1449"]);
  });

  it("is void where the config allows more, and may trip again", () => {
    const more = budgeted([budget({ freezes: true, limitUsd: 30 })]);

    const raised = spending(
      more,
      [
        [11, 78],
        [12, 69],
      ],
      frozen,
    );

    expect(ofBudgets(raised).slice(1)).toEqual([
      "11 daily: the config allows more by now: $22.00 of $30.00 is spent",
      expect.stringMatching(
        /^12 daily: the account has spent \$31\.00 of \$30\.00 today: the budget is used up/,
      ),
    ]);
  });

  it("comes near again where the config allowed more", () => {
    const near = spending(policy, [
      [0, 100],
      [10, 83],
    ]);
    const more = budgeted([budget({ limitUsd: 30 })]);

    const raised = spending(
      more,
      [
        [11, 82],
        [12, 75],
      ],
      near,
    );

    expect(saidOf(raised).map(([minute]) => minute)).toEqual([10, 12]);
  });

  it.each<[Partial<Budget>, minutes: readonly number[]]>([
    [{}, [10]],
    [{ remind: "once" }, [10]],
    [{ remind: "hourly" }, [10, 70, 130, 190]],
    [{ remind: "doubling" }, [10, 70, 130]],
  ])("is told again as often as it asks: %j", (its, minutes) => {
    const asking = budgeted([budget(its)]);
    const looks = Array.from({ length: 20 }, (_, n) => [(n + 2) * 10, 79] as const);

    const lived = spending(asking, [[0, 100], [10, 79], ...looks]);

    expect(ofBudgets(lived).map((words) => Number(words.split(" ")[0]))).toEqual(minutes);
  });

  it("is told again no more once it is lifted, and from anew in the next period", () => {
    const asking = budgeted([budget({ remind: "hourly" })]);
    const used = spending(asking, [
      [0, 100],
      [10, 79],
    ]);
    const look = { balanceUsd: 79 };
    const over = glance(used, 12, asking, { look, book: lifted("daily", 11) });

    const later = glance(over, 80, asking, { look, book: lifted("daily", 11) });

    expect(over.state.reminded).toBeUndefined();
    expect(used.state.reminded).toBeDefined();
    expect(spending(budgeted([]), [[12, 79]], used).state.reminded).toBeUndefined();
    expect(ofBudgets(later)).toHaveLength(2);
  });

  it("is told to all that it is over, where it asks for that", () => {
    const asking = budgeted([budget({ tellsResolved: true })]);
    const used = spending(asking, [
      [0, 100],
      [10, 79],
    ]);

    const after = spending(asking, [[1441, 79]], used);

    expect(ofBudgets(after).slice(-1)).toEqual([
      "1441 daily: the next day has begun: budget daily is no longer used up",
    ]);
  });
});

it("what was said of a budget that comes near and is not sent by its period's end is not sent any more", () => {
  const channels = [{ name: "phone", minSeverity: "info" }] as const;
  const told = budgeted([budget()], { channels });
  const near = spending(told, [
    [10, 100],
    [1430, 83],
  ]);
  expect(noticesOf(near.state.owed).map(({ topic }) => topic)).toContain("budget:daily:near");

  const next = glance(near, 1450, told, { look: { balanceUsd: 82.9 } });

  expect(noticesOf(next.state.owed).map(({ topic }) => topic)).not.toContain("budget:daily:near");
});
