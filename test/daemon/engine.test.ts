import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { createEngine } from "#daemon/engine.ts";
import type { Moment } from "#effects/queue.ts";
import type { Look } from "#guard/model/account.ts";
import { type CallPodAgent, dryRunWords, type EndRun, type Outcome } from "#guard/model/effect.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { createFakeClock } from "../fake-clock.ts";
import {
  blind,
  guarding,
  hardTimeout,
  inputsOf,
  live,
  pod,
  policyWith,
  run,
  seen,
  unlived,
} from "../guard/samples.ts";

const hourMs = 3_600_000;
const full = (): Promise<void> => Promise.reject(new Error("ENOSPC: no space left on device"));
const never = (): Promise<void> => new Promise(() => {});

/** A guard over a store and a queue that write down what they are asked, in order. */
function setUp({
  state = emptyState,
  policy = policyWith(),
  save = (): Promise<void> => Promise.resolve(),
  offer = (): void => {},
  saveLimitMs = 10_000,
  saveLearned = (_state: GuardState): Promise<void> => Promise.resolve(),
} = {}) {
  const clock = createFakeClock();
  const story: string[] = [];
  const saved: GuardState[] = [];
  const moments: Moment[] = [];
  const log: [string, string, Readonly<Record<string, unknown>>][] = [];
  const write =
    (level: string) =>
    (fields: Readonly<Record<string, unknown>>, message: string): void => {
      story.push(`log ${message}`);
      log.push([level, message, fields]);
    };
  const engine = createEngine({
    state,
    policy: () => policy,
    clock,
    saveLimitMs,
    isQuiet: (name, atMs) => name === "phone" && atMs < 60_000,
    log: { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") },
    store: {
      load: () => Promise.reject(new Error("nobody loads here")),
      saveLearned,
      async save(next) {
        story.push("save begins");
        await save();
        saved.push(next);
        story.push("save ends");
      },
    },
    queue: () => ({
      offer(owed, moment) {
        offer();
        moments.push(moment);
        story.push(`offer ${owed.map(({ id }) => id).join(" ")}`.trim());
      },
      idle: () => Promise.resolve(),
      finish: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    }),
    recording: () => ({ offer: () => undefined, idle: () => Promise.resolve() }),
  });
  return {
    clock,
    engine,
    story,
    saved,
    moments,
    log,
    look: (look: Look) => engine.take({ kind: "look", look }),
    /** What was said about us, in words. */
    told: () =>
      log.flatMap(([, message, { event, because }]) =>
        message === "notification" && (event === "trouble" || event === "recovered")
          ? [String(because).replace(/^\w+: /, "")]
          : [],
      ),
  };
}

const below = seen({ balanceUsd: 9 });
const above = seen({ balanceUsd: 50 });
const settled = (id: string, outcome: Outcome, atMs = 2_000): Input => ({
  kind: "settled",
  id,
  atMs,
  outcome,
});
const told: Outcome = { kind: "done", because: "exit 0 after 0.1 s", tail: "told" };
const settledNotice = settled("notify:warning:1000", told);
const saving = "saving the state";
const inMemory = "Until it can be saved, the state is kept only in memory";

it("what is owed is on the disk before it is handed on", async () => {
  const { story, saved, look } = setUp({ save: () => nextTurn() });

  await look(below);

  expect(story).toEqual([
    "log threshold tripped",
    "save begins",
    "save ends",
    "offer notify:warning:1000 call-agent:warning:1000",
  ]);
  expect(saved).toMatchObject([{ fired: { warning: true }, owed: [{}, {}] }]);
});

it("what was handed over counts as saved once the disk has it, and not before", async () => {
  let save = full;
  const kept: GuardState[] = [];
  const { engine, look } = setUp({
    save: () => save(),
    saveLearned: (state) => Promise.resolve(void kept.push(state)),
  });
  const theirs = { ...emptyState, fired: { warning: true } };

  await engine.take({
    kind: "handed-back",
    id: "7-1",
    atMs: 2_000,
    aheadMs: 0,
    base: emptyState,
    theirs,
    channels: [],
    because: "the guard outside guarded",
  });
  const [{ tookBackId: inMemory }, { tookBackId: onDisk }] = [engine.state(), engine.saved()];
  save = () => Promise.resolve();
  await look(seen({ balanceUsd: 9, atMs: 3_000 }));
  await engine.idle();

  expect([inMemory, onDisk]).toEqual(["7-1", undefined]);
  expect(engine.saved()).toMatchObject({ tookBackId: "7-1", fired: { warning: true } });
  // Never newer than the rest.
  expect(kept).toHaveLength(1);
});

it("what was handed over of the runs is kept at once, with the rest", async () => {
  const kept: GuardState[] = [];
  const { engine } = setUp({ saveLearned: (state) => Promise.resolve(void kept.push(state)) });
  const handedOver = {
    id: "7-1",
    aheadMs: 0,
    channels: [],
    because: "the guard outside told what it saw",
  };
  const theirs = { ...emptyState, runs: { a1: run() } };

  await engine.take({ kind: "handed-back", atMs: 2_000, base: emptyState, theirs, ...handedOver });
  await engine.idle();

  expect(engine.saved()).toMatchObject({ tookBackId: "7-1" });
  expect(kept).toMatchObject([{ runs: { a1: {} } }]);
});

it("inputs are taken one after the other, however slow the disk is", async () => {
  const { engine, story, look } = setUp({ save: () => nextTurn() });

  await Promise.all([look(below), engine.take(settledNotice), look(above)]);

  expect(story).toEqual([
    "log threshold tripped",
    "save begins",
    "save ends",
    "offer notify:warning:1000 call-agent:warning:1000",
    "log notify command done",
    "save begins",
    "save ends",
    "offer call-agent:warning:1000",
    "log threshold re-armed",
    "log no longer needed",
    "log run started",
    "save begins",
    "save ends",
    "offer",
  ]);
});

it("what is handed on comes with the time, the last sight, and whether it is a look", async () => {
  const { clock, engine, moments, look } = setUp();
  await clock.advanceTo(5_000);

  await look(below);
  await clock.advanceTo(65_000);
  await look(blind(65_000));
  await engine.take(settledNotice);

  expect(moments).toMatchObject([
    { nowMs: 5_000, look: below, isLook: true, isBlind: false },
    { nowMs: 65_000, look: below, isLook: true, isBlind: true },
    { nowMs: 65_000, look: below, isLook: false, isBlind: true },
  ]);
  expect(moments.map(({ isQuiet }) => isQuiet?.("phone"))).toEqual([true, false, false]);
  expect(moments.map(({ isQuiet }) => isQuiet?.("mail"))).toEqual([false, false, false]);
});

describe("a poll that was asked before an end was proven", () => {
  const end: EndRun = {
    kind: "end-run",
    id: "end-run:p1:1000",
    because: "it ran 8 h",
    tries: 1,
    notBeforeMs: 0,
    guard: "hard_timeout",
    reason: "hard_timeout_8h",
    podId: "p1",
    podName: "trainer",
    action: "stop",
  };
  const stale = seen({ balanceUsd: 9, pods: [pod({ id: "p1" })] });
  const running: GuardState = { ...emptyState, runs: { p1: run() }, owed: [end] };

  it.each<[string, Outcome, number, "outdated" | undefined, number]>([
    ["decides nothing: it may still show that pod running", told, 2_000, "outdated", 0],
    ["is taken when it was asked afterwards", told, 2_001, undefined, 1],
    [
      "is taken where nothing was proven",
      { kind: "failed", because: "no answer", tail: "" },
      2_000,
      undefined,
      1,
    ],
  ])("%s", async (_sentence, outcome, askedAtMs, expected, trips) => {
    const { clock, engine, log } = setUp({ state: running });
    await clock.advanceTo(2_000);

    const [, taken] = await Promise.all([
      engine.take(settled(end.id, outcome)),
      engine.take({ kind: "look", look: stale }, askedAtMs),
    ]);

    expect(taken).toBe(expected);
    expect(log.filter(([, message]) => message === "threshold tripped")).toHaveLength(trips);
  });
});

it("a blind look decides nothing of the balance", async () => {
  const { engine, story, look } = setUp({ state: { ...emptyState, fired: { warning: true } } });

  await look(blind());

  expect(story).toEqual(["save begins", "save ends", "offer"]);
  expect(engine.state()).toMatchObject({ fired: { warning: true }, blind: { sinceMs: 1_000 } });
});

it("a new config holds from the next input on", async () => {
  const policy = policyWith();
  let { thresholds } = policyWith({ thresholds: policy.thresholds.slice(1) });
  const { engine, look } = setUp({
    policy: {
      ...policy,
      get thresholds() {
        return thresholds;
      },
    },
  });
  await look(below);

  ({ thresholds } = policy);
  await look(below);

  expect(engine.state().fired).toEqual({ warning: true, critical: false, emergency: false });
});

describe("what was settled", () => {
  it("is saved as no longer owed, and not handed on again", async () => {
    const { engine, saved, story, look } = setUp();
    await look(below);

    await engine.take(settledNotice);
    await look(below);

    expect(saved.at(-1)?.owed.map(({ id }) => id)).toEqual(["call-agent:warning:1000"]);
    expect(story.at(-1)).toBe("offer call-agent:warning:1000");
  });

  it("changes nothing when nobody owes it", async () => {
    const { engine, log } = setUp();

    await engine.take(settledNotice);

    expect(engine.state()).toEqual(emptyState);
    expect(log).toEqual([]);
  });
});

describe("a store that fails", () => {
  it("is told of at once, and what is owed is done from memory", async () => {
    const { engine, story, log, look } = setUp({ save: full });

    await look(below);

    expect(story.at(-1)).toMatch(
      /^offer notify:warning:1000 call-agent:warning:1000 notify:trouble:trouble:/,
    );
    expect(engine.state().fired["warning"]).toBe(true);
    expect(log.slice(1)).toEqual([
      ["error", "state not saved", { what: "state", because: "ENOSPC: no space left on device" }],
      [
        "warn",
        "notification",
        {
          event: "trouble",
          because: `trouble: ${saving}: ENOSPC: no space left on device. ${inMemory}`,
        },
      ],
    ]);
  });

  it("is told of once an hour while it lasts, and once more when it is over", async () => {
    let isFull = true;
    const { clock, log, look, told } = setUp({
      save: () => (isFull ? full() : Promise.resolve()),
    });
    const minutes = async (from: number, to: number) => {
      for (let minute = from; minute < to; minute += 1) {
        await clock.advanceTo(minute * 60_000);
        await look({ ...above, atMs: clock.nowMs() });
      }
    };

    await minutes(0, 120);
    isFull = false;
    await minutes(120, 125);

    const trouble = `${saving}: ENOSPC: no space left on device. ${inMemory}`;
    expect(told()).toEqual([trouble, trouble, `${saving}: working again`]);
    expect(log.filter(([, message]) => message === "state not saved")).toHaveLength(1);
  });

  it("is told of anew when it fails again after it worked", async () => {
    let isFull = true;
    const { look, told } = setUp({ save: () => (isFull ? full() : Promise.resolve()) });

    for (isFull of [true, false, true]) await look(above);

    expect(told()).toEqual([
      expect.stringContaining("ENOSPC"),
      `${saving}: working again`,
      expect.stringContaining("ENOSPC"),
    ]);
  });

  it("does not trip twice", async () => {
    const { log, look } = setUp({ save: full });

    await look(below);
    await look(below);

    expect(log.filter(([, message]) => message === "threshold tripped")).toHaveLength(1);
  });

  it.each<[string, Input]>([
    ["a look that changes nothing", { kind: "look", look: below }],
    ["a blind look", { kind: "look", look: blind() }],
    ["an effect that is settled", settledNotice],
  ])("is tried again with the next input: %s", async (_sentence, input) => {
    let isFull = true;
    const { engine, saved, look } = setUp({ save: () => (isFull ? full() : Promise.resolve()) });
    await look(below);

    isFull = false;
    await engine.take(input);

    expect(saved.at(-1)).toEqual(engine.state());
  });

  it("owes no notice where nobody is to be told; the log is told all the same", async () => {
    const { engine, log, look } = setUp({ save: full, policy: policyWith({ tells: false }) });

    await look(above);

    expect(engine.state().owed).toEqual([]);
    expect(log.map(([, message]) => message)).toEqual(["state not saved", "notification"]);
  });
});

describe("what can be learned again", () => {
  it("is saved once a look and at the end, after what is owed was handed on", async () => {
    const saves: string[] = [];
    const { engine, story, look } = setUp({
      saveLearned: async () => void saves.push(story.at(-1) ?? ""),
    });

    await engine.take({ kind: "leases", atMs: 1_000, book: { leases: {}, touchedAtMs: {} } });
    await look(below);
    await engine.take(settledNotice);
    await engine.take({ kind: "daemon", atMs: 2_000, because: "daemon stopped" });

    expect(saves).toEqual([
      "offer notify:warning:1000 call-agent:warning:1000",
      "offer call-agent:warning:1000",
    ]);
  });

  const endOfP1: EndRun = {
    kind: "end-run",
    id: "end-run:idle:p1:0",
    guard: "idle",
    reason: "idle_30m",
    podId: "p1",
    podName: "trainer",
    action: "stop",
    because: "idle for 30 min",
    tries: 0,
    notBeforeMs: 0,
  };

  it("is saved before the end of a run is tried: a process started anew judges by it", async () => {
    const saves: string[] = [];
    const policy = guarding({ hardTimeout, warnMs: 0 });
    const { engine, story } = setUp({
      policy,
      state: live(unlived, [479, 479], policy).state,
      saveLearned: async () => void saves.push(story.at(-1) ?? ""),
    });
    const [, , measured] = inputsOf(481);

    await engine.take(measured ?? settledNotice);

    expect(saves).toEqual(["save ends"]);
    expect(story.at(-1)).toMatch(/^offer end-run:hard_timeout:p1:/);
  });

  it("is saved at once when a run has ended: a pod started anew is another run", async () => {
    const saved: GuardState[] = [];
    const before = { ...emptyState, runs: { p1: run() }, owed: [endOfP1] };
    const { engine } = setUp({ state: before, saveLearned: async (next) => void saved.push(next) });

    await engine.take(settled(endOfP1.id, { ...told, podIs: "stopped" }));

    expect(saved.map(({ runs }) => runs)).toEqual([{}]);
  });

  it("is not saved while the rest cannot be: it must not know of what is forgotten", async () => {
    let saves = 0;
    const { look } = setUp({ save: full, saveLearned: async () => void (saves += 1) });

    await look(below);
    await look(below);

    expect(saves).toBe(0);
  });

  it("that cannot be saved is told, though the rest can", async () => {
    const { look, told } = setUp({ saveLearned: full });

    await look(above);
    await look(above);

    expect(told()).toEqual([`${saving}: ENOSPC: no space left on device. ${inMemory}`]);
  });

  it("holds up what follows no longer than its limit", async () => {
    const { clock, engine, look } = setUp({ saveLearned: never, saveLimitMs: 7_000 });

    const taken = Promise.all([look(above), engine.take(settledNotice)]);
    await clock.advanceTo(8_000);

    await expect(taken).resolves.toHaveLength(2);
  });
});

describe("a save that never returns", () => {
  it("holds up nothing for longer than its limit", async () => {
    const { clock, story, look, told } = setUp({ save: never, saveLimitMs: 7_000 });

    const taken = look(below);
    await clock.advanceTo(6_999);
    const before = [...story];
    await clock.advanceTo(8_000);
    await taken;

    expect(before).toEqual(["log threshold tripped", "save begins"]);
    expect(story.at(-1)).toMatch(/^offer notify:warning:1000 call-agent:warning:1000 /);
    expect(told()).toEqual([`${saving}: not done after 7 s. ${inMemory}`]);
  });

  it("holds up what follows only shortly: a second an input", async () => {
    const { clock, engine, story, look } = setUp({ save: never });
    const taken = [look(below), ...Array.from({ length: 5 }, () => engine.take(settledNotice))];

    await clock.advanceTo(10_000 + 1_000 + 5 * 1_000);
    await Promise.all(taken);

    expect(story.filter((each) => each.startsWith("offer"))).toHaveLength(6);
  });

  it("is waited for in full again once the disk works", async () => {
    let wait = never;
    const { clock, engine, story, look, told } = setUp({ save: () => wait() });
    const first = look(above);
    await clock.advanceTo(20_000);
    await first;
    wait = () => Promise.resolve();
    await look(above);

    wait = () => clock.sleepUntil(clock.nowMs() + 9_000, new AbortController().signal);
    const slow = engine.take({ kind: "daemon", atMs: clock.nowMs(), because: "daemon stopped" });
    await clock.advanceTo(40_000);
    await slow;

    expect(told()).toEqual([
      `${saving}: not done after 10 s. ${inMemory}`,
      `${saving}: working again`,
    ]);
    expect(story.at(-2)).toBe("save ends");
  });

  it("that fails after its limit is nobody's unhandled rejection", async () => {
    const { clock, look } = setUp({
      save: async () => {
        await clock.sleepUntil(60_000, new AbortController().signal);
        await full();
      },
    });

    const taken = look(above);
    await clock.advanceTo(2 * hourMs);

    await expect(taken).resolves.toBeUndefined();
  });
});

it("who gives an input hears of a queue that throws, and the inputs behind go ahead", async () => {
  let fails = true;
  const { story, look } = setUp({
    offer() {
      if (fails) throw new Error("no queue");
    },
  });

  const first = look(below);
  await expect(first).rejects.toThrow("no queue");
  fails = false;
  await look(below);

  expect(story.at(-1)).toBe("offer notify:warning:1000 call-agent:warning:1000");
});

describe("the log says what happened, with the facts as fields", () => {
  it("of thresholds", async () => {
    const { log, look } = setUp();

    await look(seen({ balanceUsd: 1.5, pods: [] }));
    await look(seen({ balanceUsd: 5, pods: [] }));

    expect(log).toEqual([
      [
        "warn",
        "threshold tripped",
        {
          threshold: "warning",
          belowUsd: 10,
          balanceUsd: 1.5,
          because: "balance $1.50 is below $10.00",
        },
      ],
      [
        "warn",
        "threshold tripped",
        {
          threshold: "critical",
          belowUsd: 2,
          balanceUsd: 1.5,
          because: "balance $1.50 is below $2.00",
        },
      ],
      [
        "info",
        "threshold re-armed",
        { threshold: "critical", because: "balance $5.00 is back at or above $2.00" },
      ],
      [
        "info",
        "no longer needed",
        {
          effect: "notify",
          event: "trip",
          threshold: "critical",
          because: "the balance recovered",
        },
      ],
      [
        "info",
        "no longer needed",
        { effect: "call-agent", threshold: "critical", because: "the balance recovered" },
      ],
      [
        "warn",
        "notification",
        {
          event: "rearm",
          because:
            "critical: balance $5.00 is back at or above $2.00. It fell below 0 s ago, and this may not have been sent: balance $1.50 is below $2.00",
        },
      ],
    ]);
  });

  it("of runs, their ends and their agents", async () => {
    const byGuard = {
      guard: "idle",
      reason: "idle_30m",
      podId: "p1",
      podName: "trainer",
      because: "idle for 30 min",
      tries: 0,
      notBeforeMs: 0,
    } as const;
    const end: EndRun = { ...byGuard, kind: "end-run", id: "e", action: "stop" };
    const agent: CallPodAgent = { ...byGuard, kind: "call-pod-agent", id: "a" };
    const { engine, log, look } = setUp();
    const bad: Outcome = { kind: "failed", because: "the pod is locked", tail: "" };
    const names = { podId: "p1", podName: "trainer" };
    await look(seen({ atMs: 1_000 }));
    await look(seen({ atMs: 2_000 }));
    const owing = setUp({ state: { ...engine.state(), owed: [end, agent] } });

    await owing.engine.take(settled("a", { kind: "done", because: "exit 0", tail: "" }));
    await owing.engine.take(settled("e", bad));
    await owing.engine.take(
      settled("e", { kind: "done", because: "the pod is EXITED", tail: "", podIs: "stopped" }),
    );

    const started = { ...names, startedAtMs: 1_000, startFrom: "first-seen" };
    expect(log).toEqual([["info", "run started", started]]);
    const facts = { effect: "end-run", reason: "idle_30m", podId: "p1", action: "stop" };
    const because = "the pod is EXITED";
    expect(owing.log.filter(([, message]) => message !== "notification")).toEqual([
      [
        "info",
        "agent done",
        { effect: "call-pod-agent", reason: "idle_30m", podId: "p1", because: "exit 0" },
      ],
      ["error", "pod not ended", { ...facts, because: "the pod is locked", try: 1, again: true }],
      ["info", "pod ended", { ...facts, because }],
      [
        "info",
        "no longer needed",
        { effect: "notify", event: "idle", threshold: "idle", because: "the end is settled" },
      ],
      ["info", "run ended", { ...names, podIs: "stopped", reason: "idle_30m", because }],
    ]);
  });

  it("of a dry run no line that says that it was done", async () => {
    const policy = policyWith({ backstop: { action: "stop", afterMs: 0 } });
    const { engine, log, look } = setUp({ policy });
    await look(seen({ balanceUsd: 0.4 }));
    log.length = 0;

    await engine.take(
      settled("notify:critical:1000", { kind: "done", because: dryRunWords, tail: "" }),
    );

    expect(log).toEqual([]);
  });

  it("of effects", async () => {
    const policy = policyWith({ backstop: { action: "stop", afterMs: 0 } });
    const { engine, log, look } = setUp({ policy });
    const bad: Outcome = { kind: "failed", because: "exit 1 after 2.0 s", tail: "not logged in" };
    await look(seen({ balanceUsd: 0.4 }));
    log.length = 0;

    await engine.take(settledNotice);
    await engine.take(settled("call-agent:critical:1000", bad));
    await engine.take(settled("notify:critical:1000", { ...bad, tail: "" }));
    await engine.take(
      settled("end-pod:emergency:p1:1000", { ...bad, because: "locked", tail: "" }),
    );
    await engine.take(settled("end-pod:emergency:p1:1000", { ...told, tail: "" }));
    await engine.take(
      settled("call-agent:warning:1000", {
        kind: "moot",
        because: "no agent is configured",
        tail: "",
      }),
    );

    expect(log).toEqual([
      [
        "info",
        "notify command done",
        {
          effect: "notify",
          event: "trip",
          threshold: "warning",
          because: "exit 0 after 0.1 s",
          tail: "told",
        },
      ],
      [
        "error",
        "agent failed",
        {
          effect: "call-agent",
          threshold: "critical",
          because: "exit 1 after 2.0 s",
          tail: "not logged in",
          try: 1,
          again: true,
        },
      ],
      [
        "warn",
        "notification",
        { event: "agent", because: "critical: agent failed (try 1 of 3): exit 1 after 2.0 s" },
      ],
      [
        "error",
        "notify command failed",
        {
          effect: "notify",
          event: "trip",
          threshold: "critical",
          because: "exit 1 after 2.0 s",
          try: 1,
          again: true,
          againInMs: 60_000,
        },
      ],
      [
        "error",
        "pod not ended",
        {
          effect: "end-pod",
          threshold: "emergency",
          podId: "p1",
          action: "stop",
          because: "locked",
          try: 1,
          again: true,
        },
      ],
      [
        "warn",
        "notification",
        {
          event: "backstop",
          because: "emergency: could not stop pod p1, trying again: locked",
        },
      ],
      [
        "info",
        "pod ended",
        {
          effect: "end-pod",
          threshold: "emergency",
          podId: "p1",
          action: "stop",
          because: "exit 0 after 0.1 s",
        },
      ],
      [
        "info",
        "no longer needed",
        {
          effect: "notify",
          event: "backstop",
          threshold: "emergency",
          because: "the end is settled",
        },
      ],
      [
        "warn",
        "notification",
        {
          event: "backstop",
          because: "emergency: pod p1, after 2 tries to stop it: exit 0 after 0.1 s",
        },
      ],
      [
        "info",
        "no longer needed",
        { effect: "call-agent", threshold: "warning", because: "no agent is configured" },
      ],
    ]);
  });
});
