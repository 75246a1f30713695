import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { eventNames, type Notify } from "#guard/model/effect.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { isAtLeast, mayWait, severityOf, tripSeverity } from "#guard/outbox/severity.ts";
import { messageWords } from "#guard/text.ts";
import {
  after,
  at,
  blind,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  type Lived,
  live,
  minuteMs,
  noticesOf,
  pod,
  policyWith,
  run,
  seen,
  settleAt,
  unlived,
} from "../samples.ts";
import { channel, owedBy, sent, settleAll, telling } from "./channels.ts";

const phone = channel("phone");
const backstop = { action: "stop", afterMs: 120_000 } as const;
const backed = telling([phone], { backstop });

/** `[event, severity, is it an end]` of what the phone is owed, the last first. */
const rows = (state: GuardState) =>
  owedBy(state, "phone").map(({ event, severity, isResolution = false }) => [
    event,
    severity,
    isResolution,
  ]);
const lastOf = (state: GuardState): Notify => owedBy(state, "phone").slice(-1)[0] as Notify;

/** The end of a pod that came to be owed last. */
const endIn = ({ owed }: Lived): string => owed.at(-1)?.[1].id ?? "";

it("every event has a severity of its own", () => {
  expect(Object.fromEntries(eventNames.map((event) => [event, severityOf(event)]))).toEqual({
    trip: "warning",
    rearm: "info",
    agent: "warning",
    backstop: "critical",
    warn: "warning",
    hard_timeout: "warning",
    lease: "warning",
    idle: "warning",
    budget: "warning",
    schedule: "warning",
    stopped: "warning",
    estimate: "warning",
    burn: "warning",
    zero: "critical",
    blind: "critical",
    sighted: "info",
    silent: "critical",
    heard: "info",
    on_it: "info",
    source: "warning",
    rehearsal: "info",
    billing: "info",
    trouble: "warning",
    recovered: "info",
    brief: "info",
    drill: "info",
  });
});

it.each([
  ["the first of several", "warning", undefined, "warning"],
  ["the first of several, which stops pods", "warning", { action: "stop", afterMs: 0 }, "critical"],
  ["the next", "critical", undefined, "critical"],
  ["the last", "emergency", undefined, "critical"],
] as const)("the crossing of %s matters so much", (_sentence, name, ofFirst, severity) => {
  const thresholds = policyWith().thresholds.map((each) =>
    each.name === "warning" ? { ...each, backstop: ofFirst } : each,
  );

  const policy = policyWith({ thresholds });

  expect(tripSeverity(name, policy)).toBe(severity);
});

it("the crossing of the only threshold is critical", () => {
  const thresholds = policyWith().thresholds.slice(0, 1);

  expect(tripSeverity("warning", policyWith({ thresholds }))).toBe("critical");
});

it.each([
  ["info", "info", true],
  ["info", "warning", false],
  ["critical", "warning", true],
  ["warning", "critical", false],
] as const)("%s is at least %s: %s", (severity, least, is) => {
  expect(isAtLeast(severity, least)).toBe(is);
});

it("only what is known to be less than critical may wait for the morning", () => {
  expect(
    (["info", "warning", "critical", undefined] as const).map((severity) => mayWait({ severity })),
  ).toEqual([true, true, false, false]);
});

