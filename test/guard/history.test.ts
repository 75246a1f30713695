import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { recorded, withRecords } from "#guard/history.ts";
import type { Launch } from "#guard/model/launch.ts";
import type { HistoryRecord, LeaseBook } from "#guard/model/run.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import {
  at,
  blind,
  book,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  minuteMs,
  pod,
  podEffectsOf,
  policyWith,
  seen,
  settleAt,
  unlived,
} from "./samples.ts";

const policy = policyWith({ backstop: { action: "stop", afterMs: minuteMs } });
const look = (minute: number, balanceUsd: number): Input => ({
  kind: "look",
  look: seen({ atMs: at(minute), balanceUsd, pods: [] }),
});
const records = (inputs: readonly Input[], from: GuardState = emptyState) =>
  inputs.reduce((state, input) => decide(state, input, policy).state, from).unrecorded;
const brief = ({ type, reason, because }: HistoryRecord) => [type, reason, because];

describe("the history is owed", () => {
  it("each trip and each re-arm", () => {
    const found = records([look(0, 9), look(1, 20)]);

    expect(found).toEqual([
      {
        id: `${at(0)}.0`,
        atMs: at(0),
        type: "trip",
        reason: "warning",
        because: "balance $9.00 is below $10.00",
        balanceUsd: 9,
        belowUsd: 10,
      },
      {
        id: `${at(1)}.1`,
        atMs: at(1),
        type: "rearm",
        reason: "warning",
        because: "balance $20.00 is back at or above $10.00",
        balanceUsd: 20,
      },
    ]);
  });

  it.each([
    ["notify:warning", "notify", "done", "done (exit 0): balance $9.00 is below $10.00"],
    ["call-agent:warning", "agent", "done", "done (exit 0): balance $9.00 is below $10.00"],
  ] as const)("the outcome of %s", (id, type, kind, because) => {
    const tripped = decide(emptyState, look(0, 9), policy).state;

    const found = records(
      [
        {
          kind: "settled",
          id: `${id}:${at(0)}`,
          atMs: at(1),
          outcome: { kind, because: "exit 0", tail: "x" },
        },
      ],
      tripped,
    );

    expect(found.slice(1)).toEqual([
      {
        id: `${at(1)}.1`,
        atMs: at(1),
        type,
        reason: "warning",
        because,
        balanceUsd: 9,
        belowUsd: 10,
      },
    ]);
  });

  it("of a channel's notification the channel, and of each what was to be typed", () => {
    const notice = {
      kind: "notify",
      id: "n",
      event: "warn",
      name: "idle",
      because: "pod a will be stopped",
      remedy: { words: "To keep it", command: "runpodboss touch a" },
      tries: 0,
      notBeforeMs: 0,
    } as const;
    const owed = [notice, { ...notice, id: "n@phone", channel: "phone" }];
    const outcome = { kind: "done", because: "200 OK", tail: "" } as const;

    const found = records(
      owed.map(({ id }) => ({ kind: "settled", id, atMs: at(1), outcome })),
      { ...emptyState, owed },
    );

    expect(found.map(({ channel, because }) => [channel, because])).toEqual([
      [undefined, "done (200 OK): pod a will be stopped. To keep it: runpodboss touch a"],
      [
        "phone",
        "done by channel phone (200 OK): pod a will be stopped. To keep it: runpodboss touch a",
      ],
    ]);
  });

  it("an outcome once no more tries come, and none that nobody needed", () => {
    const settled = (n: number, kind: "failed" | "moot", id: string): Input => ({
      kind: "settled",
      id: `${id}:${at(0)}`,
      atMs: at(n),
      outcome: { kind, because: "exit 1", tail: "" },
    });

    const found = records([
      look(0, 9),
      settled(1, "failed", "call-agent:warning"),
      settled(2, "failed", "call-agent:warning"),
      settled(3, "failed", "call-agent:warning"),
      settled(4, "moot", "notify:warning"),
    ]);

    expect(found.slice(1).map(brief)).toEqual([
      ["agent", "warning", "failed (exit 1): balance $9.00 is below $10.00"],
    ]);
  });

  it("blindness and sight", () => {
    const found = records([
      look(0, 20),
      { kind: "look", look: blind(at(1)) },
      { kind: "look", look: blind(at(10)) },
      look(11, 20),
    ]);

    expect(found.map(({ type, reason, balanceUsd }) => [type, reason, balanceUsd])).toEqual([
      ["blind", "blind", 20],
      ["sighted", "sighted", 20],
    ]);
  });

  it("blindness from the beginning, without a balance", () => {
    const found = records([
      { kind: "look", look: blind(at(0)) },
      { kind: "look", look: blind(at(10)) },
    ]);

    expect(found).toMatchObject([{ type: "blind", balanceUsd: undefined }]);
  });

  it("what a backstop does", () => {
    const low = (minute: number): Input => ({
      kind: "look",
      look: seen({ atMs: at(minute), balanceUsd: 0.4 }),
    });

    const found = records([low(0), low(1)]).filter(({ type }) => type === "backstop");

    expect(found).toMatchObject([{ reason: "emergency", balanceUsd: 0.4 }]);
  });

  it("the warning of the pods that were warned of, and of no other", () => {
    const leases = book({ p2: { endsAtMs: at(300), givenAtMs: at(1) } });
    const { state } = live(
      unlived,
      [0, 50],
      guarding({ lease: { ...leaseGuard, defaultMs: hourMs } }),
      {
        look: { pods: [pod(), pod({ id: "p2" })] },
        book: leases,
      },
    );

    const warned = state.unrecorded.filter(({ type }) => type === "warn");

    expect(warned.map(({ run }) => run?.podId)).toEqual(["p1"]);
  });

  it("the beginning and the end of the watch", () => {
    expect(records([{ kind: "daemon", atMs: at(0), because: "watch begins" }])).toEqual([
      { id: `${at(0)}.0`, atMs: at(0), type: "daemon", reason: null, because: "watch begins" },
    ]);
  });

  describe("the start of a run, with who started it", () => {
    const launch: Launch = {
      id: "abcdefg2",
      name: "qlora-rbabcdefg2",
      atMs: at(0),
      endsAtMs: at(120),
      by: { kind: "agent", agent: "claude-code", session: "4f2a", host: "box" },
    };
    const launched = { ...book(), launches: { [launch.id]: launch } };
    const words = "started by an agent (claude-code, session 4f2a) on box";
    const elsewhere = "started with runpodboss on another machine";

    it.each<[string, string, LeaseBook | "unknown", number, string, HistoryRecord["startedBy"]]>([
      ["as an agent did", launch.name, launched, 1, words, launch.by],
      [
        "as an agent did, found running",
        launch.name,
        launched,
        9,
        `found running, ${words}`,
        launch.by,
      ],
      [
        "as another machine did",
        launch.name,
        book(),
        1,
        elsewhere,
        { kind: "runpodboss-elsewhere" },
      ],
      ["as someone else did", "trainer", launched, 1, "started", { kind: "elsewhere" }],
      [
        "as someone else did, found running",
        "trainer",
        launched,
        9,
        "found running",
        { kind: "elsewhere" },
      ],
      ["as nobody knows", launch.name, "unknown", 1, "started", undefined],
    ])("%s", (_sentence, name, leases, minute, because, startedBy) => {
      const seenBefore = live(unlived, [0, 0], guarding({}), { look: { pods: [] } });
      const from = minute === 1 ? seenBefore : unlived;
      const told = { bootedAtMs: minute === 1 ? at(1) : undefined, lastStartedAtMs: undefined };

      const { state } = live(from, [minute, minute + 1], guarding({}), {
        look: { pods: [pod({ name })] },
        sample: told,
        book: leases,
      });

      expect(state.unrecorded).toMatchObject([{ type: "start", because }]);
      expect(state.unrecorded[0]?.startedBy).toEqual(startedBy);
    });
  });

  it("nothing of what is only told: troubles, recoveries, locked pods", () => {
    const locked = live(
      unlived,
      [0, 60],
      guarding({ lease: { ...leaseGuard, defaultMs: hourMs } }),
      {
        look: { pods: [pod({ isLocked: true })] },
      },
    );

    const found = records([
      { kind: "trouble", what: "log file", atMs: at(0), because: "disk full" },
      { kind: "recovered", what: "log file", atMs: at(1) },
    ]);

    expect(found).toEqual([]);
    expect(locked.state.unrecorded.map(({ type }) => type)).toEqual(["start", "warn"]);
  });
});

