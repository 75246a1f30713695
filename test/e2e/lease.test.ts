import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createClock } from "#clock.ts";
import { loadConfig } from "#config/load.ts";
import type { EndPod, EndRun } from "#guard/model/effect.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { runFrom } from "#guard/pods/run/run-start.ts";
import { choosePod } from "#operations/choose-pod.ts";
import { leasePod } from "#operations/lease.ts";
import { identityOf } from "#process/identity.ts";
import { snapshotOf, withPodsSeen } from "#report/snapshot.ts";
import type { NewPod } from "#simulator/pod.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { shortPaces } from "../short-paces.ts";
import { saveState } from "../store/saved-state.ts";
import { apiKey, type Ended, type Guard, guardWith, textOf, until } from "./guard.ts";

const hourMs = 3_600_000;
const nowMs = Date.now;
const leaseGuard = { default_hours: 4, max_hours: 8, action: "stop" };
const config = { guards: { lease: leaseGuard, idle: { after_minutes: 30 } } };
const pod = (id: string, more: Partial<NewPod> = {}): NewPod => ({
  id,
  costPerHrUsd: 2,
  startedAtMs: Date.now() - hourMs,
  ...more,
});

function run(guard: Guard, command: string, ...args: readonly string[]): Promise<Ended> {
  return guard.call([command, "-c", guard.config, ...args]).ended;
}

function bookOf({ folder }: Guard) {
  return createLeaseFile(join(folder, "leases.json"), identityOf).read();
}

async function historyOf({ folder }: Guard) {
  const { records } = await readHistory(join(folder, "history.jsonl"), 0);
  return records.filter(({ reason }) => reason === "manual");
}

function watchCommand({ folder }: Guard): string {
  return `runpodboss -c ${join(folder, "config.json")} watch`;
}

/** About so many hours from now. */
function inHours(hours: number): number {
  return expect.closeTo(Date.now() + hours * hourMs, -5) as number;
}

describe.concurrent("lease", () => {
  it("one that is shorter than the warning ends the pod, and costs, only after the warning", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1", { name: "trainer" })] });

    const { stdout } = await run(guard, "lease", "trainer", "0.017");

    expect(stdout).toMatch(
      /in 1 min\. You are warned first; at [\d: -]+, in 15 min, the pod is stopped\.\nCost until then: \$0\.50 at /,
    );
  });

  it("gives a pod so long from now, says what that means, and writes it down", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1", { name: "trainer" })] });

    const { by, stdout, stderr } = await run(guard, "lease", "trai", "2.5");

    expect({ by, stderr }).toEqual({
      by: 0,
      stderr: `warning: the daemon is not running, so nothing stops the pod. Start it: ${watchCommand(guard)}\n`,
    });
    expect(stdout).toMatch(
      /^The lease of pod trainer \(p1\) ends at \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, in 2 h 30 min\. Then the pod is stopped\.\n/,
    );
    expect(stdout).toMatch(
      /\nCost until then: \$5\.00 at \$2\.00\/h\nIt can be extended by at most 4 h 2\d min\.\n$/,
    );
    expect(await bookOf(guard)).toEqual({
      leases: { p1: { endsAtMs: inHours(2.5), givenAtMs: inHours(0) } },
      touchedAtMs: {},
    });
    expect(await historyOf(guard)).toMatchObject([
      {
        type: "lease",
        because: "given 2 h 30 min",
        endsAtMs: inHours(2.5),
        run: { podId: "p1", podName: "trainer", uptimeMs: expect.closeTo(hourMs, -5) as number },
      },
    ]);
  });

  it("may be shorter than what there was", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    await run(guard, "lease", "p1", "5");

    const { by } = await run(guard, "lease", "p1", "1");

    expect(by).toBe(0);
    expect((await bookOf(guard)).leases["p1"]?.endsAtMs).toEqual(inHours(1));
  });

  it("past the cap is refused with what remains, and nothing is written", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });

    const { by, stderr } = await run(guard, "lease", "p1", "7.01");

    expect(by).toBe(2);
    expect(stderr).toMatch(
      /^Pod p1 can get at most (7 h 0|6 h 59) min more \((7|6\.9833) hours\): max_hours is 8, and it started at /,
    );
    expect(textOf(join(guard.folder, "leases.json"))).toBeUndefined();
    expect(await historyOf(guard)).toEqual([]);
  });

  it("reaches a guard that is watching, and then there is nothing to warn of", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    const watching = guard.watch();
    await until("the guard knows the run", () => guard.runs()?.includes('"p1"'));

    const { by, stderr } = await run(guard, "lease", "p1", "2");

    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    await until("the guard knows the lease", () => guard.runs()?.includes('"endsAtMs"'));
    watching.signal("SIGTERM");
    await watching.ended;
  });

  it("that the hard timeout cuts short says so", async (test) => {
    const guards = { ...config.guards, hard_timeout: { hours: 3, action: "stop" } };
    const guard = await guardWith(test, { nowMs, config: { guards }, pods: [pod("p1")] });

    const { stderr } = await run(guard, "lease", "p1", "4");

    expect(stderr).toMatch(/^warning: the hard timeout ends the pod before that, at \d{4}-/);
  });
});