describe("of a pod that its guard ends", () => {
  it("the warning says what comes when and what prevents it, apart from its sentence", () => {
    const policy = guarding({ idle: idleGuard }, { channels: [phone] });
    const { state } = live(unlived, [0, 15], policy);

    const [command] = owedBy(state, "command");
    expect(lastOf(state)).toMatchObject({
      event: "warn",
      severity: "warning",
      incident: "end:idle:p1",
      because: "pod trainer (p1) has been idle for 15 min and will be stopped in 15 min",
      remedy: { words: "To keep it", command: "runpodboss touch p1" },
      next: [{ what: "stop pod trainer (p1)", atMs: at(30) }],
    });
    expect(command && messageWords(command)).toBe(
      "idle: pod trainer (p1) has been idle for 15 min and will be stopped in 15 min. To keep it: runpodboss touch p1",
    );
    expect(command).not.toHaveProperty("next");
  });

  it.each([
    [
      "its lease",
      { lease: { ...leaseGuard, defaultMs: 20 * minuteMs } },
      { words: "To keep it", command: "runpodboss extend p1 1" },
    ],
    [
      "its hard timeout",
      { hardTimeout: { ...hardTimeout, afterMs: 20 * minuteMs } },
      { words: "To keep it: add it to protect in the config" },
    ],
  ])("what prevents it fits %s", (_sentence, guards, remedy) => {
    const { state } = live(unlived, [0, 10], guarding(guards, { channels: [phone] }));

    expect(lastOf(state).remedy).toEqual(remedy);
  });

  it("of many pods five are named, in their order, and the rest is counted", () => {
    const pods = Array.from({ length: 7 }, (_, n) => pod({ id: `p${n}`, name: `n${n}` }));
    const policy = guarding({ idle: idleGuard }, { channels: [phone] });
    const { state } = live(unlived, [0, 15], policy, { look: { pods } });

    expect(lastOf(state)).toMatchObject({
      incident: "end:idle:p0,p1,p2,p3,p4,and 2 more",
      next: [
        ...[0, 1, 2, 3, 4].map((n) => ({ what: `stop pod n${n} (p${n})` })),
        { what: "stop 2 more" },
      ],
    });
  });

  it("that it has stopped closes the warning, wherever it was told", () => {
    const loud = channel("loud", { minSeverity: "warning" });
    const policy = guarding({ idle: idleGuard }, { channels: [loud] });
    const warned = live(unlived, [0, 20], policy);
    const told = { ...warned, state: settleAll(warned.state, policy, ["loud"], sent, at(20)) };
    const due = live(told, [21, 31], policy);
    const id = endIn(due);

    const { state } = settleAt(due, 32, id, { podIs: "stopped" }, policy);

    expect(owedBy(state, "loud")).toMatchObject([
      { event: "idle", severity: "info", incident: "end:idle:p1", isResolution: true },
    ]);
  });

  it("that it cannot be ended is critical, with when it is tried again", () => {
    const policy = guarding({ idle: idleGuard }, { channels: [phone] });
    const due = live(unlived, [0, 31], policy);
    const id = endIn(due);

    const { state } = settleAt(due, 32, id, { kind: "failed", because: "HTTP 500" }, policy);

    expect(lastOf(state)).toMatchObject({
      event: "idle",
      severity: "critical",
      incident: "end:idle:p1",
      next: [{ what: "try again to stop pod trainer (p1)", atMs: at(32) + 5_000 }],
      remedy: { words: "To see what still runs", command: "runpodboss status" },
    });
  });

  it("a guard that only tells says how to stop it, to everyone", () => {
    const policy = guarding({ idle: { ...idleGuard, action: "notify" } }, { channels: [phone] });
    const { state } = live(unlived, [0, 31], policy);

    const [command] = owedBy(state, "command");
    expect(lastOf(state)).toMatchObject({
      severity: "warning",
      because: "pod trainer (p1) has been idle for 30 min, burning $1.49/h",
      remedy: { words: "To stop it", command: "runpodboss stop p1" },
    });
    expect(command && messageWords(command)).toBe(
      "idle: pod trainer (p1) has been idle for 30 min, burning $1.49/h. To stop it: runpodboss stop p1",
    );
  });
});

describe("of a backstop", () => {
  const acting = () =>
    after([seen({ atMs: 0, balanceUsd: 0.3 }), seen({ atMs: 120_000, balanceUsd: 0.3 })], backed);

  it("all is critical, and that all has stopped closes it", () => {
    const { state } = acting();
    const ended = after(
      [seen({ atMs: 180_000, balanceUsd: 0.3, pods: [], burnPerHrUsd: 0 })],
      backed,
      { ...state, owed: [] },
    ).state;

    expect(lastOf(state)).toMatchObject({ event: "backstop", incident: "backstop:emergency" });
    expect(rows(ended)).toEqual([["backstop", "critical", true]]);
    expect(lastOf(ended)).toMatchObject({ incident: "backstop:emergency" });
  });

  it("an end that fails is told with its next try, and that it is over to whom it was told", () => {
    const settle = (state: GuardState, kind: "failed" | "done", atMs: number, because: string) => {
      const end = state.owed.find((each) => each.kind === "end-pod");
      const outcome = { kind, because, tail: "" } as const;
      return decide(state, { kind: "settled", id: end?.id ?? "", atMs, outcome }, backed).state;
    };
    const failed = settle(
      settleAll(acting().state, backed, ["phone", "command"], sent),
      "failed",
      130_000,
      "HTTP 500",
    );
    const told = settleAll(failed, backed, ["phone", "command"], sent, 131_000);

    const over = settle(told, "done", 140_000, "the pod is EXITED");

    expect(lastOf(failed)).toMatchObject({
      severity: "critical",
      incident: "backstop:emergency:p1",
      next: [{ what: "try again to stop pod p1", atMs: 135_000 }],
    });
    expect(owedBy(over, "command")).toEqual([]);
    expect(owedBy(over, "phone")).toMatchObject([
      {
        because: "pod p1, after 2 tries to stop it: the pod is EXITED",
        incident: "backstop:emergency:p1",
        isResolution: true,
      },
    ]);
  });
});