describe("what is owed to the history", () => {
  const draft = { type: "daemon", reason: null, because: "x" } as const;

  it("is owed no longer once the history has it", () => {
    const state = recorded(emptyState, [draft, draft, draft], at(0));
    const [first, , third] = state.unrecorded;

    const ids = [first?.id ?? "", third?.id ?? "", "unheard of"];
    const after = decide(state, { kind: "recorded", ids }, policy).state;

    expect(after.unrecorded.map(({ id }) => id)).toEqual([`${at(0)}.1`]);
    expect(after.recordCount).toBe(3);
  });

  it("has ids that never come again, whatever was written meanwhile", () => {
    const first = recorded(emptyState, [draft], at(0));
    const ids = first.unrecorded.map(({ id }) => id);
    const written = decide(first, { kind: "recorded", ids }, policy).state;

    const again = recorded(written, [draft, draft], at(0)).unrecorded.map(({ id }) => id);

    expect(new Set([...ids, ...again]).size).toBe(3);
  });

  it("is bounded: beyond 10,000 the oldest go", () => {
    const full = recorded(
      emptyState,
      Array.from({ length: 10_000 }, () => draft),
      at(0),
    );

    const { unrecorded } = recorded(full, [draft], at(1));

    expect(unrecorded).toHaveLength(10_000);
    expect(unrecorded[0]?.id).toBe(`${at(0)}.1`);
    expect(unrecorded.at(-1)?.id).toBe(`${at(1)}.10000`);
  });

  it("is nothing where nothing happened", () => {
    expect(recorded(emptyState, [], at(0))).toBe(emptyState);
  });
});

