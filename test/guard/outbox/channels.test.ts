import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { mostOpen } from "#guard/outbox/incidents.ts";
import {
  after,
  at,
  blind,
  guarding,
  idleGuard,
  live,
  minuteMs,
  noticesOf,
  policyWith,
  seen,
  unlived,
  wordsOf,
} from "../samples.ts";
import { channel, owedBy, owedTo, refused, sent, settleAll, telling } from "./channels.ts";

const phone = channel("phone");
const mail = channel("mail");
const both = telling([phone, mail]);
const low = (policy: Policy, atMs = 77, balanceUsd = 9) =>
  after([seen({ balanceUsd, atMs })], policy).state;
const recovered = (state: GuardState, policy: Policy, atMs = 60_077) =>
  after([seen({ balanceUsd: 30, atMs })], policy, state);

describe("a crossing is owed", () => {
  it("to the notify command and to each channel, each by itself", () => {
    expect(noticesOf(low(both).owed)).toMatchObject([
      { id: "notify:warning:77", event: "trip" },
      { id: "notify:warning:77@phone", channel: "phone", event: "trip" },
      { id: "notify:warning:77@mail", channel: "mail", event: "trip" },
    ]);
  });

  it.each([
    ["a channel that asks for all", {}, true],
    ["one that asks for crossings among others", { events: ["trip", "blind"] }, true],
    ["one that asks for other events", { events: ["blind"] }, false],
    ["one that asks for what is critical only", { minSeverity: "critical" }, false],
    ["one that asks for warnings", { minSeverity: "warning" }, true],
  ] as const)("%s", (_sentence, asks, is) => {
    const state = low(telling([channel("phone", asks)]));

    expect(owedBy(state, "phone").map(({ event }) => event)).toEqual(is ? ["trip"] : []);
  });

  it("to channels where no notify command is configured, and where the threshold silences its own", () => {
    const thresholds = [
      { name: "warning", belowUsd: 10, answers: [], backstop: undefined },
    ] as const;

    expect(owedTo(low(telling([phone], { tells: false, thresholds })))).toEqual([
      ["phone", "trip"],
    ]);
    expect(owedTo(low(telling([phone], { thresholds })))).toEqual([["phone", "trip"]]);
  });

  it("with what it is about, how much it matters, and what comes next", () => {
    const backstop = { action: "stop", afterMs: 120_000 } as const;
    const [notice] = owedBy(low(telling([phone], { backstop }), 77, 0.2), "phone").slice(-1);

    expect(notice).toMatchObject({
      name: "emergency",
      severity: "critical",
      incident: "threshold:emergency",
      balanceUsd: 0.2,
      burnPerHrUsd: 1.49,
      belowUsd: 0.5,
      next: [
        { what: "call the agent", atMs: 77 },
        { what: "stop the pods that still run", atMs: 120_077 },
      ],
      remedy: { command: "runpodboss status" },
    });
  });

  it("critical below the lowest threshold or with a backstop, a warning above", () => {
    const backstop = { action: "stop", afterMs: 0 } as const;
    const thresholds = [
      { name: "a", belowUsd: 10, answers: ["notify"], backstop: undefined },
      { name: "b", belowUsd: 5, answers: ["notify"], backstop },
      { name: "c", belowUsd: 2, answers: ["notify"], backstop: undefined },
    ] as const;
    const trips = noticesOf(low(policyWith({ thresholds }), 77, 1).owed);

    expect(
      trips.filter(({ event }) => event === "trip").map(({ name, severity }) => [name, severity]),
    ).toEqual([
      ["a", "warning"],
      ["b", "critical"],
      ["c", "critical"],
    ]);
  });

  it("to the notify command as ever: without what only channels are told", () => {
    const [notice] = owedBy(low(both), "command");

    expect(notice).not.toHaveProperty("channel");
    expect(notice).not.toHaveProperty("next");
    expect(notice).not.toHaveProperty("remedy");
  });
});