describe("what the guard will do next is said", () => {
  it("of an agent that failed and is called again, and not of the last try", () => {
    const policy = telling([phone], { agentAttempts: 2 });
    let state = after([seen({ balanceUsd: 9, atMs: 0 })], policy).state;
    const next = [minuteMs, 6 * minuteMs].map((atMs) => {
      const outcome = { kind: "failed", because: "exit 1", tail: "" } as const;
      const input = { kind: "settled", id: "call-agent:warning:0", atMs, outcome } as const;
      state = decide(state, input, policy).state;
      return lastOf(state).next;
    });

    expect(next).toEqual([[{ what: "call the agent again", atMs: minuteMs }], []]);
  });
});

describe("how much it matters that the guard does not see", () => {
  it("the account or its pods is critical, and that it sees again is not", () => {
    const dark = after([blind(0), blind(300_000)], backed).state;
    const noList = after(
      [seen({ atMs: 0, pods: "unknown" }), seen({ atMs: 300_000, pods: "unknown" })],
      backed,
    ).state;
    const light = after([seen({ atMs: 400_000 })], backed, dark).state;

    expect([dark, noList, light].flatMap(rows)).toEqual([
      ["blind", "critical", false],
      ["blind", "critical", false],
      ["sighted", "info", true],
    ]);
    expect(lastOf(dark).remedy).toEqual({ words: "To see why", command: "runpodboss check" });
  });

  it("the load of the pods is a warning: nothing but the idle guard waits for it", () => {
    const policy = guarding({ idle: idleGuard }, { channels: [phone] });
    const dark = live(unlived, [0, 30], policy, { sample: "unmeasured" });
    const light = live(dark, [31, 31], policy);

    expect(rows(light.state)).toEqual([
      ["blind", "warning", false],
      ["sighted", "info", true],
    ]);
    expect(new Set(owedBy(light.state, "phone").map(({ incident }) => incident))).toEqual(
      new Set(["unmeasured"]),
    );
  });

  it("when a pod's run began is a warning", () => {
    const policy = guarding({ hardTimeout }, { channels: [phone] });
    const unsure: GuardState = {
      ...emptyState,
      runs: { p1: run({ unsureSinceMs: at(0), startFrom: "first-seen" }) },
      lastSeen: seen({ atMs: at(30) }),
    };
    const { state } = live({ ...unlived, state: unsure }, [31, 60], policy, { sample: "missing" });

    expect(rows(state)).toEqual([["blind", "warning", false]]);
  });
});

it("a balance of $0 is critical", () => {
  const { state } = after([seen({ balanceUsd: 0 })], backed);

  expect(rows(state).filter(([event]) => event === "zero")).toEqual([["zero", "critical", false]]);
});

it("an end that the burn does not show is a warning, closed once it does", () => {
  const ended: GuardState = {
    ...emptyState,
    unconfirmed: [
      { podId: "p1", name: "trainer", endedAtMs: 0, costPerHrUsd: 1.49, burnPerHrUsd: 1.49 },
    ],
  };
  const looks = [seen({ atMs: 10 * minuteMs, pods: [], burnPerHrUsd: 1.49 })];
  const dark = after(looks, backed, ended).state;
  const light = after([seen({ atMs: hourMs, pods: [], burnPerHrUsd: 0 })], backed, dark).state;

  expect([...rows(dark), ...rows(light)]).toEqual([
    ["burn", "warning", false],
    ["burn", "info", true],
  ]);
  expect(new Set(noticesOf(light.owed).map(({ incident }) => incident)).size).toBe(1);
});