describe("until when an ended run would have run", () => {
  const idle = { idle: idleGuard };
  const given = book({ p1: { endsAtMs: at(300), givenAtMs: at(1) } });

  it.each([
    ["its lease, as the sooner", { ...idle, hardTimeout, lease: leaseGuard }, book(), at(240)],
    ["its lease as given", { ...idle, hardTimeout, lease: leaseGuard }, given, at(300)],
    [
      "its hard timeout, as the sooner",
      { ...idle, hardTimeout: { ...hardTimeout, afterMs: hourMs }, lease: leaseGuard },
      book(),
      at(60),
    ],
    ["its hard timeout alone", { ...idle, hardTimeout }, book(), at(480)],
    ["nobody knows, without either", idle, book(), undefined],
    [
      "nobody knows, without a lease",
      { ...idle, lease: { ...leaseGuard, defaultMs: undefined } },
      book(),
      undefined,
    ],
    [
      "nobody knows, where those only tell",
      {
        ...idle,
        hardTimeout: { ...hardTimeout, action: "notify" },
        lease: { ...leaseGuard, action: "agent" },
      },
      book(),
      undefined,
    ],
    [
      "nobody knows, where those are for others",
      {
        ...idle,
        hardTimeout: { ...hardTimeout, pods: ["x"] },
        lease: { ...leaseGuard, pods: ["x"] },
      },
      book(),
      undefined,
    ],
  ] as const)("is: %s", (_sentence, guards, leases, capAtMs) => {
    const guarded = guarding(guards);
    const due = live(unlived, [0, 30], guarded, { book: leases });
    const [end] = podEffectsOf(due.state.owed);

    const { state } = settleAt(due, 31, end?.id ?? "", { podIs: "stopped" }, guarded);

    expect(state.unrecorded.at(-1)).toMatchObject({ reason: "idle_30m" });
    expect(state.unrecorded.at(-1)?.run?.capAtMs).toBe(capAtMs);
  });
});

describe("until when a run would have run that someone else has ended", () => {
  const guards = { hardTimeout, lease: leaseGuard };
  const launch: Launch = {
    id: "abcdefg2",
    name: "trainer-rbabcdefg2",
    podId: "p1",
    atMs: at(0),
    endsAtMs: at(60),
    by: { kind: "person", host: "box" },
  };

  it.each([
    ["its lease, whoever started it", guards, book(), at(240)],
    ["nobody knows, where no guard ends it", { ...guards, foreign: "ignore" }, book(), undefined],
    ["nobody knows, where guards only tell", { ...guards, foreign: "notify" }, book(), undefined],
    [
      "its own lease, as it was started here",
      { ...guards, foreign: "ignore" },
      { ...book(), launches: { [launch.id]: launch } },
      at(60),
    ],
    ["nobody knows, without the book", { ...guards, foreign: "ignore" }, "unknown", undefined],
  ] as const)("is: %s", (_sentence, its, leases, capAtMs) => {
    const guarded = guarding(its);
    const ran = live(unlived, [0, 30], guarded, { book: leases });

    const gone = { look: { pods: [pod({ status: "stopped" })] }, book: leases };
    const { state } = live(ran, [31, 32], guarded, gone);

    const [ended] = state.unrecorded.filter(({ run }) => run?.podId === "p1").slice(-1);
    expect([ended?.type, ended?.run?.capAtMs]).toEqual(["stop", capAtMs]);
  });
});

it("a pod that stays stopped is named where its list is known, and recorded by its id alone else", () => {
  const said = {
    kind: "said",
    event: "stopped",
    name: "stopped",
    reason: "stopped_24h",
    because: "stopped for 24 h",
    podIds: ["p1"],
  } as const;
  const runOf = (state: GuardState) =>
    withRecords({ state, events: [said] }, policy, at(1)).state.unrecorded[0]?.run;
  const list = seen({ pods: [pod({ id: "p1", name: "trainer", status: "stopped" })] });

  expect(runOf({ ...emptyState, lastSeen: list })).toEqual({ podId: "p1", podName: "trainer" });
  expect(runOf({ ...emptyState, lastSeen: seen({ pods: "unknown" }) })).toEqual({
    podId: "p1",
    podName: "",
  });
  expect(runOf(emptyState)).toEqual({ podId: "p1", podName: "" });
});
