import { describe, expect, it, type TestContext } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { shortPaces } from "../short-paces.ts";
import {
  byApi,
  endsAskedOf,
  type Guard,
  type GuardOptions,
  guardWith,
  heardBy,
  linesOf,
  looksOf,
  pollMs,
  readOnlyWords,
  type Running,
  textIn,
  told,
  until,
} from "./guard.ts";

const backstop = { action: "stop", after_seconds: 0.5 };
const thresholds = [{ name: "emergency", below_usd: 10, prompt: "{name}", backstop }];
const pod = (id: string, costPerHrUsd: number, more: Partial<NewPod> = {}): NewPod => ({
  id,
  costPerHrUsd,
  ...more,
});

/** An account below the line, and an agent that does nothing about it. */
function guardWithBackstop(
  test: TestContext,
  pods: readonly NewPod[],
  { config, ...options }: GuardOptions = {},
): Promise<Guard> {
  const all = { thresholds, ...config };
  return guardWith(test, { balanceUsd: 9, notify: "", pods, ...options, config: all });
}

function statusOf({ simulator }: Guard, ...ids: readonly string[]): readonly unknown[] {
  return ids.map((id) => simulator.account.pod(id)?.status);
}

async function end(running: Running): Promise<void> {
  running.signal("SIGTERM");
  expect(await running.ended).toMatchObject({ by: 130 });
}

const stopping = (pods: string) =>
  `emergency: balance is still $9.00, 1 s after the trip. Stopping ${pods}`;