describe("what is said in words is owed", () => {
  it("to the command and every channel, said once in the log", () => {
    const { state, events } = after([blind(0), blind(300_000)], both);

    expect(owedTo(state)).toEqual([
      ["command", "blind"],
      ["phone", "blind"],
      ["mail", "blind"],
    ]);
    expect(wordsOf(events)).toHaveLength(1);
  });

  it("under ids that differ by the channel alone, and never twice the same", () => {
    const ids = noticesOf(after([blind(0), blind(300_000)], both).state.owed).map(({ id }) => id);

    expect(new Set(ids).size).toBe(3);
    expect(ids[1]).toBe(`${ids[0]}@phone`);
    expect(ids[2]).toBe(`${ids[0]}@mail`);
  });

  it("in place of what waits of the same topic, by each way for itself", () => {
    const told = after([blind(0), blind(300_000)], both).state;
    const onPhone = settleAll(told, both, ["phone"], sent);

    const { state } = after([seen({ atMs: 400_000 })], both, onPhone);

    expect(owedTo(state)).toEqual([
      ["command", "sighted"],
      ["phone", "sighted"],
      ["mail", "sighted"],
    ]);
  });

  it("and its end to whom the beginning was owed, or was told, whatever else they ask for", () => {
    const policy = telling([
      channel("told", { minSeverity: "critical" }),
      channel("waits", { minSeverity: "critical" }),
      channel("other", { events: ["trip"] }),
    ]);
    const told = settleAll(after([blind(0), blind(300_000)], policy).state, policy, ["told"], sent);

    const { state } = after([seen({ atMs: 400_000 })], policy, told);

    expect(owedTo(state)).toEqual([
      ["command", "sighted"],
      ["told", "sighted"],
      ["waits", "sighted"],
    ]);
    expect(owedBy(state, "told")).toMatchObject([
      { incident: "blind", isResolution: true, severity: "info" },
    ]);
  });
});

describe("when the balance is back, a channel is told", () => {
  it("so, if it was told of the crossing; the command is not", () => {
    const told = settleAll(low(both), both, ["command", "phone", "mail"], sent);

    const { state } = recovered(told, both);

    expect(owedTo(state)).toEqual([
      ["phone", "rearm"],
      ["mail", "rearm"],
    ]);
    expect(owedBy(state, "phone")).toMatchObject([
      {
        incident: "threshold:warning",
        isResolution: true,
        severity: "info",
        because: "balance $30.00 is back at or above $10.00. It fell below 1 min ago",
      },
    ]);
  });

  it("with what it missed, if it could not be told of the crossing, each for itself", () => {
    const tried = settleAll(low(both), both, ["phone"], refused);
    const told = settleAll(tried, both, ["command", "mail"], sent);

    const { state, events } = recovered(told, both);

    expect(owedBy(state, "mail")[0]?.because).not.toContain("could not be sent");
    expect(owedBy(state, "phone")[0]?.because).toBe(
      "balance $30.00 is back at or above $10.00. It fell below 1 min ago, and this could not be sent: balance $9.00 is below $10.00",
    );
    expect(wordsOf(events)).toHaveLength(2);
  });

  it("even if it asks for more severe things only", () => {
    const thresholds = [
      { name: "only", belowUsd: 10, answers: ["notify"], backstop: undefined },
    ] as const;
    const policy = telling([channel("phone", { minSeverity: "critical" })], { thresholds });
    const told = settleAll(low(policy), policy, ["phone"], sent);

    expect(owedBy(recovered(told, policy).state, "phone")).toMatchObject([{ event: "rearm" }]);
  });

  it("nothing, if it never asked for the crossing or came later", () => {
    const critical = telling([channel("phone", { minSeverity: "critical" })]);
    const told = settleAll(low(critical), critical, ["command"], sent);

    expect(owedTo(recovered(told, critical).state)).toEqual([]);
    expect(owedTo(recovered(told, both).state)).toEqual([]);
  });

  it("once: the next crossing and its end are told anew", () => {
    let state = low(both);
    const events: string[] = [];
    for (const [n, balanceUsd] of [30, 9, 30].entries()) {
      state = settleAll(state, both, ["command", "phone", "mail"], sent);
      state = after([seen({ balanceUsd, atMs: 100_000 * (n + 1) })], both, state).state;
      events.push(...owedBy(state, "phone").map(({ event }) => event));
    }

    expect(events).toEqual(["rearm", "trip", "rearm"]);
  });
});

