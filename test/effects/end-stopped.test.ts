import { describe, expect, it } from "vitest";
import { performWith } from "#effects/perform.ts";
import type { Look, Measured, Pod } from "#guard/model/account.ts";
import type { EndStopped, Outcome } from "#guard/model/effect.ts";
import type { GuardedAs } from "#guard/pods/rules/foreign.ts";
import type { StoppedGuard } from "#guard/model/policy.ts";
import { realPaces } from "#paces.ts";
import type { EndAnswer } from "#ports.ts";
import { createHastyClock } from "../fake-clock.ts";
import { blind, pod, seen } from "../guard/samples.ts";
import { accountShowing } from "./fake-account.ts";
import { presentWith } from "./fake-present.ts";
import { agentTools, effectSettings, keptLog } from "./samples.ts";

const hourMs = 3_600_000;
const effect: EndStopped = {
  kind: "end-stopped",
  id: "s",
  reason: "stopped_24h",
  podId: "p1",
  podName: "trainer",
  stoppedSinceMs: -24 * hourMs,
  because: "stopped for 24 h",
  tries: 0,
  notBeforeMs: 0,
};
const guard: StoppedGuard = {
  afterMs: 24 * hourMs,
  action: "terminate",
  losesData: false,
  pods: ["*"],
};
const kept: Partial<Pod> = { status: "stopped", word: "EXITED", hasNetworkVolume: true };
const there = (overrides: Partial<Pod> = {}): Look =>
  seen({ burnPerHrUsd: 0.02, pods: [pod({ ...kept, ...overrides })] });
const gone = seen({ burnPerHrUsd: 0, pods: [] });
const startedAt = (lastStartedAtMs: number): Measured => ({
  kind: "measured",
  atMs: 0,
  samples: [
    {
      podId: "p1",
      bootedAtMs: undefined,
      lastStartedAtMs,
      takenAtMs: 0,
      cpuPercent: undefined,
      gpuPercents: undefined,
      gpuMemoryPercents: undefined,
      gpuType: undefined,
      region: undefined,
    },
  ],
});

interface Given {
  readonly looks?: readonly [Look, ...Look[]];
  readonly stopped?: Partial<StoppedGuard> | "off";
  readonly protect?: readonly string[];
  readonly isOwed?: boolean;
  readonly guardedAs?: GuardedAs;
  readonly measured?: Measured;
  readonly answer?: EndAnswer;
  readonly dryRun?: boolean;
}

function setUp(given: Given = {}) {
  const { looks = [there(), gone, gone], stopped = {}, isOwed = true, measured } = given;
  const account = accountShowing(looks, given.answer, measured);
  const { log, entries } = keptLog();
  const settings = effectSettings({
    protect: given.protect ?? [],
    dryRun: given.dryRun ?? false,
    guards: {
      beforeStopCommand: ["save"],
      beforeStopTimeoutMs: 1_000,
      ...(stopped !== "off" && { stopped: { ...guard, ...stopped } }),
    },
  });
  const perform = performWith({
    channels: () => [],
    account,
    clock: createHastyClock(),
    runner: { run: () => Promise.reject(new Error("nothing is to be started")) },
    log,
    env: {},
    paces: realPaces,
    ...agentTools,
    settings: () => settings,
    present: presentWith({ isOwed: () => isOwed, guardedAs: () => given.guardedAs ?? "guard" }),
  });
  const end = () => perform(effect, undefined, new AbortController().signal);
  return { end, asked: account.asked, entries };
}

const moot = (because: string): Outcome => ({ kind: "moot", because, tail: "" });
const failed = (because: string): Outcome => ({ kind: "failed", because, tail: "" });

describe("a pod that has long been stopped", () => {
  it.each<[string, Given]>([
    ["with a network volume", {}],
    [
      "without one, where its data may be lost",
      { looks: [there({ hasNetworkVolume: false }), gone, gone], stopped: { losesData: true } },
    ],
    ["that was started long before it stopped", { measured: startedAt(-30 * hourMs) }],
  ])("%s is deleted, which two polls prove that no longer list it", async (_sentence, given) => {
    const { end, asked } = setUp(given);

    expect(await end()).toMatchObject({ kind: "done", podIs: "gone" });
    expect(asked).toEqual(["look", "measure", "terminate p1", "look", "look"]);
  });

  it("that is still listed is not deleted yet, and is tried again", async () => {
    const { end, asked } = setUp({ looks: [there()] });

    expect(await end()).toMatchObject({
      kind: "failed",
      because: "RunPod accepted the request, but the pod is EXITED and still there",
    });
    await end();
    expect(asked.filter((each) => each === "terminate p1")).toHaveLength(2);
  });

  it.each<[string, Given, Outcome]>([
    [
      "it runs again",
      { looks: [there({ status: "running", word: "RUNNING" })] },
      moot("the pod runs again"),
    ],
    ["it has run since", { measured: startedAt(-hourMs) }, moot("the pod has run since")],
    [
      "it has no network volume",
      { looks: [there({ hasNetworkVolume: false })] },
      moot("it has no network volume, so its data would be lost"),
    ],
    [
      "nobody knows whether it has one",
      { looks: [there({ hasNetworkVolume: undefined })] },
      failed("it is not known whether it has a network volume"),
    ],
    [
      "nobody knows whether it has one, though its data may be lost",
      { looks: [there({ hasNetworkVolume: undefined })], stopped: { losesData: true } },
      failed("whether it has a network volume is unknown"),
    ],
    [
      "nobody knows whether it runs",
      { looks: [there({ status: "unknown", word: "STOPPING" })] },
      failed("it is not known whether the pod runs"),
    ],
    ["it is protected", { protect: ["train*"] }, moot("the pod is protected")],
    ["it is locked", { looks: [there({ isLocked: true })] }, failed("the pod is locked")],
    [
      "its name is unknown",
      { looks: [there({ rawName: undefined })] },
      failed("its name is unknown"),
    ],
    [
      "it may be a row that cannot be read",
      { looks: [seen({ pods: [], unreadablePods: 1 })] },
      failed("the pod may be one that could not be read"),
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
    ["the guard is off by now", { stopped: "off" }, moot("the config no longer asks for it")],
    [
      "the guard only tells by now",
      { stopped: { action: "notify" } },
      moot("the config no longer asks for it"),
    ],
    [
      "the guard is for others by now",
      { stopped: { pods: ["other"] } },
      moot("the config no longer asks for it"),
    ],
    ["it was started elsewhere", { guardedAs: "ignore" }, moot("it was started elsewhere")],
    [
      "nobody knows who started it",
      { guardedAs: "unknown" },
      failed("it is not known who started it"),
    ],
    ["it is owed no longer", { isOwed: false }, moot("it is no longer to be deleted")],
    ["it is gone already", { looks: [gone] }, { ...moot("the pod is gone"), podIs: "gone" }],
  ])("is left alone: %s", async (_sentence, given, outcome) => {
    const { end, asked } = setUp(given);

    expect(await end()).toEqual(outcome);
    expect(asked).not.toContain("terminate p1");
  });

  it("is not deleted in a dry run, which says so once", async () => {
    const { end, asked, entries } = setUp({ dryRun: true, looks: [there()] });

    expect(await end()).toBe("interrupted");
    await end();

    expect(asked).not.toContain("terminate p1");
    expect(entries).toEqual([
      [
        "dry run: would have ended this pod",
        { reason: "stopped_24h", podId: "p1", podName: "trainer", action: "terminate" },
      ],
    ]);
  });
});