describe.concurrent("where the agent does nothing, the guard stops pods itself:", () => {
  it("those that run and are not protected, in their order, proven, and told", async (test) => {
    const pods = [
      pod("cheap", 1),
      pod("dear", 2, { name: "trainer" }),
      pod("stopped", 9, { status: "EXITED" }),
      pod("by-id", 3),
      pod("other", 3, { name: "Prod-api" }),
      pod("guards-own", 3),
    ];
    const config = { protect: ["by-id", "prod-*"] };
    const guard = await guardWithBackstop(test, pods, { config });
    const env = { RUNPOD_POD_ID: "guards-own" };
    const running = guard.call(["watch", "--config", guard.config], env);

    await running.said("agent done");
    await running.said("pod ended", { podId: "dear" });
    await running.said("pod ended", { podId: "cheap" });
    await until("all is told", () => heardBy(guard).length === 4);
    await until("nothing is owed", () => guard.saved().owed.length === 0);
    await end(running);

    expect(endsAskedOf(guard).toSorted()).toEqual(["cheap", "dear"]);
    expect(statusOf(guard, "dear", "cheap", "by-id", "other", "guards-own")).toEqual([
      "EXITED",
      "EXITED",
      "RUNNING",
      "RUNNING",
      "RUNNING",
    ]);
    const byTheBurn = byApi({
      graphql: "the burn fell from $12.00/h to ",
      rest: "not confirmed by the burn, as RunPod shows only that of the pods",
    });
    expect(linesOf(running.lines, "pod ended")).toMatchObject([
      {
        threshold: "emergency",
        action: "stop",
        because: expect.stringContaining(`the pod is EXITED; ${byTheBurn}`),
      },
      {
        threshold: "emergency",
        action: "stop",
        because: expect.stringContaining("the pod is EXITED; "),
      },
    ]);
    expect(heardBy(guard).toSorted()).toEqual([
      "burn: 3 pods that nothing here may stop: by-id (protected), Prod-api (other, protected), guards-own (protected). Still burning $12.00/h. $0 in about 45 min",
      "emergency",
      "emergency: all pods I may stop have stopped. Still burning $9.00/h: by-id (protected), Prod-api (other, protected), guards-own (protected). $0 in about 1 h 0 min",
      stopping("pods trainer (dear), cheap"),
    ]);
  });

  it.for<[string, number, readonly string[], readonly string[]]>([
    ["the most expensive first", 9, ["e6", "e5", "d4", "d3"], ["c2", "c1"]],
    [
      "but with the money of a few minutes left, those first that would lose their data",
      3,
      ["c1", "c2", "d3", "e5"],
      ["d4", "e6"],
    ],
  ])("%s", async ([_sentence, balanceUsd, first, then], test) => {
    const networkVolumeId = "volume";
    const pods = [
      pod("c1", 1),
      pod("d3", 3),
      pod("e5", 5),
      pod("c2", 2),
      pod("d4", 4, { networkVolumeId }),
      pod("e6", 6, { networkVolumeId }),
    ];
    const guard = await guardWithBackstop(test, pods, { balanceUsd });
    const running = guard.watch();

    await until("all are asked to end", () => endsAskedOf(guard).length === pods.length);
    await end(running);

    // Four at a time.
    expect(endsAskedOf(guard).slice(0, 4).toSorted()).toEqual(first.toSorted());
    expect(endsAskedOf(guard).slice(4).toSorted()).toEqual(then.toSorted());
  });

  it("terminates them, where the config says so", async (test) => {
    const terminate = { action: "terminate", after_seconds: 1 };
    const config = { thresholds: [{ ...thresholds[0], backstop: terminate }] };
    const guard = await guardWithBackstop(test, [pod("a1", 1)], { config });
    const running = guard.watch();

    const ended = await running.said("pod ended");
    await end(running);

    const because = expect.stringMatching(/^the pod is gone; /) as string;
    expect(ended).toMatchObject({ action: "terminate", because });
    expect(guard.simulator.asked.some(({ does }) => does === "terminate")).toBe(true);
    expect(guard.simulator.account.pods()).toEqual([]);
  });

  it("also those that appear later", async (test) => {
    const guard = await guardWithBackstop(test, [pod("a1", 1)]);
    const running = guard.watch();
    await running.said("pod ended", { podId: "a1" });

    guard.simulator.account.addPod(pod("late", 1));
    await running.said("pod ended", { podId: "late" });
    await told(guard, /pod late$/);
    await end(running);

    expect(endsAskedOf(guard)).toEqual(["a1", "late"]);
    expect(heardBy(guard)).toContain(stopping("pod late"));
  });

  it("none, once a top-up has come before it was due", async (test) => {
    const later = { action: "stop", after_seconds: 4 };
    const config = { thresholds: [{ ...thresholds[0], backstop: later }] };
    const guard = await guardWithBackstop(test, [pod("a1", 1)], { config });
    const running = guard.watch();
    // What may not have been sent by then is told of once more.
    await running.said("notify command done");

    guard.simulator.account.topUp(20);
    await running.said("threshold re-armed");
    await until("it would have been due", () => looksOf(guard).length * pollMs >= 3_000);
    await told(guard, 1);
    await end(running);

    expect(endsAskedOf(guard)).toEqual([]);
    expect(statusOf(guard, "a1")).toEqual(["RUNNING"]);
    expect(heardBy(guard)).toEqual(["emergency"]);
  });

  it("no more of them, once a top-up has come between two stops", async (test) => {
    const pods = ["p1", "p2", "p3", "p4", "p5", "p6"].map((id) => pod(id, 0.1));
    // The others wait for the proof of these.
    const paces = { proof: { ...shortPaces.proof, acceptedMs: [1_000] } };
    const guard = await guardWithBackstop(test, pods, { paces });
    const running = guard.watch();
    await until("the first four are asked to end", () => endsAskedOf(guard).length === 4);

    guard.simulator.account.topUp(20);
    await running.said("threshold re-armed");
    const looks = looksOf(guard).length;
    await until("their proofs are over", () => (looksOf(guard).length - looks) * pollMs >= 2_000);
    await end(running);

    expect(endsAskedOf(guard).toSorted()).toEqual(["p1", "p2", "p3", "p4"]);
    expect(statusOf(guard, "p5", "p6")).toEqual(["RUNNING", "RUNNING"]);
  });

  it("what was owed to a guard that was killed, its next start does", async (test) => {
    const guard = await guardWithBackstop(test, [pod("a1", 1)]);
    guard.simulator.failNext("silence", 1, "mutations");
    const running = guard.watchApart();
    await until("the first try", () => endsAskedOf(guard).length === 1);
    running.signal("SIGKILL");
    await running.ended;
    const owed = guard.saved().owed.filter(({ kind }) => kind === "end-pod");
    expect(owed).toMatchObject([{ podId: "a1" }]);

    const again = guard.watch();
    await again.said("pod ended", { podId: "a1" });
    await end(again);

    expect(endsAskedOf(guard)).toEqual(["a1", "a1"]);
  });
});