describe.concurrent("extend", () => {
  it("adds to the default lease, and then to what was given", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    await run(guard, "extend", "p1", "1");

    const { by, stdout } = await run(guard, "extend", "p1", "0.5");

    expect(by).toBe(0);
    expect(stdout).toContain("in 4 h 30 min. Then the pod is stopped.\n");
    // By RunPod's uptime, in whole seconds, its start is a little earlier or later at each look.
    expect(stdout).toMatch(/\nIt can be extended by at most 2 h (29|30) min\.\n/);
    expect((await historyOf(guard)).map(({ type, endsAtMs }) => [type, endsAtMs])).toEqual([
      ["extend", inHours(4)],
      ["extend", inHours(4.5)],
    ]);
  });

  it("reaches the cap exactly; past it what remains is told, and then that nothing does", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    const over = await run(guard, "extend", "p1", "4.01");
    const upTo = await run(guard, "extend", "p1", "4");

    const beyond = await run(guard, "extend", "p1", "0.02");

    expect([over.by, upTo.by, beyond.by]).toEqual([2, 0, 2]);
    expect(over.stderr).toMatch(
      /^Pod p1 can get at most 4 h 0 min more \(4 hours\): max_hours is 8/,
    );
    expect(upTo.stdout).toContain("\nIt cannot be extended further.\n");
    expect(beyond.stderr).toMatch(/^Pod p1 cannot get more time: max_hours is 8/);
    expect((await bookOf(guard)).leases["p1"]?.endsAtMs).toEqual(inHours(7));
  });

  it("several at once add up and never pass the cap", async (test) => {
    const startedAtMs = Math.floor(Date.now() / 1000) * 1000 - hourMs;
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1", { startedAtMs })] });
    // Its start as the guard knows it: else each would know it by another second.
    const known = { ...runFrom("p1", "p1", startedAtMs, 2), startFrom: "uptime" as const };
    await saveState(guard.folder, { ...emptyState, runs: { p1: known } });

    const ended = await Promise.all(
      // Some in processes of their own.
      Array.from({ length: 7 }, (_, n) => {
        const args = ["extend", "-c", guard.config, "p1", "1"];
        return (n < 3 ? guard.start(args) : guard.call(args)).ended;
      }),
    );

    expect(
      ended
        .map(({ by }) => String(by))
        .toSorted()
        .join(""),
    ).toBe("0000222");
    expect((await bookOf(guard)).leases["p1"]?.endsAtMs).toBe(startedAtMs + 8 * hourMs);
    expect(await historyOf(guard)).toHaveLength(4);
  });

  it("of a lease that ended long ago, by less than that, is refused", async (test) => {
    const pods = [pod("p1", { startedAtMs: Date.now() - 6 * hourMs })];
    const guard = await guardWith(test, { nowMs, config, pods });

    const short = await run(guard, "extend", "p1", "1");
    const enough = await run(guard, "extend", "p1", "3");

    expect([short.by, enough.by]).toEqual([2, 0]);
    expect(short.stderr).toContain("even extended, its lease ended at");
    expect((await bookOf(guard)).leases["p1"]?.endsAtMs).toEqual(inHours(1));
  });
});

