import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Pod } from "#guard/model/account.ts";
import type { PodGuards, Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import { endsToCome, isEnding } from "#guard/pods/rules/deadlines.ts";
import {
  at,
  book,
  endsOf,
  guarding,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  live,
  type Lived,
  type Minute,
  minuteMs,
  mootOf,
  owedBy,
  pod,
  podEffectsOf,
  policyWith,
  saidOf,
  settleAt,
  step,
  unlived,
  warnsOf,
} from "../samples.ts";

const busy = { sample: { cpuPercent: 50 } } as const;
const oneHour = { ...leaseGuard, defaultMs: hourMs };
const leased = guarding({ lease: oneHour });

const wordsFrom = (lived: Lived, from: number) => saidOf(lived).filter(([n]) => n >= from);
const endingIds = (state: GuardState) => podEffectsOf(state.owed).map(({ podId }) => podId);

describe("of several guards", () => {
  const hours = (n: number) => n * hourMs;

  it.each<[sentence: string, guards: Partial<PodGuards>, ends: (readonly [number, string])[]]>([
    [
      "the hard timeout goes first",
      {
        hardTimeout: { ...hardTimeout, afterMs: hours(1) },
        lease: oneHour,
        idle: { ...idleGuard, afterMs: hours(1) },
      },
      [[60, "hard_timeout"]],
    ],
    [
      "then the lease",
      { lease: oneHour, idle: { ...idleGuard, afterMs: hours(1) } },
      [[60, "lease"]],
    ],
    ["then idle", { idle: { ...idleGuard, afterMs: hours(1) } }, [[60, "idle"]]],
    [
      "the one that comes sooner ends the run",
      { hardTimeout, lease: oneHour, idle: idleGuard },
      [[30, "idle"]],
    ],
    [
      "one that only tells ends nothing and hides none",
      { hardTimeout: { ...hardTimeout, afterMs: hours(1), action: "notify" }, lease: oneHour },
      [[60, "lease"]],
    ],
  ])("%s: one reason an end", (_sentence, guards, ends) => {
    const lived = live(unlived, [0, Math.max(...ends.map(([n]) => n)) + 14], guarding(guards));

    expect(owedBy(lived)).toEqual(ends);
    expect(warnsOf(lived)).toEqual(ends.map(([n, guard]) => [n - 15, guard]));
  });

  it("the ends to come are those that none before them comes as soon as", () => {
    const far = {
      action: "stop",
      reason: "",
      words: "",
      isPast: false,
      isFar: false,
      isKnown: true,
    } as const;
    const first = { ...far, guard: "hard_timeout", atMs: 20 } as const;
    const same = { ...far, guard: "lease", atMs: 20 } as const;
    const sooner = { ...far, guard: "idle", atMs: 10 } as const;

    expect(endsToCome([first, same, sooner], 0)).toEqual([first, sooner]);
    expect(endsToCome([{ ...first, action: "notify" }, same], 0)).toEqual([same]);
    // Once all are past, the first of them is the one.
    expect(endsToCome([first, same, sooner], 20)).toEqual([first]);
  });

  it("a pod found past several is warned of the first alone, and ended by it", () => {
    const both = guarding({ hardTimeout, lease: oneHour });

    const lived = live(unlived, [600, 615], both, busy);

    expect(warnsOf(lived)).toEqual([[600, "hard_timeout"]]);
    expect(owedBy(lived)).toEqual([[615, "hard_timeout"]]);
  });

  it.each([
    ["stop", true],
    ["terminate", true],
    ["notify", false],
    ["agent", false],
  ] as const)("%s ends a pod: %s", (action, is) => {
    expect(isEnding({ action })).toBe(is);
  });
});

describe("a warning", () => {
  it("comes once, so long before the end, with the time left and the command to keep the pod", () => {
    const lived = live(unlived, [0, 100], leased, busy);

    expect(saidOf(lived)).toEqual([
      [
        45,
        "lease: pod trainer (p1) will be stopped in 15 min: the end of its lease. To keep it: runpodboss extend p1 1",
      ],
    ]);
    expect(owedBy(lived)).toEqual([[60, "lease"]]);
    expect(lived.state.unrecorded.filter(({ type }) => type === "warn")).toEqual([
      expect.objectContaining({
        atMs: at(45),
        reason: "lease_expired",
        run: expect.objectContaining({ podId: "p1", uptimeMs: 45 * minuteMs }),
      }),
    ]);
  });

  it.each<[guard: string, guards: Partial<PodGuards>, minute: number, words: string]>([
    [
      "hard timeout",
      { hardTimeout: { ...hardTimeout, action: "terminate" } },
      465,
      "hard_timeout: pod trainer (p1) will be terminated in 15 min: hard timeout after 8 h. To keep it: add it to protect in the config",
    ],
    [
      "idle",
      { idle: idleGuard },
      15,
      "idle: pod trainer (p1) has been idle for 15 min and will be stopped in 15 min. To keep it: runpodboss touch p1",
    ],
    [
      "idle, with less time than warnings have",
      { idle: { ...idleGuard, afterMs: 8 * minuteMs } },
      2,
      "idle: pod trainer (p1) has been idle for 2 min and will be stopped in 15 min. To keep it: runpodboss touch p1",
    ],
  ])("of the %s guard says what keeps the pod", (_guard, guards, minute, words) => {
    const lived = live(unlived, [0, minute], guarding(guards));

    expect(wordsFrom(lived, 1)).toEqual([[minute, words]]);
  });

  it("is one for all pods of one guard, and names the least time left", () => {
    const pods = [pod(), pod({ id: "p2", name: "sdxl" })];
    const leases = book({ p2: { endsAtMs: at(52), givenAtMs: at(1) } });

    const lived = live(unlived, [0, 45], leased, { ...busy, look: { pods }, book: leases });
    const together = live(unlived, [100, 100], leased, { ...busy, look: { pods } });

    expect(warnsOf(lived)).toEqual([
      [37, "lease"],
      [45, "lease"],
    ]);
    expect(saidOf(together)).toEqual([
      [
        100,
        "lease: pods trainer (p1), sdxl (p2) will be stopped, the first in 15 min: the end of its lease. To keep one: runpodboss extend POD 1",
      ],
    ]);
  });

  it.each(["p1; rm -rf ~", "~; rm -rf p1", "$(reboot)p1", ""])("has no %j to paste", (id) => {
    const odd = pod({ id });

    const lived = live(unlived, [0, 45], leased, { ...busy, look: { pods: [odd] } });

    expect(wordsFrom(lived, 45)[0]?.[1]).toMatch(/extend POD 1$/);
  });

  it("of several idle pods has the idle time of the first", () => {
    const pods = [pod(), pod({ id: "p2", name: "sdxl" })];

    const lived = live(unlived, [0, 15], guarding({ idle: idleGuard }), { look: { pods } });

    expect(saidOf(lived)).toEqual([
      [
        15,
        "idle: pods trainer (p1), sdxl (p2) will be stopped, the first in 15 min: idle for 15 min. To keep one: runpodboss touch POD",
      ],
    ]);
  });

  it("comes first for a pod found past its end, which then has all of the time (yesterday's run)", () => {
    const lived = live(unlived, [1_440, 1_500], leased, busy);

    expect(warnsOf(lived)).toEqual([[1_440, "lease"]]);
    expect(owedBy(lived)).toEqual([[1_455, "lease"]]);
  });

  it("of the guard that goes first is the one that comes of several ends long past", () => {
    const both = guarding({ hardTimeout: { ...hardTimeout, afterMs: hourMs }, lease: oneHour });

    const lived = live(unlived, [1_440, 1_500], both, busy);

    expect(warnsOf(lived)).toEqual([[1_440, "hard_timeout"]]);
    expect(owedBy(lived)).toEqual([[1_455, "hard_timeout"]]);
  });

  it("comes first when a guard is switched on over a run past its end", () => {
    const before = live(unlived, [0, 599], guarding({}), busy);

    const lived = live(before, [600, 700], guarding({ hardTimeout }), busy);

    expect(warnsOf(lived)).toEqual([[600, "hard_timeout"]]);
    expect(owedBy(lived)).toEqual([[615, "hard_timeout"]]);
  });

  it("is left out where warn_minutes is 0", () => {
    const lived = live(unlived, [1_440, 1_440], guarding({ lease: oneHour, warnMs: 0 }), busy);

    expect(warnsOf(lived)).toEqual([]);
    expect(owedBy(lived)).toEqual([[1_440, "lease"]]);
  });

  it("comes anew for an end that was put off", () => {
    const extended = { ...busy, book: book({ p1: { endsAtMs: at(120), givenAtMs: at(50) } }) };

    const lived = live(unlived, [0, 130], leased, (n) => (n < 50 ? busy : extended));

    expect(warnsOf(lived)).toEqual([
      [45, "lease"],
      [105, "lease"],
    ]);
    expect(owedBy(lived)).toEqual([[120, "lease"]]);
  });

  it("comes anew once the pod was at work in between", () => {
    const lived = live(unlived, [0, 60], guarding({ idle: idleGuard }), (n) =>
      n === 20 ? busy : {},
    );

    expect(warnsOf(lived)).toEqual([
      [15, "idle"],
      [36, "idle"],
    ]);
    expect(owedBy(lived)).toEqual([[51, "idle"]]);
  });

  it("stands while the load is unknown for a while, another guard beside it or not", () => {
    for (const guards of [{}, { hardTimeout }]) {
      const lived = live(unlived, [0, 60], guarding({ idle: idleGuard, ...guards }), (n) =>
        n === 20 ? { sample: { cpuPercent: undefined } } : {},
      );

      expect(warnsOf(lived)).toEqual([[15, "idle"]]);
      expect(owedBy(lived)).toEqual([[32, "idle"]]);
    }
  });

  it("comes anew when the clock has gone back behind it", () => {
    const warned = live(unlived, [0, 45], leased, busy);
    const { state } = live(warned, [46, 46], leased, busy);
    const ahead = {
      ...state,
      runs: { p1: { ...warned.state.runs["p1"], warnedAtMs: { lease: at(90) } } },
    };

    const lived = live({ ...unlived, state: ahead as GuardState }, [50, 80], leased, busy);

    expect(warnsOf(lived)).toEqual([[50, "lease"]]);
    expect(owedBy(lived)).toEqual([[65, "lease"]]);
  });

  it("is owed to people as a notice, and to none where nobody is to be told", () => {
    const notices = (tells: boolean) =>
      live(unlived, [0, 45], { ...leased, tells }, busy).state.owed;

    expect(notices(true)).toEqual([
      expect.objectContaining({ kind: "notify", event: "warn", name: "lease" }),
    ]);
    expect(notices(false)).toEqual([]);
  });
});

describe("a warning is void, and comes anew before the end,", () => {
  const beforeEnd = () => live(unlived, [0, 50], leased, busy);

  it.each<[sentence: string, meanwhile: Policy]>([
    ["once the pod was protected for a while", { ...leased, protect: ["p1"] }],
    ["once no guard was on for a while", policyWith()],
  ])("%s", (_sentence, meanwhile) => {
    const unguarded = live(beforeEnd(), [51, 70], meanwhile, busy);

    const again = live(unguarded, [71, 90], leased, busy);

    expect(warnsOf(again).map(([minute]) => minute)).toEqual([45, 71]);
    expect(owedBy(again)).toEqual([[86, "lease"]]);
  });

  it("but not where an older version gave it, which noted no end with it", () => {
    const before = beforeEnd();
    const runs = Object.entries(before.state.runs).map(([id, run]): [string, PodRun] => [
      id,
      { ...run, warnedOfMs: undefined },
    ]);
    const state = { ...before.state, runs: Object.fromEntries(runs) };

    const later = live({ ...before, state }, [51, 70], leased, busy);

    expect(warnsOf(later).map(([minute]) => minute)).toEqual([45]);
    expect(owedBy(later)).toEqual([[60, "lease"]]);
  });

  it("where the lease was extended while the daemon was off, and is over too when it starts", () => {
    const more = book({ p1: { endsAtMs: at(100), givenAtMs: at(55) } });

    const later = live(beforeEnd(), [110, 130], leased, { ...busy, book: more });

    expect(warnsOf(later).map(([minute]) => minute)).toEqual([45, 110]);
    expect(owedBy(later)).toEqual([[125, "lease"]]);
  });
});

it("what a pod was idle before it was protected counts for nothing afterwards", () => {
  const guards = guarding({ idle: idleGuard });
  const idle = live(unlived, [0, 10], guards);

  const protectedThen = live(idle, [11, 20], { ...guards, protect: ["p1"] });
  const unseen = live(idle, [11, 11], guards, { look: { pods: "unknown" } });

  expect(protectedThen.state.runs["p1"]?.idleMs).toBe(0);
  expect(unseen.state.runs["p1"]?.idleMs).toBe(idle.state.runs["p1"]?.idleMs);
});

describe("a guard whose action is", () => {
  it.each(["stop", "terminate"] as const)("%s ends the pod so", (action) => {
    const { state } = live(unlived, [0, 60], guarding({ lease: { ...oneHour, action } }), busy);

    expect(podEffectsOf(state.owed)).toEqual([
      {
        kind: "end-run",
        id: `end-run:lease:p1:${at(60)}`,
        guard: "lease",
        reason: "lease_expired",
        podId: "p1",
        podName: "trainer",
        action,
        because: "the end of its lease",
        tries: 0,
        notBeforeMs: at(60),
        burnBefore: { costPerHrUsd: 1.49, burnPerHrUsd: 1.49, unexplainedPerHrUsd: 0 },
      },
    ]);
  });

  it("notify tells at once, then hourly, and warns of nothing", () => {
    const policy = guarding({ idle: { ...idleGuard, action: "notify" } });

    const lived = live(unlived, [0, 150], policy);

    expect(saidOf(lived)).toEqual([
      [
        30,
        "idle: pod trainer (p1) has been idle for 30 min, burning $1.49/h. To stop it: runpodboss stop p1",
      ],
      [
        90,
        "idle: pod trainer (p1) has been idle for 1 h 29 min, burning $1.49/h. To stop it: runpodboss stop p1",
      ],
      [
        150,
        "idle: pod trainer (p1) has been idle for 2 h 29 min, burning $1.49/h. To stop it: runpodboss stop p1",
      ],
    ]);
    expect(lived.owed).toEqual([]);
  });

  it("notify tells at once again after the pod was at work, and adds up what burns", () => {
    const policy = guarding({ idle: { ...idleGuard, action: "notify" } });
    const pods = [pod(), pod({ id: "p2", name: "x", costPerHrUsd: 0.51 })];

    const lived = live(unlived, [0, 80], policy, (n) => ({
      look: { pods },
      ...(n === 40 ? busy : {}),
    }));

    expect(saidOf(lived).map(([n]) => n)).toEqual([30, 71]);
    expect(saidOf(lived)[0]?.[1]).toBe(
      "idle: pods trainer (p1), x (p2): idle for 30 min, burning $2.00/h. To stop one: runpodboss stop POD",
    );
  });

  it("notify tells once of a lease that ends just when someone touches the idle pod", () => {
    const idle = { ...idleGuard, action: "notify" } as const;
    const policy = guarding({ idle, lease: { ...oneHour, action: "notify" } });

    const lived = live(unlived, [0, 70], policy, (n) =>
      n < 60 ? {} : { book: book({}, { p1: at(60) }) },
    );

    expect(saidOf(lived).map(([n, words]) => [n, words.slice(0, 5)])).toEqual([
      [30, "idle:"],
      [60, "lease"],
    ]);
  });

  it("notify says that a burn is unknown", () => {
    const policy = guarding({ lease: { ...oneHour, action: "notify" } });
    const pods = [pod(), pod({ id: "p2", costPerHrUsd: undefined })];

    const lived = live(unlived, [60, 60], policy, { ...busy, look: { pods } });

    expect(saidOf(lived)[0]?.[1]).toContain("the end of its lease, burn unknown. To stop");
  });

  it("agent calls it once an episode, without a warning", () => {
    const policy = guarding({ idle: { ...idleGuard, action: "agent" } });

    const once = live(unlived, [0, 30], policy);
    const [call] = podEffectsOf(once.state.owed);
    const answered = settleAt(once, 31, call?.id ?? "", {}, policy);
    const lived = live(answered, [31, 200], policy, (n) => (n === 100 ? busy : {}));

    expect(call).toEqual({
      kind: "call-pod-agent",
      id: `call-pod-agent:idle:p1:${at(30)}`,
      guard: "idle",
      reason: "idle_30m",
      podId: "p1",
      podName: "trainer",
      because: "idle for 30 min",
      tries: 0,
      notBeforeMs: at(30),
    });
    expect(owedBy(lived)).toEqual([
      [30, "idle"],
      [131, "idle"],
    ]);
    expect(warnsOf(lived)).toEqual([]);
  });

  it.each([
    ["at work again", busy, "the pod got more time or is active again"],
    ["stopped", { look: { pods: [pod({ status: "stopped" })] } }, "the pod is no longer running"],
    ["gone", { look: { pods: [] } }, "the pod is no longer running"],
  ] as const)("agent spares it the call when the pod is %s", (_sentence, minute, because) => {
    const policy = guarding({ idle: { ...idleGuard, action: "agent" } });

    const lived = live(live(unlived, [0, 30], policy), [31, 31], policy, minute);

    expect(mootOf(lived)).toEqual([[31, because]]);
  });
});

describe("a guard for some pods", () => {
  it.each([
    ["of the name", ["train*"], true],
    ["of the id", ["P1"], true],
    ["of any of several", ["x", "p?"], true],
    ["of none of these", ["sdxl*"], false],
    ["of no pod", [], false],
  ])("is for those %s: %j, %s", (_sentence, pods, is) => {
    for (const guards of [
      { hardTimeout: { ...hardTimeout, pods } },
      { lease: { ...leaseGuard, pods } },
      { idle: { ...idleGuard, pods } },
    ]) {
      const lived = live(unlived, [0, 30], guarding({ ...guards, warnMs: 1000 * minuteMs }));

      expect(warnsOf(lived).length).toBe(is ? 1 : 0);
    }
  });
});

describe("no guard of pods touches", () => {
  const all = guarding({
    hardTimeout: { ...hardTimeout, afterMs: hourMs },
    lease: { ...oneHour, action: "agent" },
    idle: { ...idleGuard, action: "notify" },
  });

  it.each<[sentence: string, minute: Minute, protect: readonly string[]]>([
    ["a pod protected by id", {}, ["p1"]],
    ["a pod protected by name", {}, ["TRAIN*"]],
    ["a pod that does not run", { look: { pods: [pod({ status: "stopped" })] } }, []],
    ["pods that are unknown", { look: { pods: "unknown" } }, []],
    ["an account that is not seen", { look: "blind" }, []],
  ])("%s", (_sentence, minute, protect) => {
    const lived = live(unlived, [0, 200], { ...all, protect }, minute);

    expect(lived.owed).toEqual([]);
    expect(warnsOf(lived)).toEqual([]);
  });

  it("anything by a look that is too old", () => {
    const before = live(unlived, [0, 50], leased, busy);

    const measured = { kind: "measured", atMs: at(70), samples: [] } as const;
    const late = step(before, 70, { kind: "measured", measured, activity: {} }, leased);

    expect(owedBy(late)).toEqual([]);
  });

  it.each([
    ["a stride old still counts", 13, true],
    ["older than that says nothing of now", 12, false],
  ])("an idle pod unless its load is known: one that is %s", (_sentence, lastMinute, isEnded) => {
    const quick = guarding({ idle: { ...idleGuard, afterMs: 4 * minuteMs } });
    const none = { sample: "none" } as const;

    const lived = live(unlived, [0, 16], quick, (n) => (n <= lastMinute ? {} : none));

    expect(warnsOf(lived)).toEqual([[1, "idle"]]);
    expect(owedBy(lived)).toEqual(isEnded ? [[16, "idle"]] : []);
  });

  it("a pod whose end was proven since the last poll", () => {
    const pods = [pod(), pod({ id: "p2" })];
    const due = live(unlived, [0, 60], leased, { ...busy, look: { pods } });
    const [first] = podEffectsOf(due.state.owed);
    const proven = settleAt(due, 60, first?.id ?? "none is owed", { podIs: "stopped" }, leased);

    const measured = { kind: "measured", atMs: at(60), samples: [] } as const;
    const lived = step(proven, 60, { kind: "measured", measured, activity: {} }, leased);

    expect(endingIds(lived.state)).toEqual(["p2"]);
    expect(Object.keys(lived.state.runs)).toEqual(["p2"]);
  });

  it("anything before the first look of the process", () => {
    const before = live(unlived, [0, 59], leased, busy);
    const { lastSeen: _, ...state } = before.state;

    const measured = { kind: "measured", atMs: at(60), samples: [] } as const;
    const afterRestart = step(
      { ...before, state },
      60,
      { kind: "measured", measured, activity: {} },
      leased,
    );

    expect(owedBy(afterRestart)).toEqual([]);
  });
});

describe("a locked pod", () => {
  const locked = { ...busy, look: { pods: [pod({ isLocked: true })] } };
  const words = "lease: pod trainer (p1): locked, cannot be stopped. Unlock in RunPod's console";

  it("is not ended, which is told at once and hourly, until it is unlocked", () => {
    const lived = live(live(unlived, [0, 150], leased, locked), [151, 151], leased, busy);

    expect(wordsFrom(lived, 46)).toEqual([
      [60, words],
      [120, words],
    ]);
    expect(owedBy(lived)).toEqual([[151, "lease"]]);
    expect(Object.keys(lived.state.saidAtMs)).toEqual([]);
    expect(lived.events).toContainEqual([
      60,
      expect.objectContaining({ kind: "said", because: words, podIds: ["p1"] }),
    ]);
  });
});

describe("max_ends_per_hour", () => {
  const fleet = (count: number, overrides: (n: number) => Partial<Pod> = () => ({})) =>
    Array.from({ length: count }, (_, n) => pod({ id: `p${n}`, name: "x", ...overrides(n) }));
  const two = guarding({ lease: oneHour, maxEndsPerHour: 2 });

  it("holds back what is beyond it, says so at once, and frees it an hour after each end", () => {
    const minute = (n: number) => ({ ...busy, look: { pods: fleet(5).slice(n > 60 ? 2 : 0) } });
    const held = "held back: max_ends_per_hour (2) is reached";

    const due = live(unlived, [0, 60], two, minute);
    const ended = podEffectsOf(due.state.owed).reduce(
      (before, { id }) => settleAt(before, 60, id, { podIs: "gone" }, two),
      due,
    );
    const lived = live(ended, [61, 130], two, minute);

    expect(lived.owed.map(([n, { podId }]) => [n, podId])).toEqual([
      [60, "p0"],
      [60, "p1"],
      [120, "p2"],
      [120, "p3"],
    ]);
    expect(wordsFrom(lived, 46).filter(([, words]) => !/stopped|terminated/.test(words))).toEqual([
      [60, `lease: pods x (p2), x (p3), x (p4): ${held}`],
      [120, `lease: pod x (p4): ${held}`],
    ]);
  });

  it("counts what is owed, and gives back what turned out not to be wanted", () => {
    const { state } = live(unlived, [0, 60], two, { ...busy, look: { pods: fleet(5) } });
    const [first] = podEffectsOf(state.owed);

    const moot = settleAt({ ...unlived, state }, 60, first?.id ?? "", { kind: "moot" }, two);
    const later = live(moot, [61, 61], two, { ...busy, look: { pods: fleet(5) } });

    expect(later.owed).toHaveLength(1);
    expect(later.state.guardEndsAtMs).toEqual([]);
  });

  it("ends the dearest first, and one of unknown cost before those", () => {
    const costs = [0.2, 1, undefined, 3, undefined];
    const pods = fleet(5, (n) => ({ costPerHrUsd: costs[n] }));
    const all = guarding({ lease: oneHour, maxEndsPerHour: 4 });

    const { state } = live(unlived, [0, 60], all, { ...busy, look: { pods } });

    expect(endingIds(state)).toEqual(["p2", "p4", "p3", "p1"]);
  });

  it("of 0 ends nothing", () => {
    const none = guarding({ lease: oneHour, maxEndsPerHour: 0 });

    expect(live(unlived, [0, 100], none, busy).owed).toEqual([]);
  });

  it("counts ends by a clock that has gone back a little, and not those from far ahead", () => {
    const due = live(unlived, [0, 59], two, { ...busy, look: { pods: fleet(5) } });
    const at60 = (guardEndsAtMs: readonly number[]) =>
      live({ ...due, state: { ...due.state, guardEndsAtMs } }, [60, 60], two, {
        ...busy,
        look: { pods: fleet(5) },
      }).owed.length;

    expect(at60([at(70), at(70)])).toBe(0);
    expect(at60([at(120), at(0)])).toBe(2);
  });

  it("does not bind the backstops of thresholds", () => {
    const backstop = { action: "stop", afterMs: 0 } as const;
    const { thresholds } = policyWith({ backstop });
    const policy = { ...two, thresholds };
    const pods = fleet(5);

    const { state } = live(unlived, [0, 60], policy, {
      ...busy,
      look: { pods, balanceUsd: 0.1 },
    });

    expect(endsOf(state.owed)).toHaveLength(5);
    expect(podEffectsOf(state.owed)).toHaveLength(2);
  });
});

describe("an end that is owed", () => {
  const due = () => live(unlived, [0, 60], leased, busy);

  it.each<[sentence: string, policy: ReturnType<typeof guarding>, minute: Minute, because: string]>(
    [
      [
        "the lease is longer",
        leased,
        { book: book({ p1: { endsAtMs: at(100), givenAtMs: at(61) } }) },
        "the pod got more time or is active again",
      ],
      ["the guard is off", guarding({}), {}, "the config no longer asks for it"],
      [
        "the guard only tells",
        guarding({ lease: { ...oneHour, action: "notify" } }),
        {},
        "the config no longer asks for it",
      ],
      [
        "the guard ends pods in another way",
        guarding({ lease: { ...oneHour, action: "terminate" } }),
        {},
        "the config no longer asks for it",
      ],
      [
        "the guard is not for this pod",
        guarding({ lease: { ...oneHour, pods: ["sdxl"] } }),
        {},
        "the config no longer asks for it",
      ],
      ["the pod is protected", { ...leased, protect: ["p1"] }, {}, "the pod is protected"],
      [
        "the pod was stopped and afterRestart",
        leased,
        { sample: { bootedAtMs: at(61), lastStartedAtMs: at(61) } },
        "the pod got more time or is active again",
      ],
    ],
  )("is dropped once %s", (_sentence, policy, minute, because) => {
    const lived = live(due(), [61, 61], policy, { ...busy, ...minute });

    expect(mootOf(lived)).toEqual([[61, because]]);
    expect(
      podEffectsOf(lived.state.owed).filter(
        (each) => each.kind === "end-run" && each.action === "stop",
      ),
    ).toEqual([]);
    // The warning is still to be told.
    expect(lived.state.owed).toContainEqual(expect.objectContaining({ event: "warn" }));
  });

  it.each<[sentence: string, status: Pod["status"], protect: readonly string[], isOwed: boolean]>([
    ["is dropped once its pod is protected, wherever it is listed", "running", ["p1"], false],
    ["stays owed when its pod has stopped, though another is protected", "stopped", ["p0"], true],
  ])("%s", (_sentence, status, protect, isOwed) => {
    const policy = guarding({ lease: { ...oneHour, pods: ["p1"] } });
    const beside = (p1: Pod): Minute => ({ ...busy, look: { pods: [pod({ id: "p0" }), p1] } });
    const before = live(unlived, [0, 60], policy, beside(pod()));

    const lived = live(before, [61, 61], { ...policy, protect }, beside(pod({ status })));

    expect(endingIds(before.state)).toEqual(["p1"]);
    expect(endingIds(lived.state)).toEqual(isOwed ? ["p1"] : []);
  });

  it.each<[sentence: string, minute: Minute]>([
    ["a look fails", { look: "blind" }],
    ["the pods are unknown", { look: { pods: "unknown" } }],
    ["the pod's row cannot be read", { look: { pods: [], unreadablePods: 1 } }],
    [
      "its status means nothing known",
      { look: { pods: [pod({ status: "unknown", word: "STOPPING" })] } },
    ],
    ["its row has no name", { look: { pods: [pod({ rawName: undefined })] } }],
    ["the loads are unknown", { sample: "unmeasured" }],
    ["the book cannot be read", { book: "unknown" }],
    [
      "the pod has stopped: who ends it finds out why",
      { look: { pods: [pod({ status: "stopped" })] } },
    ],
    ["the pod is gone: who ends it finds out why", { look: { pods: [] } }],
    ["nothing has changed", {}],
  ])("stays owed, and once, while %s", (_sentence, minute) => {
    const lived = live(due(), [61, 63], leased, { ...busy, ...minute });

    expect(mootOf(lived)).toEqual([]);
    expect(podEffectsOf(lived.state.owed)).toEqual(podEffectsOf(due().state.owed));
    expect(owedBy(lived)).toHaveLength(1);
  });

  it("for hours is not owed twice by another guard", () => {
    const both = guarding({ lease: oneHour, hardTimeout: { ...hardTimeout, afterMs: 2 * hourMs } });

    expect(owedBy(live(unlived, [0, 200], both, busy))).toEqual([[60, "lease"]]);
  });
});

describe("a pod of which something is unknown that decides whether it may be ended", () => {
  const odd: readonly (readonly [string, Partial<Pod>, string])[] = [
    [
      "its name",
      { name: "", rawName: undefined },
      "pod p1: the end of its lease: its name is unknown",
    ],
    ["its lock", { isLocked: undefined }, "whether it is locked is unknown"],
    ["its volume", { hasNetworkVolume: undefined }, "whether it has a network volume is unknown"],
  ];

  it.each(odd)("is never ended by a guard, and that is said hourly: %s", (_s, unknown, because) => {
    const lived = live(unlived, [0, 130], leased, {
      ...busy,
      look: { pods: [pod(unknown)] },
    });

    const said = saidOf(lived).filter(([, words]) => words.includes(", so it cannot be stopped"));
    expect(owedBy(lived)).toEqual([]);
    expect(said.map(([minute]) => minute)).toEqual([60, 120]);
    expect(said[0]?.[1]).toContain(because.split(": ").at(-1));
  });

  it.each(odd)("gets no agent: %s", (_sentence, unknown) => {
    const asking = guarding({ lease: { ...oneHour, action: "agent" } });

    const lived = live(unlived, [0, 70], asking, { ...busy, look: { pods: [pod(unknown)] } });

    expect(owedBy(lived)).toEqual([]);
  });

  it("is ended once it is known", () => {
    const before = live(unlived, [0, 70], leased, {
      ...busy,
      look: { pods: [pod({ isLocked: undefined })] },
    });

    expect(owedBy(live(before, [71, 72], leased, busy))).toEqual([[71, "lease"]]);
  });

  it("is not idle while its status means nothing known", () => {
    const idle = guarding({ idle: idleGuard });
    const before = live(unlived, [0, 20], idle);

    const stopping = live(before, [21, 50], idle, {
      look: { pods: [pod({ status: "unknown", word: "STOPPING" })] },
    });

    expect(owedBy(stopping)).toEqual([]);
    expect(stopping.state.runs["p1"]).toMatchObject({ idleMs: 20 * minuteMs });
  });
});

it("guards change nothing about the balance, and the balance nothing about guards", () => {
  const { thresholds } = policyWith();
  const low = { ...busy, look: { balanceUsd: 9 } };

  const lived = live(unlived, [0, 60], { ...leased, thresholds }, low);

  expect(owedBy(lived)).toEqual([[60, "lease"]]);
  expect(lived.state.fired["warning"]).toBe(true);
});

it("a pod may be called as nobody should be called", () => {
  const pods = ["__proto__", "constructor", "toString"].map((id) => pod({ id }));

  const lived = live(unlived, [0, 60], leased, { ...busy, look: { pods } });

  expect(endingIds(lived.state)).toEqual(["__proto__", "constructor", "toString"]);
});

it("what is not of pods is decided as ever", () => {
  const input = { kind: "daemon", atMs: at(0), because: "watch begins" } as const;

  expect(decide(unlived.state, input, leased).events).toEqual([]);
});

describe("an end that is under way", () => {
  const leased = guarding({ lease: { ...leaseGuard, defaultMs: hourMs } });
  const said = (touchedAtMs: number): Input => ({
    kind: "leases",
    atMs: at(60),
    book: book({ p1: { endsAtMs: at(180), givenAtMs: touchedAtMs } }),
  });

  it("is taken back as soon as a longer lease is read, before any look", () => {
    const due = live(unlived, [0, 60], leased);

    const taken = step(due, 60, said(at(60)), leased);

    expect(owedBy(due)).toEqual([[60, "lease"]]);
    expect(podEffectsOf(taken.state.owed)).toEqual([]);
    expect(mootOf(taken)).toEqual([[60, "the pod got more time or is active again"]]);
  });

  it.each<[sentence: string, minute: number, change: (lived: Lived) => Lived]>([
    [
      "by a process that has just begun and has not polled yet",
      60,
      (lived) => ({ ...lived, state: { ...lived.state, lastSeen: undefined } }),
    ],
    [
      "when nothing was seen for an hour",
      120,
      (lived) => live(lived, [61, 119], leased, { look: "blind" }),
    ],
    [
      "when RunPod did not list the pods",
      61,
      (lived) => live(lived, [61, 61], leased, { look: { pods: "unknown" }, sample: "none" }),
    ],
  ])("is taken back as well %s", (_sentence, minute, change) => {
    const due = change(live(unlived, [0, 60], leased));
    const longer = book({ p1: { endsAtMs: at(180), givenAtMs: at(minute) } });

    const taken = step(due, minute, { kind: "leases", atMs: at(minute), book: longer }, leased);

    expect(podEffectsOf(due.state.owed)).toHaveLength(1);
    expect(podEffectsOf(taken.state.owed)).toEqual([]);
    expect(mootOf(taken)).toEqual([[minute, "the pod got more time or is active again"]]);
  });

  it.each<[sentence: string, book: (Input & { kind: "leases" })["book"]]>([
    ["the leases cannot be read", "unknown"],
    ["the lease of another pod is longer", book({ p2: { endsAtMs: at(180), givenAtMs: at(60) } })],
    [
      "a lease was given that is over as well",
      book({ p1: { endsAtMs: at(50), givenAtMs: at(40) } }),
    ],
  ])("stays owed in a process that has not polled yet, when %s", (_sentence, read) => {
    const due = live(unlived, [0, 60], leased);
    const anew = { ...due, state: { ...due.state, lastSeen: undefined } };

    const after = step(anew, 60, { kind: "leases", atMs: at(60), book: read }, leased);

    expect(podEffectsOf(after.state.owed)).toEqual(podEffectsOf(due.state.owed));
  });

  it("stays owed when its run is not known any more: the next poll decides", () => {
    const due = live(unlived, [0, 60], leased);
    const anew = { ...due, state: { ...due.state, lastSeen: undefined, runs: {} } };

    const after = step(anew, 60, said(at(60)), leased);

    expect(podEffectsOf(after.state.owed)).toEqual(podEffectsOf(due.state.owed));
  });

  it("is taken back as soon as someone touched an idle pod", () => {
    const idling = guarding({ idle: idleGuard, warnMs: 0 });
    const due = live(unlived, [0, 30], idling);

    const touched: Input = { kind: "leases", atMs: at(30), book: book({}, { p1: at(30) }) };
    const taken = step(due, 30, touched, idling);

    expect(owedBy(due)).toEqual([[30, "idle"]]);
    expect(podEffectsOf(taken.state.owed)).toEqual([]);
  });

  it("brings no warning of another guard that comes near meanwhile", () => {
    const both = guarding({
      lease: { ...leaseGuard, defaultMs: hourMs },
      hardTimeout: { ...hardTimeout, afterMs: 1.5 * hourMs },
    });

    expect(warnsOf(live(unlived, [0, 80], both))).toEqual([[45, "lease"]]);
  });
});

describe("a pod of which people were told that it will be stopped", () => {
  const stop = guarding({ hardTimeout });
  const terminate = guarding({ hardTimeout: { ...hardTimeout, action: "terminate" } });
  const told = (verb: string) =>
    `hard_timeout: pod trainer (p1) will be ${verb} in 15 min: hard timeout after 8 h. To keep it: add it to protect in the config`;
  const actionsOf = ({ owed }: Lived) =>
    owed.map(([minute, effect]) => [minute, effect.kind === "end-run" && effect.action]);

  it("is terminated only 15 min after that was said, when the config is reloaded meanwhile", () => {
    const warned = live(unlived, [460, 478], stop);

    const lived = live(warned, [479, 500], terminate);

    expect(saidOf(lived)).toEqual([
      [465, told("stopped")],
      [479, told("terminated")],
    ]);
    expect(actionsOf(lived)).toEqual([[494, "terminate"]]);
  });

  it("is told of anew too when its end was owed already", () => {
    const owed = live(unlived, [460, 480], stop);

    const lived = live(owed, [481, 500], terminate);

    expect(saidOf(lived).map(([minute]) => minute)).toEqual([465, 481]);
    expect(actionsOf(lived)).toEqual([
      [480, "stop"],
      [496, "terminate"],
    ]);
  });

  it("is told of anew too when an older version told of it, which did not note of what", () => {
    const warned = live(unlived, [460, 478], terminate);
    const { warnedActions: _, ...run } = warned.state.runs["p1"] as PodRun;
    const older = { ...warned, state: { ...warned.state, runs: { p1: run } } };

    const lived = live(older, [479, 500], terminate);

    expect(actionsOf(lived)).toEqual([[494, "terminate"]]);
    expect(actionsOf(live(older, [479, 500], stop))).toEqual([[480, "stop"]]);
  });

  it("is stopped as announced where a terminate was announced, and is to be a stop now", () => {
    const lived = live(live(unlived, [460, 478], terminate), [479, 500], stop);

    expect(saidOf(lived)).toEqual([[465, told("terminated")]]);
    expect(actionsOf(lived)).toEqual([[480, "stop"]]);
  });

  it("is told of each guard's end as what that guard does", () => {
    const both = guarding({
      hardTimeout: { ...hardTimeout, action: "terminate" },
      idle: { ...idleGuard, afterMs: 485 * minuteMs },
    });
    const lived = live(unlived, [0, 500], both);

    expect(actionsOf(lived)).toEqual([[480, "terminate"]]);
  });
});

describe("pods that RunPod does not stop", () => {
  const policy = guarding({ hardTimeout, maxEndsPerHour: 1, warnMs: 0 });
  const pods = [
    pod({ id: "stuck", name: "stuck", costPerHrUsd: 5 }),
    pod({ id: "p2", name: "p2", costPerHrUsd: 2 }),
    pod({ id: "p3", name: "p3", costPerHrUsd: 1 }),
  ];
  const refused = { kind: "failed", because: "RunPod refused" } as const;
  const endIdOf = ({ state }: Lived, podId: string) =>
    podEffectsOf(state.owed).find((each) => each.podId === podId)?.id ?? "";
  const askedOf = ({ owed }: Lived) => owed.map(([minute, { podId }]) => [minute, podId]);
  const heldOf = (lived: Lived) => saidOf(lived).filter(([, words]) => words.includes("held back"));
  const mayStartAt = ({ state }: Lived, minute: number) =>
    podEffectsOf(state.owed)
      .filter(({ notBeforeMs }) => notBeforeMs <= at(minute))
      .map(({ podId }) => podId);

  it("take no room of max_ends_per_hour from the others", () => {
    const asked = live(unlived, [480, 480], policy, { look: { pods } });
    const failed = settleAt(asked, 480.95, endIdOf(asked, "stuck"), refused, policy);

    const lived = live(failed, [481, 481], policy, { look: { pods } });

    expect(askedOf(lived)).toEqual([
      [480, "stuck"],
      [481, "p2"],
    ]);
    expect(mayStartAt(lived, 482)).toEqual(["p2"]);
  });

  it("are not tried while the room is taken by pods that did stop, and that is said of them too", () => {
    const left = [pods[0], pods[2]].flatMap((each) => each ?? []);
    const asked = live(unlived, [480, 480], policy, { look: { pods } });
    const failed = settleAt(asked, 480.95, endIdOf(asked, "stuck"), refused, policy);
    const second = live(failed, [481, 481], policy, { look: { pods } });
    const ended = settleAt(second, 481, endIdOf(second, "p2"), { podIs: "gone" }, policy);

    const lived = live(ended, [482, 540], policy, { look: { pods: left } });
    const later = live(lived, [541, 541], policy, { look: { pods: left } });

    expect(heldOf(lived)).toEqual([
      [480, "hard_timeout: pods p2, p3: held back: max_ends_per_hour (1) is reached"],
      [482, "hard_timeout: pod stuck: held back: max_ends_per_hour (1) is reached"],
      [540, "hard_timeout: pod p3: held back: max_ends_per_hour (1) is reached"],
    ]);
    expect(mayStartAt(lived, 540)).toEqual([]);
    expect(askedOf(later).at(-1)).toEqual([541, "p3"]);
  });

  it("are tried in turn where they are many, those tried least first", () => {
    const many = live(unlived, [480, 480], policy, { look: { pods } });
    const tried: string[] = [];
    const lived = [481, 482, 483, 484, 485, 486].reduce((before, minute) => {
      const [next = ""] = mayStartAt(before, minute);
      tried.push(next);
      const failed = settleAt(before, minute - 0.01, endIdOf(before, next), refused, policy);
      return live(failed, [minute, minute], policy, { look: { pods } });
    }, many);

    expect(tried).toEqual(["stuck", "p2", "p3", "stuck", "p2", "p3"]);
    expect(heldOf(lived)).toHaveLength(1);
  });

  it("are tried again when they would be anyway, where there is room for all", () => {
    const roomy = guarding({ hardTimeout, warnMs: 0 });
    const asked = live(unlived, [480, 480], roomy, { look: { pods } });
    const failed = settleAt(asked, 480.95, endIdOf(asked, "stuck"), refused, roomy);

    const lived = live(failed, [481, 481], roomy, { look: { pods } });

    expect(mayStartAt(lived, 481)).toEqual(["p2", "p3"]);
    expect(mayStartAt(lived, 481.1)).toEqual(["stuck", "p2", "p3"]);
  });

  it("are found to have stopped by themselves, room or not", () => {
    const asked = live(unlived, [480, 480], policy, { look: { pods } });
    const failed = settleAt(asked, 480.95, endIdOf(asked, "stuck"), refused, policy);
    const exited = pods.map((each) =>
      each.id === "stuck" ? { ...each, status: "stopped" as const } : each,
    );

    const pushed = live(failed, [481, 481], policy, { look: { pods } });
    const lived = live(pushed, [482, 482], policy, { look: { pods: exited } });

    expect(mayStartAt(pushed, 482)).toEqual(["p2"]);
    expect(mayStartAt(lived, 482)).toEqual(["stuck", "p2"]);
  });
});