describe("a channel that is no longer in the config", () => {
  const tried = settleAll(low(both), both, ["phone"], refused);

  it.each([
    ["where another way was told", settleAll(tried, both, ["command", "mail"], sent), []],
    ["where another way is still to be told", tried, ["command", "mail"]],
  ])("needs not be told %s", (_sentence, state, left) => {
    const { state: next, events } = after(
      [seen({ balanceUsd: 9, atMs: 90_000 })],
      telling([mail]),
      state,
    );

    expect(owedTo(next).map(([way]) => way)).toEqual(left);
    expect(events[0]).toMatchObject({
      kind: "moot",
      because: "channel phone is no longer in the config",
    });
  });

  it("has its place taken by what is there now, if nobody else was told", () => {
    const thresholds = [{ name: "warning", belowUsd: 10, answers: [], backstop: undefined }];
    const policy = telling([phone], { tells: false, thresholds });
    const unsent = settleAll(low(policy), policy, ["phone"], refused);
    const next = telling([channel("renamed")], { thresholds });

    const { state, events } = after([seen({ balanceUsd: 9, atMs: 90_000 })], next, unsent);

    expect(noticesOf(state.owed)).toMatchObject([
      { id: "notify:warning:77", tries: 0, event: "trip" },
      { id: "notify:warning:77@renamed", channel: "renamed", tries: 0, event: "trip" },
    ]);
    expect(events[0]).toMatchObject({
      because:
        "channel phone is no longer in the config; it goes by the notify command and channel renamed",
    });
  });

  describe("and those that are left do not ask for it", () => {
    const critical = channel("critical", { minSeverity: "critical" });
    const before = telling([phone, critical], { tells: false });
    const left = telling([critical], { tells: false });
    const next = (state: GuardState, balanceUsd = 9) =>
      after([seen({ balanceUsd, atMs: 90_000 })], left, state).state;

    it("is told all the same of a crossing that nobody was told of", () => {
      expect(
        noticesOf(next(settleAll(low(before), before, ["phone"], refused)).owed),
      ).toMatchObject([{ channel: "critical", event: "trip", severity: "warning", tries: 0 }]);
    });

    it("of a crossing that came and went unheard too", () => {
      const unsent = settleAll(low(before), before, ["phone"], refused);
      const over = recovered(unsent, before).state;

      const passed = owedTo(next(over, 30));

      expect(passed).toEqual([["critical", "rearm"]]);
    });

    it("not of what need not reach anyone", () => {
      const brief = { kind: "brief", day: "2026-11-26", atMs: 1, because: "spent" } as const;
      const { state } = decide(emptyState, brief, before);

      expect(owedTo(state)).toEqual([["phone", "brief"]]);
      expect(owedTo(next(state, 30))).toEqual([]);
    });
  });

  it("has its place taken by one that was told something else of the same incident", () => {
    const stopped = (id: string, name: string, because: string): Notify => ({
      kind: "notify",
      id: `${id}@${name}`,
      channel: name,
      event: "backstop",
      name: "warning",
      severity: "critical",
      incident: "backstop:warning",
      because,
      tries: 0,
      notBeforeMs: 0,
      atMs: 5,
    });
    const owed = [stopped("1", "mail", "stopping p1"), stopped("2", "phone", "stopping p2")];
    const told = settleAll({ ...emptyState, owed }, both, ["mail"], sent);

    const { state } = after([seen({ atMs: 90_000 })], telling([mail], { tells: false }), told);

    expect(noticesOf(state.owed)).toMatchObject([{ channel: "mail", because: "stopping p2" }]);
  });

  it("leaves the end of a crossing to others who were told of an earlier one only", () => {
    const loud = telling([phone], { tells: false });
    const first = settleAll(low(loud), loud, ["phone"], sent);
    const back = settleAll(recovered(first, loud).state, loud, ["phone"], refused);
    const again = after([seen({ balanceUsd: 9, atMs: 70_000 })], loud, back).state;
    const over = recovered(again, loud, 80_000).state;
    const left = telling([channel("other", { events: ["blind"] })], { tells: false });

    const { state } = after([seen({ balanceUsd: 30, atMs: 90_000 })], left, over);

    expect(owedBy(state, "other")).toMatchObject([
      { event: "rearm", because: expect.stringContaining("may not have been sent") },
    ]);
  });

  it("needs not be told that it is over where another was told so in other words", () => {
    const policy = telling([phone, mail], { tells: false });
    const tried = settleAll(low(policy), policy, ["phone"], refused);
    const over = recovered(settleAll(tried, policy, ["mail"], sent), policy).state;
    const told = settleAll(over, policy, ["mail"], sent);

    const { state } = after(
      [seen({ balanceUsd: 30, atMs: 90_000 })],
      telling([mail], { tells: false }),
      told,
    );

    expect(owedTo(told)).toEqual([["phone", "rearm"]]);
    expect(owedTo(state)).toEqual([]);
  });

  it("leaves what it was owed waiting while there is nobody else", () => {
    const { state } = after(
      [seen({ balanceUsd: 9, atMs: 90_000 })],
      telling([], { tells: false }),
      tried,
    );

    expect(owedTo(state)).toEqual(owedTo(tried));
  });

  it("passes on what a file of an older version holds, to whoever there is", () => {
    const old: Notify = {
      kind: "notify",
      id: "old",
      event: "agent",
      name: "warning",
      because: "agent failed",
      tries: 4,
      notBeforeMs: 5,
    };
    const policy = telling([phone], { tells: false });

    const { state } = after([seen()], policy, { ...emptyState, owed: [old] });

    expect(noticesOf(state.owed)).toMatchObject([{ id: "old@phone", tries: 0, notBeforeMs: 5 }]);
  });
});

