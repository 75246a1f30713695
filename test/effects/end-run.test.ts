import { describe, expect, it } from "vitest";
import { endRun, type EndRunDeps, type Present } from "#effects/end-run.ts";
import type { Look, Measured, Pod, PodSample } from "#guard/model/account.ts";
import type { EndRun, Outcome } from "#guard/model/effect.ts";
import type { IdleGuard, PodGuardName } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { realPaces } from "#paces.ts";
import type { Command, EndAnswer, Ran } from "#ports.ts";
import { createHastyClock } from "../fake-clock.ts";
import { blind, pod, seen } from "../guard/samples.ts";
import { accountShowing } from "./fake-account.ts";
import { presentWith } from "./fake-present.ts";
import { keptLog } from "./samples.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;
const effect: EndRun = {
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
const idle: IdleGuard = {
  action: "stop",
  pods: ["*"],
  afterMs: 30 * minuteMs,
  gpuPercent: 5,
  cpuPercent: 10,
  gpuMemoryPercent: 10,
  bootGraceMs: 0,
  hasProbes: false,
};
const run: PodRun = {
  podId: "p1",
  name: "trainer",
  firstSeenAtMs: -4 * hourMs,
  startedAtMs: -4 * hourMs,
  startFrom: "uptime",
  idleMs: 30 * minuteMs,
  warnedAtMs: {},
  actedAtMs: {},
};
const forever = new AbortController().signal;

const running = seen({ burnPerHrUsd: 1.49, pods: [pod()] });
const showing = (overrides: Partial<Pod>): Look => seen({ ...running, pods: [pod(overrides)] });
const stopped = seen({ ...running, burnPerHrUsd: 0, pods: [pod({ status: "stopped" })] });
const gone = seen({ ...running, burnPerHrUsd: 0, pods: [] });

const measured = (overrides: Partial<PodSample> = {}): Measured => ({
  kind: "measured",
  atMs: 0,
  samples: [
    {
      podId: "p1",
      bootedAtMs: -4 * hourMs,
      lastStartedAtMs: undefined,
      takenAtMs: 0,
      cpuPercent: 1,
      gpuPercents: [0, 0],
      gpuMemoryPercents: [0, 0],
      gpuType: undefined,
      region: undefined,
      ...overrides,
    },
  ],
});
const twice = (...rows: readonly Partial<PodSample>[]): Measured => ({
  kind: "measured",
  atMs: 0,
  samples: rows.flatMap((row) => {
    const one = measured(row);
    return one.kind === "measured" ? one.samples : [];
  }),
});
const unmeasured: Measured = { kind: "unmeasured", atMs: 0, because: "HTTP 500" };

const cutOff: Ran = { kind: "interrupted", tail: "", tookMs: 0 };
const fine: Ran = { kind: "exited", code: 0, tail: "saved", tookMs: 40 };
const fell = "the burn fell from $1.49/h to $0.00/h";
const ended: Outcome = {
  kind: "done",
  because: `the pod is EXITED; ${fell}`,
  tail: "",
  podIs: "stopped",
};
const moot = (because: string, podIs?: Outcome["podIs"]): Outcome => ({
  kind: "moot",
  because,
  tail: "",
  podIs,
});
const failed = (because: string): Outcome => ({ kind: "failed", because, tail: "" });

interface Given {
  readonly guard?: PodGuardName;
  readonly action?: EndRun["action"];
  readonly looks?: readonly [Look, ...Look[]];
  readonly answer?: EndAnswer;
  readonly measured?: Measured;
  readonly present?: Partial<Present>;
  readonly idle?: Partial<IdleGuard> | "off";
  readonly protect?: readonly string[];
  readonly command?: readonly string[];
  readonly ran?: Ran;
  /** What is to happen while the nth thing is asked. */
  readonly during?: readonly [n: number, what: () => void];
}

/** An end of which every question and every program is written down, in order. */
function setUp(given: Given = {}) {
  const { looks = [running, running, stopped], ran = fine, command = [] } = given;
  const account = accountShowing(looks, given.answer, given.measured ?? measured());
  const asked: string[] = [];
  const note = (what: string): void => {
    asked.push(what);
    if (asked.length === given.during?.[0]) given.during[1]();
  };
  const commands: Command[] = [];
  const { log, entries } = keptLog();
  const owed = { ...effect, guard: given.guard ?? "idle", action: given.action ?? "stop" };
  const deps: EndRunDeps = {
    paces: realPaces,
    account: {
      look(signal) {
        note("look");
        return signal.aborted ? Promise.resolve(blind()) : account.look(signal);
      },
      measure(signal) {
        note("measure");
        return account.measure(signal);
      },
      end(target, action, within) {
        note(`${action} ${target.id}`);
        return account.end(target, action, within);
      },
    },
    clock: createHastyClock(),
    protect: given.protect ?? [],
    present: presentWith({ run: () => run, ...given.present }),
    runner: {
      run(started, signal) {
        commands.push(started);
        note(started.argv[0] ?? "");
        return Promise.resolve(signal.aborted ? cutOff : ran);
      },
    },
    log,
    idle: given.idle === "off" ? undefined : { ...idle, ...given.idle },
    beforeStopCommand: command,
    beforeStopTimeoutMs: 300_000,
    prepared: new Map(),
    accepted: new Set(),
  };
  return {
    asked,
    commands,
    entries,
    deps,
    end: (signal = forever) => endRun(owed, deps, signal),
  };
}

const asksToEnd = (asked: readonly string[]): readonly string[] =>
  asked.filter((each) => each.endsWith(" p1"));

describe("the look right before finds that it is still due", () => {
  it.each<[string, Given]>([
    ["an idle pod", {}],
    ["a pod past its hard timeout", { guard: "hard_timeout" }],
    ["a pod past its lease", { guard: "lease" }],
    ["a pod held to a schedule, with the idle guard off", { guard: "schedule", idle: "off" }],
    [
      "held to a schedule, and hard at work",
      { guard: "schedule", measured: measured({ gpuPercents: [99] }) },
    ],
    ["a pod that a budget ends, hard at work", { guard: "budget", idle: "off" }],
    [
      "past its hard timeout, though what people said cannot be read",
      { guard: "hard_timeout", present: { refresh: () => Promise.resolve(false) } },
    ],
    [
      "past its hard timeout, though nothing can be measured",
      { guard: "hard_timeout", measured: unmeasured },
    ],
    ["past its lease, though nothing can be measured", { guard: "lease", measured: unmeasured }],
    [
      "past its hard timeout, and hard at work",
      { guard: "hard_timeout", measured: measured({ gpuPercents: [99] }) },
    ],
    [
      "past its lease, and hard at work",
      { guard: "lease", measured: measured({ cpuPercent: 99 }) },
    ],
    [
      "past its lease, with the idle guard off",
      { guard: "lease", idle: "off", measured: measured({ gpuPercents: undefined }) },
    ],
    [
      "past its lease, and nobody has looked for a while",
      { guard: "lease", present: { hasSeenPods: () => false } },
    ],
    [
      "held by a budget, and was started elsewhere",
      { guard: "budget", present: { guardedAs: () => "ignore" } },
    ],
    ["idle, and no run of it is known", { present: { run: () => undefined } }],
    [
      "idle, and its probes find nothing",
      {
        idle: { hasProbes: true },
        present: {
          probe: () =>
            Promise.resolve({ isActive: false, because: "", hasFailed: false, counters: {} }),
        },
      },
    ],
  ])("%s", async (_sentence, given) => {
    const { end, asked } = setUp(given);

    const outcome = await end();

    expect(outcome).toEqual(ended);
    expect(asked).toEqual(["look", "measure", "stop p1", "look", "look"]);
  });

  it.each(["stop", "terminate"] as const)("and asks for what is owed: %s", async (action) => {
    const { end, asked } = setUp({ action, looks: [running, gone] });

    expect(await end()).toMatchObject({ kind: "done", podIs: "gone" });
    expect(asksToEnd(asked)).toEqual([`${action} p1`]);
  });
});

describe("the look right before finds that it is not to be done", () => {
  const activity = { because: "requests: 3", hasFailed: false, counters: {}, isActive: true };
  const hasMore = "the pod got more time or is active again";
  const anew = "the pod was stopped and started again";
  const unread = "the lease file cannot be read";
  const unknown = "it is not known whether the pod is idle now";

  it.each<[string, Given, Outcome]>([
    ["the pod is gone", { looks: [gone] }, moot("the pod is gone", "gone")],
    ["the pod was stopped", { looks: [stopped] }, moot("the pod is EXITED", "stopped")],
    ["the pod is protected", { protect: ["train*"] }, moot("the pod is protected")],
    [
      "the pod is locked",
      { looks: [showing({ isLocked: true })], guard: "hard_timeout" },
      failed("the pod is locked"),
    ],
    [
      "the account is not seen",
      { looks: [blind()] },
      failed("the poll failed (connection refused)"),
    ],
    [
      "RunPod did not list the pods",
      { looks: [seen({ pods: "unknown" })] },
      failed("RunPod did not list the pods"),
    ],
    [
      "the pod may be a row that cannot be read",
      { looks: [seen({ pods: [], unreadablePods: 1 })] },
      failed("the pod may be one that could not be read"),
    ],
    ["it is owed no longer", { present: { isOwed: () => false } }, moot(hasMore)],
    [
      "it is owed no longer, whatever the guard",
      { guard: "hard_timeout", present: { isOwed: () => false } },
      moot(hasMore),
    ],
    [
      "the run began anew",
      { guard: "hard_timeout", measured: measured({ bootedAtMs: -minuteMs }) },
      moot(anew),
    ],
    [
      "a lease, and the run began anew",
      { guard: "lease", measured: measured({ bootedAtMs: -minuteMs }) },
      moot(anew),
    ],
    [
      "nobody looked for a while, and the start is not told",
      {
        guard: "hard_timeout",
        present: { run: () => ({ ...run, unsureSinceMs: -hourMs }) },
        measured: measured({ bootedAtMs: undefined }),
      },
      failed("it is not known whether the pod was restarted"),
    ],
    [
      "nobody looked for a while, and nothing can be measured",
      {
        guard: "hard_timeout",
        present: { run: () => ({ ...run, unsureSinceMs: -hourMs }) },
        measured: { kind: "unmeasured", atMs: 0, because: "timed out" },
      },
      failed("it is not known whether the pod was restarted"),
    ],
    [
      "a lease, and what people said cannot be read",
      { guard: "lease", present: { refresh: () => Promise.resolve(false) } },
      failed(unread),
    ],
    [
      "a schedule, and whether it is passed over cannot be read",
      { guard: "schedule", present: { refresh: () => Promise.resolve(false) } },
      failed(unread),
    ],
    [
      "a schedule, and nobody has looked for a while: the next poll decides whether it is too late",
      { guard: "schedule", present: { hasSeenPods: () => false } },
      moot("no poll has shown the pods for a while, and the next one decides"),
    ],
    [
      "its hard timeout, and it was started elsewhere",
      { guard: "hard_timeout", present: { guardedAs: () => "ignore" } },
      moot("it was started elsewhere"),
    ],
    [
      "its lease, and it was started elsewhere",
      { guard: "lease", present: { guardedAs: () => "notify" } },
      moot("it was started elsewhere"),
    ],
    [
      "its hard timeout, and nobody knows who started it",
      { guard: "hard_timeout", present: { guardedAs: () => "unknown" } },
      failed("it is not known who started it"),
    ],
    [
      "idle, and what people said cannot be read",
      { present: { refresh: () => Promise.resolve(false) } },
      failed(unread),
    ],
    ["the idle guard is off by now", { idle: "off" }, moot("the config no longer asks for it")],
    [
      "a GPU is busy again",
      { measured: measured({ gpuPercents: [0, 5] }) },
      moot("the pod is active again"),
    ],
    [
      "at its hard timeout, which was reckoned from a start that RunPod no longer tells",
      {
        guard: "hard_timeout",
        measured: measured({ bootedAtMs: -hourMs, lastStartedAtMs: -hourMs }),
        present: { run: () => ({ ...run, firstSeenAtMs: 0, startedAtMs: -9_000 * hourMs }) },
      },
      failed("the pod started later than was known"),
    ],
    [
      "at the end of its lease, reckoned so too",
      {
        guard: "lease",
        measured: measured({ bootedAtMs: -hourMs, lastStartedAtMs: -hourMs }),
        present: { run: () => ({ ...run, firstSeenAtMs: 0, startedAtMs: -9_000 * hourMs }) },
      },
      failed("the pod started later than was known"),
    ],
    [
      "RunPod lists the pod twice, and one row is busy",
      { measured: twice({}, { cpuPercent: 90 }) },
      moot("the pod is active again"),
    ],
    [
      "RunPod lists the pod twice, and one row says nothing",
      { measured: twice({}, { cpuPercent: undefined }) },
      failed("it is not known whether the pod is idle now"),
    ],
    [
      "the CPU is busy again",
      { measured: measured({ cpuPercent: 10 }) },
      moot("the pod is active again"),
    ],
    ["nothing can be measured", { measured: unmeasured }, failed(unknown)],
    [
      "the pod is not among what was measured",
      { measured: measured({ podId: "p2" }) },
      failed(unknown),
    ],
    ["its load is stale", { measured: measured({ takenAtMs: -6 * minuteMs }) }, failed(unknown)],
    ["its load has no time", { measured: measured({ takenAtMs: undefined }) }, failed(unknown)],
    [
      "a GPU tells nothing",
      { measured: measured({ gpuPercents: [0, undefined] }) },
      failed(unknown),
    ],
    ["no GPU tells anything", { measured: measured({ gpuPercents: undefined }) }, failed(unknown)],
    ["the CPU tells nothing", { measured: measured({ cpuPercent: undefined }) }, failed(unknown)],
    [
      "a probe says that it is active",
      { idle: { hasProbes: true }, present: { probe: () => Promise.resolve(activity) } },
      moot("active: requests: 3"),
    ],
  ])("%s", async (_sentence, given, outcome) => {
    const { end, asked, commands } = setUp({ command: ["save"], ...given });

    expect(await end()).toEqual(outcome);
    expect(asksToEnd(asked)).toEqual([]);
    // What is not ended has nothing to save.
    expect(commands).toEqual([]);
  });

  it("no probe is asked where the config names none, or for another guard", async () => {
    const probed: string[] = [];
    const present: Partial<Present> = {
      probe: () => {
        probed.push("probed");
        return Promise.resolve(undefined);
      },
    };

    await setUp({ present }).end();
    await setUp({ present, idle: { hasProbes: true }, guard: "lease" }).end();
    await setUp({ present, idle: { hasProbes: true }, guard: "hard_timeout" }).end();

    expect(probed).toEqual([]);
  });

  it("what people said is read before it is asked whether it is still owed", async () => {
    let isRead = false;
    const { end } = setUp({
      present: {
        refresh() {
          isRead = true;
          return Promise.resolve(true);
        },
        isOwed: () => !isRead,
      },
    });

    expect(await end()).toEqual(moot(hasMore));
  });
});

describe("it is proven by looking, as any end", () => {
  it.each<[string, EndAnswer, readonly [Look, ...Look[]], Outcome]>([
    [
      "a yes that did nothing",
      { kind: "accepted" },
      [running],
      failed("RunPod accepted the request, but the pod still runs"),
    ],
    [
      "an error that did it",
      { kind: "failed", because: "Something went wrong", isReadOnlyKey: false },
      [running, stopped],
      ended,
    ],
    [
      "a key that may only read",
      { kind: "failed", because: "Unauthorized", isReadOnlyKey: true },
      [running],
      failed("the API key is read-only (Unauthorized)"),
    ],
    [
      "no sight afterwards",
      { kind: "accepted" },
      [running, blind()],
      failed("RunPod accepted the request, but no poll has shown the pod since"),
    ],
  ])("%s", async (_sentence, answer, looks, outcome) => {
    const { end, asked } = setUp({ answer, looks });

    expect(await end()).toMatchObject(outcome);
    expect(asksToEnd(asked)).toEqual(["stop p1"]);
  });
});

describe("before_stop_command", () => {
  const command = ["save", "--pod={pod_id}", "{pod_name}", "{reason} {{x}}", "{other}"];

  it("is run once, with the pod's words, before RunPod is asked", async () => {
    const { end, asked, commands, entries } = setUp({ command });

    expect(await end()).toEqual(ended);
    expect(asked).toEqual(["look", "measure", "save", "look", "measure", "stop p1", "look"]);
    expect(commands).toEqual([
      {
        argv: ["save", "--pod=p1", "trainer", "idle_30m {x}", "{other}"],
        env: {
          RUNPODBOSS_POD_ID: "p1",
          RUNPODBOSS_POD_NAME: "trainer",
          RUNPODBOSS_REASON: "idle_30m",
        },
        timeLimitMs: 300_000,
      },
    ]);
    expect(entries).toEqual([
      ["before_stop_command done", { podId: "p1", because: "exit 0 after 0.0 s", tail: "saved" }],
    ]);
  });

  it.each<[string, Ran, string]>([
    ["fails", { kind: "exited", code: 3, tail: "", tookMs: 0 }, "exit 3 after 0.0 s"],
    [
      "takes too long",
      { kind: "timed-out", tail: "", tookMs: 0 },
      "timed out after 300.0 s; killed with everything it started",
    ],
    ["is killed", { kind: "signalled", by: "SIGSEGV", tail: "", tookMs: 0 }, "ended by SIGSEGV"],
    [
      "is missing",
      { kind: "not-started", because: '"save" does not exist' },
      '"save" does not exist',
    ],
  ])("that %s does not stop the end, and is told", async (_sentence, ran, because) => {
    const { end, asked, entries } = setUp({ command, ran });

    expect(await end()).toEqual({
      ...ended,
      because: `${ended.because}; before_stop_command failed: ${because}`,
    });
    expect(asksToEnd(asked)).toEqual(["stop p1"]);
    expect(entries).toEqual([
      ["before_stop_command failed; stopping the pod anyway", { podId: "p1", because }],
    ]);
  });

  it("is not run again when the end is tried again, and its failure is not forgotten", async () => {
    const ran: Ran = { kind: "exited", code: 3, tail: "", tookMs: 0 };
    const looks = [...Array.from({ length: 7 }, () => running), stopped] as const;
    const { end, commands } = setUp({ command, ran, looks: [running, ...looks] });

    const first = await end();
    const second = await end();

    expect(first).toMatchObject({
      kind: "failed",
      because: expect.stringMatching(
        /^RunPod accepted the request.*; before_stop_command failed: exit 3/,
      ),
    });
    expect(second).toMatchObject({
      kind: "done",
      because: expect.stringContaining("before_stop_command failed: exit 3") as string,
    });
    expect(commands).toHaveLength(1);
  });

  it("that must work is run until it does, and RunPod is not asked before", async () => {
    const { end, deps, asked } = setUp({
      command,
      looks: [running, running, running, stopped],
      ran: { kind: "exited", code: 3, tail: "", tookMs: 0 },
    });
    const must = { ...deps, beforeStopMustSucceed: true };

    const first = await endRun(effect, must, forever);
    const worked = { ...must, runner: { run: () => Promise.resolve(fine) } };
    const second = await endRun(effect, worked, forever);

    expect(first).toMatchObject({ kind: "failed", waitMs: 600_000 });
    expect(deps.prepared.size).toBe(0);
    expect(second).toEqual(ended);
    expect(asksToEnd(asked)).toEqual(["stop p1"]);
    await end();
  });

  it("is run again for another end", async () => {
    const { end, deps, commands } = setUp({ command, looks: [running, running, stopped, running] });
    await end();

    await endRun({ ...effect, id: "end-run:idle:p1:9" }, deps, forever);

    expect(commands).toHaveLength(2);
    // Nothing is remembered of ends that are over.
    expect([...deps.prepared.keys()]).toEqual(["end-run:idle:p1:9"]);
  });

  it.each<[string, readonly [Look, ...Look[]], Partial<Present>, Outcome]>([
    ["the pod has stopped itself", [running, stopped], {}, moot("the pod is EXITED", "stopped")],
    [
      "someone has touched it",
      [running],
      { isOwed: countdown(1) },
      moot("the pod got more time or is active again"),
    ],
  ])("while it ran, %s", async (_sentence, looks, present, outcome) => {
    const { end, asked, commands, deps } = setUp({ command, looks, present });

    expect(await end()).toEqual(outcome);
    expect(commands).toHaveLength(1);
    expect(asksToEnd(asked)).toEqual([]);
    expect(deps.prepared.size).toBe(0);
  });
});

/** True so many times, and false from then on. */
function countdown(times: number): () => boolean {
  let left = times;
  return () => left-- > 0;
}

describe("an interruption leaves it owed", () => {
  const steps = ["look", "measure", "save", "look", "measure", "stop p1", "look"];

  it.each(steps.map((step, n) => [n + 1, step] as const))("at step %i, %s", async (step) => {
    const interruption = new AbortController();
    const { end, asked } = setUp({
      command: ["save"],
      looks: [running],
      during: [step, () => interruption.abort()],
    });

    const outcome = await end(interruption.signal);

    expect(outcome).toBe("interrupted");
    expect(asked).toEqual(steps.slice(0, step));
  });

  it("while a probe is asked", async () => {
    const interruption = new AbortController();
    const { end, asked } = setUp({
      idle: { hasProbes: true },
      present: {
        probe() {
          interruption.abort();
          return Promise.resolve("interrupted");
        },
      },
    });

    expect(await end(interruption.signal)).toBe("interrupted");
    expect(asksToEnd(asked)).toEqual([]);
  });

  it("a command that was interrupted is run again, and then not again", async () => {
    const interruption = new AbortController();
    const { end, commands } = setUp({
      command: ["save"],
      looks: [running],
      during: [3, () => interruption.abort()],
    });

    const first = await end(interruption.signal);
    await end();
    await end();

    expect(first).toBe("interrupted");
    expect(commands).toHaveLength(2);
  });
});