it("a trouble of ours names what looks into it, to channels alone", () => {
  const input: Input = { kind: "trouble", what: "history", because: "disk full", atMs: 1 };
  const { state } = decide(emptyState, input, backed);

  expect(lastOf(state)).toMatchObject({
    severity: "warning",
    incident: "trouble:history",
    remedy: { command: "runpodboss check" },
  });
  expect(owedBy(state, "command")[0]).not.toHaveProperty("remedy");
});

it("with another config, what is to be typed names it", () => {
  const { podGuards } = policyWith();
  const policy = telling([phone], {
    podGuards: { ...podGuards, command: "runpodboss -c /etc/boss.json" },
  });

  expect(lastOf(after([seen({ balanceUsd: 9 })], policy).state).remedy?.command).toBe(
    "runpodboss -c /etc/boss.json status",
  );
});

describe("a warning that a channel was not sent in time", () => {
  const quiet = channel("quiet", { minSeverity: "warning" });
  const policy = guarding({ idle: idleGuard }, { channels: [quiet] });
  const told = (lived: Lived, minute: number): Lived => ({
    ...lived,
    state: settleAll(lived.state, policy, ["command"], sent, at(minute)),
  });

  it("is not sent any more once the pod is active again", () => {
    const warned = told(live(unlived, [0, 20], policy), 20);
    const busy = live(warned, [21, 22], policy, { sample: { gpuPercents: [90] } });

    expect(owedBy(warned.state, "quiet").map(({ event }) => event)).toEqual(["warn"]);
    expect(owedBy(busy.state, "quiet")).toEqual([]);
  });

  it("gives way to the word that the pod was stopped, which else would not be asked for", () => {
    const due = live(told(live(unlived, [0, 20], policy), 20), [21, 31], policy);

    const { state } = settleAt(due, 32, endIn(due), { podIs: "stopped" }, policy);

    expect(owedBy(state, "quiet")).toMatchObject([{ event: "idle", isResolution: true }]);
  });

  it("by the notify command is still sent beside that word, as ever", () => {
    const due = live(unlived, [0, 31], policy);

    const { state } = settleAt(due, 32, endIn(due), { podIs: "stopped" }, policy);

    expect(owedBy(state, "command").map(({ event }) => event)).toEqual(["warn", "idle"]);
  });

  it("stays while the pod is still to be stopped, and when it was one of several", () => {
    const pods = [pod(), pod({ id: "p2", name: "second" })];
    const due = live(unlived, [0, 31], policy, { look: { pods } });
    const [first, second] = due.owed.map(([, { id }]) => id);

    const one = settleAt(due, 32, first ?? "", { podIs: "stopped" }, policy);
    const both = settleAt(one, 32, second ?? "", { podIs: "stopped" }, policy);

    expect([due, one, both].map(({ state }) => owedBy(state, "quiet").length)).toEqual([1, 1, 1]);
  });

  it("is sent by the notify command as ever, late or not", () => {
    const warned = live(unlived, [0, 20], policy);
    const busy = live(warned, [21, 22], policy, { sample: { gpuPercents: [90] } });

    expect(owedBy(busy.state, "command").map(({ event }) => event)).toEqual(["warn"]);
  });

  it("goes with the guards that were taken out of the config", () => {
    const warned = live(unlived, [0, 20], policy);
    const without = live(warned, [21, 21], guarding({}, { channels: [quiet] }));

    expect(owedBy(without.state, "quiet")).toEqual([]);
  });
});

it("the beginning of what is over is not sent after its end, unless it must reach someone", () => {
  const failed = { kind: "failed", because: "HTTP 500", tail: "" } as const;
  const acting = after(
    [seen({ atMs: 0, balanceUsd: 0.3 }), seen({ atMs: 120_000, balanceUsd: 0.3 })],
    backed,
  ).state;
  const tried = settleAll(acting, backed, ["phone"], failed, 130_000);
  const { state } = after(
    [seen({ atMs: 180_000, balanceUsd: 0.3, pods: [], burnPerHrUsd: 0 })],
    backed,
    tried,
  );

  const ofBackstop = owedBy(state, "phone").filter(({ event }) => event === "backstop");
  expect(ofBackstop.map(({ isResolution = false }) => isResolution)).toEqual([false, true]);
});