it("a new config is tried at once by channels, and the notify command waits as long as it would have", () => {
  const tried = settleAll(low(both), both, ["command", "phone"], refused, 1_000);
  const { thresholds, protect, podGuards } = both;
  const { command: _, ...guards } = podGuards;
  const inForce = {
    pid: 1,
    sinceMs: 2_000,
    marks: {},
    policy: { thresholds, protect, podGuards: guards },
  };

  const { state } = decide(tried, { kind: "config", inForce }, both);

  expect(noticesOf(state.owed).map(({ notBeforeMs }) => notBeforeMs)).toEqual([61_000, 2_000, 77]);
  expect(state.inForce).toBe(inForce);
});

describe("what channels were told of and is not over", () => {
  it("is remembered up to a number, the newest", () => {
    const notices = Array.from({ length: mostOpen + 1 }, (_, n): Notify => ({
      kind: "notify",
      id: `${n}@phone`,
      channel: "phone",
      event: "warn",
      name: "idle",
      incident: `idle:${n}`,
      because: "",
      tries: 0,
      notBeforeMs: 0,
    }));
    const state = settleAll({ ...emptyState, owed: notices }, both, ["phone"], sent);

    expect(state.openIncidents).toHaveLength(mostOpen);
    expect(state.openIncidents?.[0]?.incident).toBe("idle:1");
  });

  it("is forgotten where its end was told", () => {
    const told = settleAll(low(both), both, ["command", "phone", "mail"], sent);
    const back = recovered(told, both).state;

    const onPhone = settleAll(back, both, ["phone"], sent);
    const onBoth = settleAll(onPhone, both, ["mail"], sent);

    const ways = [told, onPhone, onBoth].map(({ openIncidents = [] }) =>
      openIncidents.map(({ way }) => way),
    );
    expect(ways).toEqual([["", "phone", "mail"], ["", "mail"], [""]]);
  });

  it("is kept by no one without channels", () => {
    const state = settleAll(low(policyWith()), policyWith(), ["command"], sent);

    expect(state.openIncidents).toBeUndefined();
  });

  it("says nothing of an older version's notification, which names no incident", () => {
    const { incident: _, ...old } = { ...owedBy(low(both), "phone")[0] } as Notify;
    const state = settleAll({ ...emptyState, owed: [old] }, both, ["phone"], sent);

    expect(state.openIncidents).toBeUndefined();
  });
});

describe("the daily brief", () => {
  const brief = (day: string, atMs: number) =>
    ({ kind: "brief", day, atMs, because: "spent $4.20" }) as const;

  it("is owed once a day, to everyone", () => {
    const first = decide(emptyState, brief("2026-11-26", 1), both);
    const again = decide(first.state, brief("2026-11-26", 2), both);

    expect(noticesOf(first.state.owed)).toMatchObject(
      Array.from({ length: 3 }, () => ({
        event: "brief",
        severity: "info",
        because: "spent $4.20",
        atMs: 1,
      })),
    );
    expect(again).toEqual({ state: first.state, events: [] });
  });

  it("of a new day takes the place of one that could not be sent", () => {
    const first = decide(emptyState, brief("2026-11-26", 1), both).state;
    const next = decide(settleAll(first, both, ["phone"], refused), brief("2026-11-27", 9), both);

    expect(owedBy(next.state, "phone")).toMatchObject([{ atMs: 9, tries: 0 }]);
    expect(next.state.briefedDay).toBe("2026-11-27");
  });
});

it("what was given up for a channel is kept with its name", () => {
  const brief = { kind: "brief", day: "2026-11-26", atMs: 1, because: "spent $4.20" } as const;
  const { state } = decide(emptyState, brief, both);

  const day = 24 * 60 * minuteMs;
  const { lostNotices } = settleAll(state, both, ["command", "phone"], refused, day + 1);

  expect(lostNotices).toEqual([
    { atMs: 1, message: "brief: spent $4.20", because: "HTTP 500" },
    { atMs: 1, message: "brief: spent $4.20", channel: "phone", because: "HTTP 500" },
  ]);
});

describe("the service asks to wait", () => {
  it.each([
    ["less than we would anyway", 5_000, 60_000],
    ["longer", 5 * minuteMs, 5 * minuteMs],
    ["for longer than anything is put off", 90 * minuteMs, 15 * minuteMs],
  ])("%s", (_sentence, waitMs, delayMs) => {
    const state = settleAll(low(both), both, ["phone"], { ...refused, waitMs }, 1_000);

    expect(owedBy(state, "phone")).toMatchObject([{ notBeforeMs: 1_000 + delayMs }]);
  });
});

it("what a warning was about is over once its pod was stopped", () => {
  const policy = guarding({ idle: idleGuard }, { channels: [phone] });
  const lived = live(unlived, [0, 20], policy);
  const [warned] = owedBy(lived.state, "phone");

  expect(warned).toMatchObject({ event: "warn", severity: "warning", atMs: at(15) });
});