describe.concurrent("the stop has begun, so there is no more time:", () => {
  const startedAtMs = Date.now() - 5 * hourMs;
  const owed = { podId: "p1", because: "why it ends", tries: 0, notBeforeMs: 0 } as const;
  const endRun: EndRun = {
    ...owed,
    kind: "end-run",
    id: "end-run:hard_timeout:p1:0",
    guard: "hard_timeout",
    reason: "hard_timeout_5h",
    podName: "p1",
    action: "stop",
  };
  const endPod: EndPod = {
    ...owed,
    kind: "end-pod",
    id: "end-pod:low:p1:0",
    threshold: "low",
    belowUsd: 10,
    action: "stop",
  };
  const stateWith = (effect: EndRun | EndPod, runStartedAtMs = startedAtMs): GuardState => ({
    ...emptyState,
    owed: [effect],
    podsSeenAtMs: Date.now(),
    runs: { p1: { ...runFrom("p1", "p1", runStartedAtMs, 2), startFrom: "uptime" } },
  });
  const refusal = "Pod p1 is already being stopped (why it ends).\n";

  it.for<[string, string, EndRun | EndPod]>([
    ["extend, by one of its guards", "extend", endRun],
    ["lease, by one of its guards", "lease", endRun],
    ["extend, by a threshold's backstop", "extend", endPod],
  ])("%s", async ([_sentence, command, effect], test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1", { startedAtMs })] });
    await saveState(guard.folder, stateWith(effect));

    const { by, stderr } = await run(guard, command, "p1", "2");

    expect(by).toBe(2);
    expect(stderr).toContain(refusal);
    expect(textOf(join(guard.folder, "leases.json"))).toBeUndefined();
  });

  it("also when it began after we had looked", async (test) => {
    const p1 = pod("p1", { startedAtMs });
    const guard = await guardWith(test, { nowMs, config, pods: [p1] });
    await saveState(guard.folder, { ...stateWith(endRun), owed: [] });
    const settings = await loadConfig(guard.config, { RUNPOD_API_KEY: apiKey }, shortPaces);
    const never = new AbortController().signal;
    const before = withPodsSeen(await snapshotOf(settings, createClock(), shortPaces, never));

    await saveState(guard.folder, stateWith(endRun));
    const asked = leasePod("extend", choosePod("p1", before.look), hourMs, before);

    await expect(asked).rejects.toThrow(refusal.trim());
    expect(textOf(join(guard.folder, "leases.json"))).toBeUndefined();
  });

  it("not when it was the stop of an earlier run", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    await saveState(guard.folder, stateWith(endRun, startedAtMs - 9 * hourMs));

    const { by } = await run(guard, "extend", "p1", "2");

    expect(by).toBe(0);
    expect((await bookOf(guard)).leases["p1"]?.endsAtMs).toEqual(inHours(5));
  });

  it("not when it is the stop of another pod", async (test) => {
    const pods = [pod("p1", { startedAtMs }), pod("p2")];
    const guard = await guardWith(test, { nowMs, config, pods });
    await saveState(guard.folder, stateWith(endRun));

    const { by } = await run(guard, "extend", "p2", "2");

    expect(by).toBe(0);
  });
});

