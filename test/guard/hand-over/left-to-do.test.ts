import { describe, expect, it } from "vitest";
import type { Policy } from "#guard/model/policy.ts";
import type { Input } from "#guard/model/state.ts";
import { policyFromOutside } from "#outside/orders/from-outside.ts";
import { at, live, type Lived, type Minute, pod, policyWith, step, unlived } from "../samples.ts";

const phone = { name: "phone", minSeverity: "info" } as const;
const mail = { name: "mail", minSeverity: "info" } as const;

/** The machine has a command and two channels, the guard outside one of them. */
const base = policyWith({ channels: [phone, mail] });

const balance = (balanceUsd: number): Minute => ({ look: { balanceUsd, pods: [pod()] } });

interface HandOver {
  readonly policy?: Policy;
  /** What the machine saw in its first minute, and the guard outside, a minute each, from the 20th on. */
  readonly before: Minute;
  readonly outside: readonly Minute[];
}

/** What the machine has, once it has taken over what was done outside. */
function takenBack({ policy = base, before, outside }: HandOver): Lived {
  const mine = live(unlived, [0, 0], policy, before);
  const orders = {
    policy,
    calendar: { budgets: [], schedules: [] },
    beforeStop: "none",
    isDry: false,
  } as const;
  const begun = { ...mine.state, owed: [] };
  const there = live(
    { ...unlived, state: begun },
    [20, 19 + outside.length],
    policyFromOutside(orders, "tells", [phone]),
    (minute) => outside[minute - 20] ?? {},
  );
  const handedBack: Input = {
    kind: "handed-back",
    id: "1",
    atMs: at(60),
    aheadMs: 0,
    base: begun,
    theirs: { ...there.state, owed: [] },
    channels: ["phone"],
    because: "the guard outside told people what it saw while gpu-box was silent for 50 min",
  };
  return step(mine, 60, handedBack, policy);
}

const owedIn = ({ state: { owed } }: Lived): readonly string[] =>
  owed.map((effect) =>
    effect.kind === "notify"
      ? `tell ${effect.event} by ${effect.channel ?? "the command"}`
      : effect.kind,
  );

