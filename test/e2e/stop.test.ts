import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { HistoryRecord } from "#guard/model/run.ts";
import { identityOf } from "#process/identity.ts";
import type { NewPod } from "#simulator/pod.ts";
import { createHistoryFile } from "#store/history/history-file.ts";
import { readHistory } from "#store/history/history-reading.ts";
import { savedIn } from "../store/saved-state.ts";
import { shortPaces } from "../short-paces.ts";
import {
  byApi,
  type Ended,
  type Guard,
  guardWith,
  linesOf,
  readOnlyWords,
  until,
} from "./guard.ts";

const hourMs = 3_600_000;
const nowMs = Date.now;
const pod = (id: string, costPerHrUsd: number, more: Partial<NewPod> = {}): NewPod => ({
  id,
  costPerHrUsd,
  startedAtMs: Date.now() - 2.25 * hourMs,
  ...more,
});

function run(guard: Guard, command: string, ...args: readonly string[]): Promise<Ended> {
  return guard.call([command, "-c", guard.config, ...args]).ended;
}

/** A busy machine is late: some seconds more cost a cent more, and half a minute is rounded up. */
function aboutNow(stdout: string): string {
  return stdout.replaceAll(/(\$[34]\.[35])\d\b/g, "$1x").replaceAll("2 h 16 min", "2 h 15 min");
}

/** The ids of the pods that RunPod was asked to end, in the order of asking, and the looks before. */
function asked({ simulator }: Guard) {
  return simulator.asked.flatMap(({ does, podId }, n) => {
    if (does !== "stop" && does !== "terminate") return [];
    const looks = simulator.asked.slice(0, n).filter((each) => each.does === "look").length;
    return [{ id: podId ?? "", looks }];
  });
}

function historyOf({ folder }: Guard) {
  return createHistoryFile(join(folder, "history.jsonl"), {
    identityOf,
    onTrouble: (because) => {
      throw new Error(because);
    },
  });
}

async function endsIn(guard: Guard): Promise<readonly HistoryRecord[]> {
  const { records } = await readHistory(join(guard.folder, "history.jsonl"), 0);
  return records.filter(({ type }) => type === "stop" || type === "termination");
}