describe.concurrent("refused, and nothing is written:", () => {
  const off = { guards: {} };
  const others = { guards: { lease: { ...leaseGuard, pods: ["other-*"] } } };
  const given = { guards: { lease: { ...leaseGuard, default_hours: null } } };

  it.for<[string, readonly string[], object, string]>([
    [
      "no lease guard",
      ["lease", "p1", "1"],
      off,
      "Pod p1 cannot get a lease: the config has no lease guard.",
    ],
    [
      "a guard for others",
      ["lease", "p1", "1"],
      others,
      "Pod p1 cannot get a lease: guards.lease.pods does not match it.",
    ],
    [
      "a protected pod",
      ["extend", "p1", "1"],
      { ...config, protect: ["p1"] },
      "Pod p1 cannot get a lease: it is protected, so no guard stops it.",
    ],
    [
      "a pod that does not run",
      ["lease", "off", "1"],
      config,
      "Pod off cannot get a lease: it is not running (EXITED).",
    ],
    [
      "more of no lease",
      ["extend", "p1", "1"],
      given,
      "Pod p1 has no lease to extend.\nGive it one: runpodboss -c CONFIG lease POD 1\n",
    ],
    [
      "no such pod",
      ["lease", "nope", "1"],
      config,
      'There is no pod "nope".\nThe pods are:\n  p1   p1  RUNNING\n',
    ],
    [
      "a negative number",
      ["extend", "p1", "-1"],
      config,
      'HOURS must be a number such as 2 or 0.5, from 0.017 (one minute) to 8760 (got "-1").\n',
    ],
    ["less than nothing at all", ["lease", "p1", "-Infinity"], config, '(got "-Infinity").\n'],
    ["no number", ["lease", "p1", "1.2.3"], config, '(got "1.2.3").\n'],
    ["nothing", ["lease", "p1", ""], config, '(got "").\n'],
    ["one word too many", ["lease", "p1", "1", "--yes"], config, "too many arguments"],
    [
      "a pod to touch that does not run",
      ["touch", "off"],
      config,
      "Pod off is not running (EXITED)",
    ],
  ])("%s", async ([_sentence, [command = "", ...args], changes, because], test) => {
    const pods = [pod("p1"), pod("off", { status: "EXITED" })];
    const guard = await guardWith(test, { nowMs, config: { ...changes }, pods });

    const { by, stdout, stderr } = await run(guard, command, ...args);

    expect({ by, stdout }).toEqual({ by: 2, stdout: "" });
    expect(stderr.replaceAll(guard.config, "CONFIG")).toContain(because);
    expect(textOf(join(guard.folder, "leases.json"))).toBeUndefined();
    expect(await historyOf(guard)).toEqual([]);
  });

  it("a pod whose start nobody knows", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    guard.simulator.failAll("http-500", "measuring");

    const { by, stderr } = await run(guard, "lease", "p1", "1");

    expect(by).toBe(2);
    expect(stderr).toContain("Pod p1 cannot get a lease: when it started is unknown.\n");
    expect(textOf(join(guard.folder, "leases.json"))).toBeUndefined();
  });

  it("but not when the guard has saved it", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    const known = runFrom("p1", "p1", Date.now() - hourMs, 2);
    const saved = { ...emptyState, podsSeenAtMs: Date.now(), runs: { p1: known } };
    await saveState(guard.folder, saved);
    guard.simulator.failAll("http-500", "measuring");

    const { by, stderr } = await run(guard, "lease", "p1", "1");

    expect(by).toBe(0);
    expect(stderr).toContain("warning: the load of the pods could not be read: ");
  });

  it.for([
    ["lease", ["p1", "1"]],
    ["extend", ["p1", "1"]],
    ["touch", ["p1"]],
  ] as const)("%s, while the leases cannot be read", async ([command, args], test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    guard.write("leases.json", "{");

    const { by, stderr } = await run(guard, command, ...args);

    expect(by).toBe(2);
    expect(stderr).toContain("leases.json is broken: it is not JSON");
    expect(textOf(join(guard.folder, "leases.json"))).toBe("{");
    expect(await historyOf(guard)).toEqual([]);
  });

  it("an account that is not seen", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    guard.simulator.failAll("http-500");

    const { by, stderr } = await run(guard, "touch", "p1");

    expect(by).toBe(2);
    expect(stderr).toContain("The poll failed: ");
  });
});