describe("a machine that takes over from the guard outside", () => {
  it("calls its agent for what was crossed meanwhile, and tells those that were not reached from there", () => {
    const owed = owedIn(takenBack({ before: balance(25), outside: [balance(9)] }));

    expect(owed).toContain("call-agent");
    expect(owed).toContain("tell trip by the command");
    expect(owed).toContain("tell trip by mail");
    expect(owed).not.toContain("tell trip by phone");
  });

  it("calls no agent, and tells nobody, of what was crossed before", () => {
    const crossed = takenBack({ before: balance(9), outside: [balance(8)] });
    const calls = crossed.state.owed.filter(({ kind }) => kind === "call-agent");

    expect(calls).toHaveLength(1);
    expect(owedIn(crossed).filter((each) => each === "tell trip by phone")).toHaveLength(1);
  });

  it("calls its agent for what was over there, and then crossed once more", () => {
    const again = takenBack({
      before: balance(9),
      outside: [balance(25), balance(25), balance(8)],
    });

    const calls = again.state.owed.filter(({ kind }) => kind === "call-agent");
    expect(calls).toMatchObject([{ balanceUsd: 9 }, { balanceUsd: 8 }]);
    expect(owedIn(again).filter((each) => each === "tell trip by mail")).toHaveLength(2);
  });

  it("judges anew a crossing of which nothing has come over but that it was", () => {
    const mine = live(unlived, [0, 0], base, balance(25));
    const theirs = {
      ...mine.state,
      fired: { warning: true },
      trippedAtMs: { warning: at(20) },
      unrecorded: [],
    };
    const handedBack: Input = {
      kind: "handed-back",
      id: "1",
      atMs: at(60),
      aheadMs: 0,
      base: mine.state,
      theirs,
      channels: ["phone"],
      because: "it guarded",
    };

    const taken = step(mine, 60, handedBack, base);
    const looked = live(taken, [61, 61], base, balance(9));

    expect(owedIn(taken)).not.toContain("call-agent");
    expect(owedIn(looked)).toContain("call-agent");
  });

  it("calls none for what is over again", () => {
    const owed = owedIn(takenBack({ before: balance(25), outside: [balance(9), balance(25)] }));

    expect(owed).not.toContain("call-agent");
  });

  it("says in the call what balance was seen outside", () => {
    const { owed } = takenBack({ before: balance(25), outside: [balance(9)] }).state;

    expect(owed.find(({ kind }) => kind === "call-agent")).toMatchObject({
      threshold: "warning",
      balanceUsd: 9,
      because: "balance $9.00 is below $10.00",
    });
  });

  it("tells those that were not reached from there that it was stood in for", () => {
    const { owed } = takenBack({ before: balance(25), outside: [balance(25)] }).state;
    const told = owed.flatMap((each) =>
      each.kind === "notify" && each.event === "heard" ? [each.channel ?? "the command"] : [],
    );

    expect(told.toSorted()).toEqual(["mail", "the command"]);
  });

  it("calls the agent of a guard whose time was told of outside instead", () => {
    const guard = { action: "agent", pods: ["*"], afterMs: 30 * 60_000 } as const;
    const policy = policyWith({
      channels: [phone],
      podGuards: { ...base.podGuards, hardTimeout: guard },
    });
    const before = takenBack({
      policy,
      before: balance(25),
      outside: Array.from({ length: 30 }, () => balance(25)),
    });

    const { owed } = live(before, [61, 61], policy, balance(25));

    expect(owed.map(([, { kind }]) => kind)).toEqual(["call-pod-agent"]);
  });

  it("calls the agent of a budget that was spent meanwhile", () => {
    const budget = {
      name: "day",
      limitUsd: 5,
      per: "day",
      action: "agent",
      freezes: false,
    } as const;
    const policy = policyWith({ channels: [phone, mail], budgets: [budget] });
    const moments = {
      atMs: at(0),
      periods: { day: { fromMs: at(-60), toMs: at(24 * 60) } },
      schedules: {},
    };
    const owed = owedIn(
      takenBack({
        policy,
        before: { ...balance(25), moments },
        outside: [23, 21, 18, 16].map((usd) => ({ ...balance(usd), moments })),
      }),
    );

    expect(owed).toContain("call-budget-agent");
    expect(owed).toContain("tell budget by mail");
    expect(owed).not.toContain("tell budget by phone");
  });

  it("tells of no budget that was spent before", () => {
    const budget = {
      name: "day",
      limitUsd: 5,
      per: "day",
      action: "agent",
      freezes: false,
    } as const;
    const policy = policyWith({ channels: [phone, mail], budgets: [budget] });
    const spent = {
      fromMs: at(-60),
      toMs: at(24 * 60),
      sinceMs: at(0),
      spentUsd: 6,
      trippedAtMs: at(1),
    };
    const mine = { ...unlived.state, budgets: { day: [spent] } };
    const handedBack: Input = {
      kind: "handed-back",
      id: "1",
      atMs: at(60),
      aheadMs: 0,
      base: mine,
      theirs: { ...mine, budgets: { day: [{ ...spent, spentUsd: 7 }] } },
      channels: ["phone"],
      because: "it guarded",
    };

    const { state } = step({ ...unlived, state: mine }, 60, handedBack, policy);

    const told = state.owed.flatMap((each) =>
      each.kind === "notify" ? [each.event] : [each.kind],
    );
    expect([...new Set(told)]).toEqual(["heard"]);
    expect(state.budgets?.["day"]?.[0]?.spentUsd).toBe(7);
  });

  it.each(["stop", "notify"] as const)(
    "tells of a budget that was spent meanwhile, also where nothing says what was told there: %s",
    (action) => {
      const budget = { name: "day", limitUsd: 5, per: "day", action, freezes: false } as const;
      const policy = policyWith({ channels: [phone, mail], budgets: [budget] });
      const period = { fromMs: at(-60), toMs: at(24 * 60), sinceMs: at(0), spentUsd: 1 };
      const mine = { ...unlived.state, budgets: { day: [period] } };
      const theirs = {
        ...mine,
        budgets: { day: [{ ...period, spentUsd: 6, trippedAtMs: at(30) }] },
      };
      const handedBack: Input = {
        kind: "handed-back",
        id: "1",
        atMs: at(60),
        aheadMs: 0,
        base: mine,
        theirs,
        channels: ["phone"],
        because: "it guarded",
      };

      const { state } = step({ ...unlived, state: mine }, 60, handedBack, policy);

      expect(state.owed).toContainEqual(
        expect.objectContaining({ channel: "mail", because: "budget day is used up" }),
      );
      expect(state.owed.map(({ kind }) => kind)).not.toContain("call-budget-agent");
    },
  );

  it("calls the agent for a pod that was started, and whose time came, while it was away", () => {
    const guard = { action: "agent", pods: ["*"], afterMs: 10 * 60_000 } as const;
    const policy = policyWith({
      channels: [phone],
      podGuards: { ...base.podGuards, hardTimeout: guard },
    });
    const before = takenBack({
      policy,
      before: { look: { balanceUsd: 25, pods: [] } },
      outside: Array.from({ length: 30 }, () => balance(25)),
    });

    const { owed } = live(before, [61, 61], policy, balance(25));

    expect(owed.map(([, { kind }]) => kind)).toEqual(["call-pod-agent"]);
  });
});