describe.concurrent("stop -y", () => {
  it("stops a pod, proves it, and writes down one end", async (test) => {
    const guards = { hard_timeout: { hours: 8, action: "stop" } };
    const trainer = pod("p1", 1.49, { name: "trainer" });
    const guard = await guardWith(test, { nowMs, pods: [trainer], config: { guards } });

    const { by, stdout, stderr } = await run(guard, "stop", "-y", "trai");

    expect({ by, stderr }).toEqual({
      by: 0,
      stderr: `pod trainer (p1): polling
pod trainer (p1): asked RunPod to stop it, waiting for proof
`,
    });
    const byTheBurn = byApi({
      graphql: "the burn fell from $1.49/h to $0.00/h",
      rest: "not confirmed by the burn, as RunPod shows only that of the pods",
    });
    expect(aboutNow(stdout)).toBe(`Pods to stop:
  ID  NAME     RATE     UPTIME      COST SO FAR
  p1  trainer  $1.49/h  2 h 15 min  $3.3x        LOSES its container disk; a volume disk stays, and costs
Stopped pod trainer (p1): ran 2 h 15 min, cost $3.3x; the pod is EXITED; ${byTheBurn}
`);
    expect(guard.simulator.account.pod("p1")?.status).toBe("EXITED");
    const [end, ...more] = await endsIn(guard);
    expect(more).toEqual([]);
    expect(end).toMatchObject({
      type: "stop",
      reason: "manual",
      run: {
        podId: "p1",
        podName: "trainer",
        gpuType: "RTX 4090",
        region: "EU-SE-1",
        uptimeMs: expect.closeTo(2.25 * hourMs, -5) as number,
        costUsd: expect.closeTo(3.3525, 1) as number,
        costPerHrUsd: 1.49,
        capAtMs: expect.closeTo(Number(trainer.startedAtMs) + 8 * hourMs, -5) as number,
      },
    });
    expect(guard.state()).toBeUndefined();
  });

  it("ends four at a time, the dearest first, and leaves out what is protected or locked", async (test) => {
    const pods = [
      ...[1, 2, 3, 4, 5].map((n) => pod(`p${n}`, n)),
      pod("kept", 9),
      pod("locked", 9, { locked: true }),
      pod("off", 9, { status: "EXITED" }),
    ];
    const paces = { proof: { ...shortPaces.proof, acceptedMs: [500] } };
    const guard = await guardWith(test, { nowMs, pods, config: { protect: ["kept"] }, paces });

    const { by, stdout } = await run(guard, "stop", "--all", "--yes");

    expect(by).toBe(0);
    expect(
      asked(guard)
        .map(({ id }) => id)
        .slice(0, 4)
        .toSorted(),
    ).toEqual(["p2", "p3", "p4", "p5"]);
    expect(asked(guard)[4]?.id).toBe("p1");
    // The first look of all, one before each end, and one that has proven another's; REST's serve several.
    const least = byApi({ graphql: 1 + 5 + 1, rest: 1 + 1 + 1 });
    expect(asked(guard)[4]?.looks).toBeGreaterThanOrEqual(least);
    expect(stdout).toContain("Skipped pod kept: protected\n");
    expect(stdout).toContain("Skipped pod locked: locked\n");
    expect(guard.simulator.account.pods().map(({ status }) => status)).toEqual([
      ...Array<string>(5).fill("EXITED"),
      "RUNNING",
      "RUNNING",
      "EXITED",
    ]);
    expect((await endsIn(guard)).map(({ run }) => String(run?.podId)).toSorted()).toEqual([
      "p1",
      "p2",
      "p3",
      "p4",
      "p5",
    ]);
  });

  it.for<[string, readonly string[], string]>([
    ["what is stopped already", ["off"], "Nothing to stop: pod off is already EXITED\n"],
    [
      "two of them",
      ["off", "out"],
      "Nothing to stop: pod off is already EXITED\nNothing to stop: pod out is already EXITED\n",
    ],
    ["all, where nothing runs", ["--all"], "There is nothing to stop.\n"],
  ])("%s is said once, and is no event", async ([_sentence, args, said], test) => {
    const pods = ["off", "out"].map((id) => pod(id, 1, { status: "EXITED" }));
    const guard = await guardWith(test, { nowMs, pods });

    const { by, stdout } = await run(guard, "stop", "-y", ...args);

    expect({ by, stdout }).toEqual({ by: 0, stdout: said });
    expect([asked(guard), await endsIn(guard)]).toEqual([[], []]);
  });

  it("tries again what RunPod only said to have done, and writes down one end", async (test) => {
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1)] });
    guard.simulator.failNext("stop-lies");

    const { by, stderr } = await run(guard, "stop", "-y", "p1");

    expect(by).toBe(0);
    expect(stderr).toContain(
      "not yet, trying again: RunPod accepted the request, but the pod still runs\n",
    );
    expect(asked(guard).map(({ id }) => id)).toEqual(["p1", "p1"]);
    expect(await endsIn(guard)).toHaveLength(1);
  });

  it("what it cannot prove it names, with the reason, beside what it could", async (test) => {
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1)], readOnly: true });

    const { by, stdout, stderr } = await run(guard, "stop", "-y", "p1");

    expect(by).toBe(1);
    expect(stdout).not.toContain("stopped");
    expect(stderr).toContain(
      `Not proven stopped, 1 of 1:\n  pod p1: the API key is read-only (${readOnlyWords()})\nIt may still run`,
    );
    expect(await endsIn(guard)).toEqual([]);
  });

  it("Ctrl-C leaves at once and says what is not proven", async (test) => {
    const paces = { proof: { ...shortPaces.proof, acceptedMs: [600_000] } };
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1)], paces });
    guard.simulator.failAll("stop-lies");
    const running = guard.start(["stop", "-c", guard.config, "-y", "p1"]);
    await until("it is asked", () => asked(guard).length === 1);

    running.signal("SIGINT");

    const { by, stderr } = await running.ended;
    expect(by).toBe(130);
    expect(stderr).toContain(
      "Interrupted. Not proven stopped:\n  pod p1: RunPod was asked, but no poll has proven it\n",
    );
    expect(await endsIn(guard)).toEqual([]);
  });

  it("a history that takes nothing is a warning", async (test) => {
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1)] });
    guard.write("history.jsonl/in-the-way", "");

    const { by, stderr } = await run(guard, "stop", "-y", "p1");

    expect(by).toBe(0);
    expect(stderr).toContain("warning: the history could not be written: EISDIR");
  });

  it("stops it even though the daemon cannot be told that it was by hand", async (test) => {
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1)] });
    guard.write("leases.json", "not a book of leases");

    const { by, stdout } = await run(guard, "stop", "-y", "p1");

    expect(by).toBe(0);
    expect(stdout).toContain("Stopped pod p1: ");
  });

  it("what a pod is called moves no terminal", async (test) => {
    const name = "\u001b[2J\u001b]0;gone\u0007a\r\n\u009bb\u202Ec";
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1, { name })] });

    const { stdout, stderr } = await run(guard, "stop", "-y", "p1");

    expect(stdout).toContain('Stopped pod "[2J]0;goneabc" (p1): ');
    expect(stdout + stderr).toMatch(/^[\x20-\x7e\n]+$/);
  });

  it("beside a watching guard, there is one end, by hand", async (test) => {
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1), pod("p2", 1)] });
    const watching = guard.watch();
    await until("the guard knows the run", () => guard.runs()?.includes('"p1"'));

    const { by } = await run(guard, "stop", "-y", "p1");
    const stateOf = async () => (await savedIn(guard.folder)).state;
    await until("the guard has seen the end", () =>
      guard.saved().unrecorded.some(({ type }) => type === "stop"),
    );
    const seen = (await stateOf()).unrecorded.find(({ type }) => type === "stop");
    if (seen === undefined) throw new Error("it is not kept until it is written");
    watching.signal("SIGTERM");
    const { lines } = await watching.ended;
    // What the guard would write in a minute.
    await historyOf(guard).append([seen]);

    expect(by).toBe(0);
    expect(linesOf(lines, "run ended")).toMatchObject([{ podId: "p1", reason: "manual" }]);
    expect(seen).toMatchObject({ reason: "manual", run: { podId: "p1" } });
    expect(seen.notBeforeMs).toBeGreaterThan(seen.atMs);
    expect((await endsIn(guard)).map(({ run, reason }) => [run?.podId, reason])).toEqual([
      ["p1", "manual"],
    ]);
    expect((await stateOf()).runs).not.toHaveProperty("p1");
  });
});

