import { readFileSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { CreateAnswer } from "#guard/model/launch.ts";
import { hourMs } from "#guard/model/time.ts";
import { giveQuote, goodQuote } from "#operations/launch/quote.ts";
import { identityOf } from "#process/identity.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { blind } from "../../guard/samples.ts";
import { caps, createWorld, type Doing, offer, podOf, wish } from "./world.ts";

const unclear: CreateAnswer = {
  kind: "failed",
  because: "Something went wrong",
  isReadOnlyKey: false,
  isRefusal: false,
};
const no: CreateAnswer = { ...unclear, because: "no instances are free", isRefusal: true };

describe("starting a pod", () => {
  it("has its lease in the book, by name, before RunPod is asked", async () => {
    const world = createWorld();

    const started = await world.start();

    expect(started.kind).toBe("running");
    const { id, name, atMs } = started.launch;
    expect(name).toBe(`trainer-rb${id}`);
    expect(world.books).toEqual([
      { [id]: expect.objectContaining({ id, name, endsAtMs: atMs + 4 * hourMs }) as unknown },
    ]);
    expect(world.orders).toEqual([
      expect.objectContaining({
        name,
        gpuId: offer.id,
        env: {
          HF_TOKEN: "hf_averysecretvalue",
          RUNPODBOSS: expect.stringMatching(new RegExp(`^${id}@[A-Za-z0-9._-]+$`)) as unknown,
        },
      }),
    ]);
  });

  it("keeps who started it, and which pod it became, and no secret of it anywhere", async () => {
    const world = createWorld();

    await world.start();

    expect(await world.launches()).toEqual([
      expect.objectContaining({
        podId: "new1",
        by: { kind: "agent", agent: "claude-code", session: "s1", host: "atlas" },
      }),
    ]);
    expect(world.history().map(({ type, because }) => [type, because])).toEqual([
      ["launch", "started by an agent, claude-code (session s1) on atlas for 4 h 0 min"],
    ]);
    const folder = dirname(world.stateFile);
    for (const name of readdirSync(folder)) {
      expect(readFileSync(join(folder, name), "utf8")).not.toContain("averysecret");
    }
  });

  it("that RunPod has answered with an error, and made all the same, is taken in, and not sent again", async () => {
    const world = createWorld({ create: (order) => ({ pod: podOf(order), answer: unclear }) });

    const started = await world.start();

    expect(started).toMatchObject({ kind: "running", wasLost: "Something went wrong" });
    expect(world.orders).toHaveLength(1);
    expect(await world.launches()).toEqual([expect.objectContaining({ podId: "new1" })]);
    expect(world.history()[0]?.because).toMatch(/^RunPod answered Something went wrong, and/);
  });

  it("that RunPod has answered under another id is known by its name, and held by it before that is known", async () => {
    const world = createWorld({
      create: (order) => ({
        pod: podOf(order),
        answer: { kind: "created", podId: "another", costPerHrUsd: 0.7 },
      }),
    });

    expect(await world.start()).toMatchObject({ kind: "running", pod: { id: "new1" } });
    expect(await world.launches()).toEqual([expect.objectContaining({ podId: "new1" })]);
  });

  it("is the one of its name, though the answer names one that someone else has just started", async () => {
    const world = createWorld({
      create: (order) => ({
        pod: podOf(order),
        answer: { kind: "created", podId: "theirs", costPerHrUsd: 0.7 },
      }),
      lookAt: (_n, look) =>
        look.kind === "seen" && look.pods !== "unknown" && look.pods.length > 0
          ? { ...look, pods: [{ ...podOf({ name: "db" } as never), id: "theirs" }, ...look.pods] }
          : look,
    });

    expect(await world.start()).toMatchObject({
      kind: "running",
      pod: { id: "new1" },
      troubles: [],
    });
    expect(await world.launches()).toEqual([expect.objectContaining({ podId: "new1" })]);
  });

  it("that RunPod has made twice is said to be two", async () => {
    const world = createWorld({
      lookAt: (_n, look) =>
        look.kind === "seen" && look.pods !== "unknown"
          ? { ...look, pods: look.pods.flatMap((pod) => [pod, { ...pod, id: "new2" }]) }
          : look,
    });

    const started = await world.start();

    expect(started).toMatchObject({ kind: "running", pod: { id: "new1" } });
    expect(started.troubles).toEqual([
      `Pod ${started.launch.name} (new2) was made as well, and has the same lease`,
    ]);
  });

  it("that RunPod has refused, and made all the same, is taken in as well", async () => {
    const world = createWorld({ create: (order) => ({ pod: podOf(order), answer: no }) });

    expect(await world.start()).toMatchObject({ kind: "running" });
  });

  it("that shows up only later is found as well", async () => {
    const world = createWorld({
      create: (order) => ({ pod: podOf(order), answer: unclear }),
      lookAt: (n, look) => (n < 3 && look.kind === "seen" ? { ...look, pods: [] } : look),
    });

    expect(await world.start()).toMatchObject({ kind: "running" });
    expect(world.orders).toHaveLength(1);
  });

  it("that RunPod refused is no launch that counts", async () => {
    const world = createWorld({
      launch: { ...caps, mostRunning: 1 },
      create: () => ({ answer: no }),
    });

    const started = await world.start();
    const again = await world.start();

    expect([started.kind, again.kind]).toEqual(["refused", "refused"]);
    expect((await world.launches()).map(({ failedAtMs }) => typeof failedAtMs)).toEqual([
      "number",
      "number",
    ]);
  });

  it("of which nobody knows stays on its lease by name, and counts as one that runs", async () => {
    const world = createWorld({
      launch: { ...caps, mostRunning: 1 },
      create: () => ({ answer: unclear }),
    });

    const started = await world.start();

    expect(started).toMatchObject({ kind: "lost", because: "Something went wrong" });
    expect(await world.launches()).toEqual([
      expect.not.objectContaining({ failedAtMs: expect.anything() as unknown }),
    ]);
    await expect(world.start()).rejects.toThrow("launch.max_running is 1");
    expect(world.orders).toHaveLength(1);
  });

  it("is not said not to be there by polls that failed", async () => {
    const world = createWorld({
      create: () => ({ answer: no }),
      lookAt: () => blind(Date.now()),
    });

    expect(await world.start()).toMatchObject({ kind: "lost" });
  });

  it("that never boots is on its lease all the same", async () => {
    let nowMs = Date.now();
    const world = createWorld({ boots: false });
    const realNow = Date.now;
    // Each look takes some seconds.
    Date.now = () => (nowMs += 3_000);
    try {
      expect(await world.start()).toMatchObject({
        kind: "not-running",
        because: "it is RUNNING, and has not booted",
        pod: { id: "new1" },
      });
    } finally {
      Date.now = realNow;
    }
  });

  it("for which RunPod charges more than was agreed to is deleted again", async () => {
    const world = createWorld({
      create: (order) => ({
        pod: podOf(order, { costPerHrUsd: 0.72 }),
        answer: { kind: "created", podId: "new1", costPerHrUsd: 0.72 },
      }),
    });

    const started = await world.start();

    expect(started).toMatchObject({ kind: "too-dear", costPerHrUsd: 0.72, end: { kind: "ended" } });
    expect(world.ended).toEqual(["new1"]);
  });

  it.each<[string, number | undefined, object]>([
    ["is deleted again where it is too much", 20, { kind: "too-dear", costPerHrUsd: 20 }],
    ["runs where it is what was agreed to", 0.7, { kind: "running", troubles: [] }],
    [
      "is said not to be known where it has told none",
      undefined,
      { kind: "running", troubles: [expect.stringContaining("does not say what it costs")] },
    ],
  ])("of which only RunPod's answer tells the price %s", async (_sentence, answered, expected) => {
    const world = createWorld({
      create: (order) => ({
        pod: podOf(order, { costPerHrUsd: undefined }),
        answer: { kind: "created", podId: "new1", costPerHrUsd: answered },
      }),
    });

    expect(await world.start()).toMatchObject(expected);
  });

  it("costs what the list of pods tells, whatever the answer was", async () => {
    const world = createWorld({
      create: (order) => ({
        pod: podOf(order),
        answer: { kind: "created", podId: "new1", costPerHrUsd: 20 },
      }),
    });

    expect(await world.start()).toMatchObject({ kind: "running", troubles: [] });
  });

  const costing = (perHrUsd: number) =>
    createWorld({ offers: [{ ...offer, secure: { ...offer.secure, perHrUsd } }] });

  it("whose price has risen by up to a hundredth meanwhile is started", async () => {
    expect(await costing(0.706).start()).toMatchObject({ kind: "running" });
  });

  it("whose price has risen by more is refused before RunPod is asked", async () => {
    const world = costing(0.72);

    await expect(world.start()).rejects.toThrow("it costs $0.72/h by now");
    expect(world.orders).toEqual([]);
    expect(await world.launches()).toEqual([]);
  });

  it("twice at once goes no further than the cap", async () => {
    const slowly: Doing = (order) => ({
      answer: { kind: "created", podId: order.name, costPerHrUsd: 0.7 },
      pod: podOf(order, { id: order.name }),
    });
    const world = createWorld({ launch: { ...caps, mostRunning: 1 }, create: slowly });

    const both = await Promise.allSettled([world.start(), world.start()]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(world.orders).toHaveLength(1);
  });

  it("with one quote twice at once starts one pod", async () => {
    const world = createWorld();
    const { estimate } = await world.plan();
    const { id } = await giveQuote(estimate, world.stateFile);

    const both = await Promise.allSettled([
      world.start({ quoteId: id }),
      world.start({ quoteId: id }),
    ]);

    expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    expect(world.orders).toHaveLength(1);
    await expect(goodQuote(id, world.stateFile, Date.now())).rejects.toThrow("was used already");
  });

  it("two of which RunPod answers with an error at once are told apart", async () => {
    const world = createWorld({
      create: (order) => ({ pod: podOf(order, { id: order.name }), answer: unclear }),
    });

    const both = await Promise.all([world.start(), world.start()]);

    for (const started of both) {
      expect(started).toMatchObject({ kind: "running", pod: { name: started.launch.name } });
    }
    expect(world.orders).toHaveLength(2);
  });

  it.each<[string, CreateAnswer | undefined, readonly string[]]>([
    ["is protected before there is one", undefined, ["protected", "created"]],
    [
      "is no longer protected once RunPod has refused it",
      no,
      ["protected", "created", "taken back"],
    ],
    ["stays protected while nobody knows", unclear, ["protected", "created"]],
  ])("that nothing may end %s", async (_sentence, answer, expected) => {
    const happened: string[] = [];
    const world = createWorld({
      create: (order) => {
        happened.push("created");
        return answer === undefined
          ? { pod: podOf(order), answer: { kind: "created", podId: "new1", costPerHrUsd: 0.7 } }
          : { answer };
      },
    });

    await world.start({ isProtected: true }, undefined, async () => {
      happened.push("protected");
      return {
        words: "it is in protect",
        takeBack: async () => {
          happened.push("taken back");
          return "";
        },
      };
    });

    expect(happened).toEqual(expected);
  });

  it("of which the book keeps no lease, as it is full, is not started", async () => {
    const world = createWorld();
    const file = createLeaseFile(leaseFileOf(world.stateFile), identityOf);
    const atMs = Date.now() - 2 * hourMs;
    const by = { kind: "person", host: "atlas" } as const;
    const later = { atMs, endsAtMs: Date.now() + 24 * hourMs, by };
    const all = Array.from({ length: 1_000 }, (_, n) => {
      const id = `full${n}`;
      return [id, { ...later, id, name: `old-rb${n}`, podId: `gone${n}` }] as const;
    });
    await file.change((book) => ({ ...book, launches: Object.fromEntries(all) }));

    await expect(world.start()).rejects.toThrow("kept no lease of this one");

    expect(world.orders).toEqual([]);
  });

  it.each([2 * hourMs, -2 * hourMs])(
    "is not sent where the clock has gone on by %d ms since the last look, and has failed in the book",
    async (byMs) => {
      const world = createWorld();
      vi.useFakeTimers({ toFake: ["Date"] });
      onTestFinished(() => void vi.useRealTimers());
      const takenBack: string[] = [];
      const protect = () => {
        vi.setSystemTime(Date.now() + byMs);
        const takeBack = () => {
          takenBack.push("taken back");
          return Promise.resolve("as it was");
        };
        return Promise.resolve({ words: "it is in protect", takeBack });
      };

      await expect(world.start({}, undefined, protect)).rejects.toThrow("stood still");

      expect(world.orders).toEqual([]);
      expect(takenBack).toEqual(["taken back"]);
      expect(await world.launches()).toEqual([
        expect.objectContaining({ failedAtMs: expect.any(Number) as number }),
      ]);
    },
  );

  it("is asked for at no more than the cap, and deleted above it, whatever was agreed to", async () => {
    const world = createWorld({
      launch: { ...caps, mostPerHrUsd: 0.71 },
      create: (order) => ({
        pod: podOf(order, { costPerHrUsd: 0.73 }),
        answer: { kind: "created", podId: "new1", costPerHrUsd: 0.73 },
      }),
    });

    const agreed = { perHrUsd: 1e308, computePerHrUsd: 1e308 };
    expect(await world.start({ agreed })).toMatchObject({ kind: "too-dear" });

    expect(world.orders).toEqual([expect.objectContaining({ mostPerHrUsd: 0.71 })]);
    expect(world.ended).toEqual(["new1"]);
  });

  it("is none that was there before, whatever RunPod answers: that one is neither taken in nor deleted", async () => {
    const theirs = podOf({ name: "theirs" } as never, { id: "theirs1", costPerHrUsd: 4 });
    const world = createWorld({
      look: { pods: [theirs] },
      create: () => ({ answer: { kind: "created", podId: "theirs1", costPerHrUsd: 4 } }),
    });

    expect(await world.start()).toMatchObject({
      kind: "lost",
      because: "the answer names pod theirs1, which was there before",
    });

    expect(world.ended).toEqual([]);
    expect(await world.launches()).toEqual([
      expect.not.objectContaining({ podId: expect.anything() as unknown }),
    ]);
  });

  it("that costs more than was agreed to is not deleted where it bears another name", async () => {
    const world = createWorld({
      create: () => ({
        pod: podOf({ name: "theirs" } as never, { id: "theirs1", costPerHrUsd: 4 }),
        answer: { kind: "created", podId: "theirs1", costPerHrUsd: 4 },
      }),
    });

    expect(await world.start()).toMatchObject({
      kind: "too-dear",
      end: { kind: "unproven", because: expect.stringContaining("left alone") as unknown },
    });

    expect(world.ended).toEqual([]);
  });

  it("that cannot be protected is not started", async () => {
    const world = createWorld();

    const starting = world.start({ isProtected: true }, undefined, () =>
      Promise.reject(new Error("the daemon does not have it in force")),
    );

    await expect(starting).rejects.toThrow("in force");
    expect(world.orders).toEqual([]);
    expect(await world.launches()).toEqual([]);
  });

  it("is not begun where the book cannot be written", async () => {
    const world = createWorld({ settings: { stateFile: "/proc/nowhere/state.json" } });

    await expect(world.start()).rejects.toThrow(/cannot be/);
    expect(world.orders).toEqual([]);
  });

  it("that is interrupted while RunPod is asked says so, and stays on its lease", async () => {
    const ending = new AbortController();
    const world = createWorld({
      create: (order) => {
        ending.abort();
        return { pod: podOf(order), answer: unclear };
      },
    });

    const started = await world.start({}, ending.signal);

    expect(started.kind).toBe("interrupted");
    expect(await world.launches()).toEqual([
      expect.objectContaining({ name: started.launch.name }),
    ]);
    expect(wish.forMs).toBe(4 * hourMs);
  });
});
