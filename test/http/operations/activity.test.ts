import { rmSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { leaseFileOf } from "#store/paths.ts";
import { cluster, pod } from "../../guard/samples.ts";
import { daemonWith } from "./daemon.ts";

const inside = ({ operations }: Awaited<ReturnType<typeof daemonWith>>, podId = "p1") =>
  operations.touchFromInside(podId);

describe("a job that says that it is at work", () => {
  it("keeps its pod: its idle time starts again from zero, at once", async () => {
    const daemon = await daemonWith();
    const beganAtMs = Date.now();

    await inside(daemon);

    expect(daemon.state().runs["p1"]?.touchedAtMs).toBeGreaterThanOrEqual(beganAtMs);
    expect(await daemon.history()).toMatchObject([
      {
        type: "touch",
        because: "counts as active from now on, touched by a job in the pod",
        run: { podId: "p1" },
      },
    ]);
    expect(daemon.operations.latest()).toEqual([]);
  });

  it("again and again counts each time, is recorded once a minute, and asks RunPod for nothing", async () => {
    const daemon = await daemonWith();
    const { looks } = daemon.model;

    await Promise.all(Array.from({ length: 30 }, () => inside(daemon)));
    const afterwardsMs = Date.now();
    await inside(daemon);

    expect(daemon.state().runs["p1"]?.touchedAtMs).toBeGreaterThanOrEqual(afterwardsMs);
    expect(await daemon.history()).toHaveLength(1);
    expect(daemon.model.looks).toBe(looks);
  });

  it("in a pod of a cluster keeps the cluster", async () => {
    const daemon = await daemonWith({ pods: [cluster()] });

    await inside(daemon, "m1");

    expect(daemon.state().runs["c1"]?.touchedAtMs).toBeDefined();
  });

  it("is heard while RunPod is not seen: what ran then is taken to run", async () => {
    const daemon = await daemonWith();
    daemon.model.isBlind = true;
    await daemon.poll();

    await inside(daemon);

    expect(daemon.state().runs["p1"]?.touchedAtMs).toBeDefined();
  });

  it("is heard while RunPod lists no pods", async () => {
    const daemon = await daemonWith();
    const seen = daemon.state().lastSeen;
    if (seen === undefined) throw new Error("it was polled");
    daemon.take({ kind: "look", look: { ...seen, atMs: Date.now(), pods: "unknown" } });

    await inside(daemon);

    expect(daemon.state().runs["p1"]?.touchedAtMs).toBeDefined();
  });

  it.each([
    ["of a pod that nobody knows", [pod()], "p9", "not-found", 'There is no pod with the id "p9"'],
    ["of a pod by its name", [pod()], "trainer", "not-found", "There is no pod"],
    [
      "of a pod that has stopped",
      [pod({ status: "stopped" })],
      "p1",
      "conflict",
      "is not running (EXITED): there is nothing to keep",
    ],
  ] as const)("is refused %s", async (_sentence, pods, podId, refusal, words) => {
    const daemon = await daemonWith({ pods });

    await expect(inside(daemon, podId)).rejects.toMatchObject({
      refusal,
      message: expect.stringContaining(words),
    });
    expect(await daemon.leases.read()).toEqual({ leases: {}, touchedAtMs: {} });
    expect(await daemon.history()).toEqual([]);
  });

  it("is refused while no poll has worked yet", async () => {
    const daemon = await daemonWith({ isNew: true });

    await expect(inside(daemon)).rejects.toMatchObject({ refusal: "unavailable" });
  });

  it("hears it where it cannot be kept, and is kept once it can", async () => {
    const daemon = await daemonWith();
    const path = leaseFileOf(daemon.settings.stateFile);
    writeFileSync(path, "no book at all");

    await expect(inside(daemon)).rejects.toMatchObject({
      refusal: "unavailable",
      message: "It could not be kept.",
    });
    expect(daemon.entries).toContainEqual([
      "activity of a pod not kept",
      { podId: "p1", because: expect.stringContaining("is broken") },
    ]);
    rmSync(path);
    await inside(daemon);

    expect(daemon.state().runs["p1"]?.touchedAtMs).toBeDefined();
  });

  it("in a dry run changes nothing", async () => {
    const daemon = await daemonWith({ dryRun: true });

    await inside(daemon);

    expect(await daemon.leases.read()).toEqual({ leases: {}, touchedAtMs: {} });
    expect(await daemon.history()).toEqual([]);
  });
});