describe.concurrent("terminate -y", () => {
  it("deletes pods, running or not, and writes down one end of each", async (test) => {
    const off = pod("off", 1, { status: "EXITED", networkVolumeId: "volume" });
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 2), off, pod("p2", 3)] });

    const { by, stdout } = await run(guard, "terminate", "-y", "p1", "off");

    expect(by).toBe(0);
    expect(guard.simulator.account.pods().map(({ id }) => id)).toEqual(["p2"]);
    expect(stdout).toContain("Terminated pod p1: ran 2 h 15 min, cost $4.50; the pod is gone; ");
    expect(stdout).toContain("Terminated pod off: was not running; the pod is gone; ");
    const ends = await endsIn(guard);
    expect(ends.map((end) => `${end.type} ${end.reason} ${end.run?.podId}`).toSorted()).toEqual([
      "termination manual off",
      "termination manual p1",
    ]);
  });
});

describe.concurrent("nothing is touched, and the exit code is 2, when", () => {
  it.for<[string, readonly string[], string]>([
    [
      "there is no terminal to ask on",
      ["p1"],
      "Cannot ask for confirmation: this is not a terminal. Nothing was changed.\nUse -y or --yes to skip the question: runpodboss -c CONFIG stop -y POD\n",
    ],
    [
      "one of them is protected",
      ["-y", "p1", "kept"],
      "Pod kept is protected. Nothing was changed.",
    ],
    ["one of them is locked", ["-y", "locked", "p1"], "Pod locked is locked. Nothing was changed."],
    ["one of them is not there", ["-y", "p1", "nope"], 'There is no pod "nope".'],
    ["one of them is not clear", ["-y", "kept", "p"], '"p" matches 2 pods.'],
    ["none is named", ["-y"], "Name a pod, or use --all."],
    ["pods are named beside --all", ["-y", "--all", "p1"], "Name pods or use --all, not both."],
  ])("%s", async ([_sentence, args, because], test) => {
    const pods = [pod("p1", 1), pod("p2", 1), pod("kept", 1), pod("locked", 1, { locked: true })];
    const guard = await guardWith(test, { nowMs, pods, config: { protect: ["kept"] } });

    const { by, stderr } = await run(guard, "stop", ...args);

    expect(by).toBe(2);
    expect(stderr.replaceAll(guard.config, "CONFIG")).toContain(because);
    expect(asked(guard)).toEqual([]);
    expect(await endsIn(guard)).toEqual([]);
  });

  it.for([
    ["the account is not seen", "http-500", "The poll failed: "],
    ["RunPod did not list the pods", "pods-null", "RunPod did not list the pods: "],
  ] as const)("%s", async ([_sentence, fault, because], test) => {
    const guard = await guardWith(test, { nowMs, pods: [pod("p1", 1)] });
    guard.simulator.failAll(fault);

    const { by, stderr } = await run(guard, "stop", "-y", "--all");

    expect(by).toBe(2);
    expect(stderr).toContain(because);
    expect(asked(guard)).toEqual([]);
  });
});