describe.concurrent("a stop is proven by looking:", () => {
  it("one whose answer is an error, and that happened, is not tried again", async (test) => {
    const guard = await guardWithBackstop(test, [pod("a1", 1)]);
    guard.simulator.failNext("stop-errors-but-happens");
    const running = guard.watch();

    await running.said("pod ended", { podId: "a1" });
    await until("all is told", () => heardBy(guard).length === 3);
    await end(running);

    expect(endsAskedOf(guard)).toEqual(["a1"]);
    expect(linesOf(running.lines, "pod not ended")).toEqual([]);
    expect(heardBy(guard).join("\n")).toContain("all pods I may stop have stopped");
  });

  it("one whose answer is yes, and that did not happen, is told and tried again until it did", async (test) => {
    const guard = await guardWithBackstop(test, [pod("a1", 1)]);
    guard.simulator.failNext("stop-lies");
    const running = guard.watch();

    const failed = await running.said("pod not ended");
    expect(statusOf(guard, "a1")).toEqual(["RUNNING"]);
    await running.said("pod ended", { podId: "a1" });
    await told(guard, /trying again/);
    await end(running);

    const because = "RunPod accepted the request, but the pod still runs";
    expect(failed).toMatchObject({ level: "error", because, try: 1, again: true });
    expect(endsAskedOf(guard)).toEqual(["a1", "a1"]);
    expect(statusOf(guard, "a1")).toEqual(["EXITED"]);
    expect(heardBy(guard)).toContain(`emergency: could not stop pod a1, trying again: ${because}`);
  });

  it("with a key that may only read, that is told, once", async (test) => {
    const guard = await guardWithBackstop(test, [pod("a1", 1)], { readOnly: true });
    const running = guard.watch();

    await running.said("pod not ended", { try: 1 });
    await running.said("pod not ended", { try: 2 });
    await told(guard, 3);
    await end(running);

    expect(statusOf(guard, "a1")).toEqual(["RUNNING"]);
    expect(heardBy(guard).toSorted()).toEqual([
      "emergency",
      stopping("pod a1"),
      `emergency: could not stop pod a1, trying again: the API key is read-only (${readOnlyWords()})`,
    ]);
  });

  it("a locked pod is told and left; once it is unlocked it is stopped", async (test) => {
    const pods = [pod("a1", 1), pod("locked", 2, { locked: true })];
    const guard = await guardWithBackstop(test, pods);
    const running = guard.watch();
    await running.said("pod ended", { podId: "a1" });
    expect(endsAskedOf(guard)).toEqual(["a1"]);

    guard.simulator.account.addPod(pod("locked", 2));
    await running.said("pod ended", { podId: "locked" });
    await told(guard, /cannot stop pod locked/);
    await end(running);

    expect(heardBy(guard)).toContain(
      "emergency: cannot stop pod locked: locked. Unlock in RunPod's console",
    );
  });
});

describe.concurrent("a dry run of the backstop", () => {
  it("names exactly the pods that a live run stops, once, and stops none", async (test) => {
    const pods = [
      pod("a1", 1),
      pod("b2", 2),
      pod("kept", 3),
      pod("locked", 3, { locked: true }),
      pod("off", 4, { status: "EXITED" }),
    ];
    const guard = await guardWithBackstop(test, pods, { config: { protect: ["kept"] } });
    const dry = guard.watch("--dry-run");
    await dry.said("dry run: would have ended this pod", { podId: "a1" });
    await dry.said("dry run: would have ended this pod", { podId: "b2" });
    await dry.said("polled", { cycle: 3 });
    await end(dry);
    expect(endsAskedOf(guard)).toEqual([]);
    expect([guard.calls("notify"), guard.calls("agent"), guard.state()]).toEqual([
      [],
      [],
      undefined,
    ]);

    const live = guard.watch();
    await live.said("pod ended", { podId: "a1" });
    await live.said("pod ended", { podId: "b2" });
    await end(live);

    const named = linesOf(dry.lines, "dry run: would have ended this pod");
    expect(named.map((line) => textIn(line, "podId")).toSorted()).toEqual(
      endsAskedOf(guard).toSorted(),
    );
  });
});