describe.concurrent("touch", () => {
  it("notes that the pod is at work, says so, and writes it down", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    await run(guard, "lease", "p1", "2");

    const { by, stdout, stderr } = await run(guard, "touch", "p1");

    expect({ by, stdout, stderr }).toEqual({
      by: 0,
      stdout: "Pod p1 counts as active from now on: its idle time starts again from zero\n",
      stderr: `warning: the daemon is not running. Start it: ${watchCommand(guard)}\n`,
    });
    expect(await bookOf(guard)).toEqual({
      leases: { p1: { endsAtMs: inHours(2), givenAtMs: inHours(0) } },
      touchedAtMs: { p1: inHours(0) },
    });
    expect((await historyOf(guard)).map(({ type }) => type)).toEqual(["lease", "touch"]);
  });

  it.for<[string, object, string]>([
    ["there is no idle guard", { guards: {} }, "the config has no idle guard"],
    [
      "the idle guard is for others",
      { guards: { idle: { after_minutes: 30, pods: ["other-*"] } } },
      "guards.idle.pods does not match the pod",
    ],
    [
      "it is protected",
      { ...config, protect: ["p1"] },
      "the pod is protected, so no guard stops it anyway",
    ],
  ])("warns that it changes nothing when %s", async ([_sentence, changes, because], test) => {
    const guard = await guardWith(test, { nowMs, config: { ...changes }, pods: [pod("p1")] });

    const { by, stderr } = await run(guard, "touch", "p1");

    expect(by).toBe(0);
    expect(stderr).toContain(`warning: ${because}`);
  });
});

describe.concurrent("a locked pod", () => {
  it.for([
    ["stop", "Then nothing stops the pod: it is locked. Unlock it in RunPod's console.\n"],
    ["terminate", "Then nothing stops the pod: it is locked."],
    ["notify", "Then you are notified, and the pod keeps running.\n"],
  ] as const)("gets a lease that says what its end does: %s", async ([action, words], test) => {
    const guards = { lease: { ...leaseGuard, action } };
    const pods = [pod("p1", { locked: true })];
    const guard = await guardWith(test, { nowMs, config: { guards }, pods });

    const { by, stdout } = await run(guard, "lease", "p1", "2");

    expect(by).toBe(0);
    expect(stdout).toContain(words);
  });

  it("is touched, with a word that nothing stops it", async (test) => {
    const pods = [pod("p1", { locked: true })];
    const guard = await guardWith(test, { nowMs, config, pods });

    const { by, stderr } = await run(guard, "touch", "p1");

    expect(by).toBe(0);
    expect(stderr).toContain("warning: the pod is locked, so nothing stops it anyway\n");
  });
});

describe.concurrent("what is said", () => {
  it("moves no terminal, whatever a pod is called", async (test) => {
    const name = "\u001b[2J\u001b]0;gone\u0007a\r\n\u009bb\u202Ec";
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1", { name })] });

    const ended = await Promise.all([
      run(guard, "lease", "p1", "1"),
      run(guard, "lease", "p1", "9"),
      run(guard, "touch", "p1"),
      run(guard, "touch", "\u001b[3J"),
    ]);

    expect(ended.map(({ by }) => by)).toEqual([0, 2, 0, 2]);
    for (const { stdout, stderr } of ended) expect(stdout + stderr).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("a history that takes nothing is a warning", async (test) => {
    const guard = await guardWith(test, { nowMs, config, pods: [pod("p1")] });
    guard.write("history.jsonl/in-the-way", "");

    const { by, stderr } = await run(guard, "lease", "p1", "1");

    expect(by).toBe(0);
    expect(stderr).toContain("warning: the history could not be written: EISDIR");
    expect((await bookOf(guard)).leases["p1"]?.endsAtMs).toEqual(inHours(1));
  });
});
