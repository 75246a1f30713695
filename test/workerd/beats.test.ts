import { describe, expect, it, type TestContext } from "vitest";
import { emptyState } from "#guard/model/state.ts";
import { signatureOf } from "#outside/beat/signature.ts";
import { policyWith, run } from "../guard/samples.ts";
import { beatKey, minuteMs, world } from "./world.ts";

const pod = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };
const policy = policyWith({
  thresholds: [
    {
      name: "emergency",
      belowUsd: 10,
      answers: ["notify"],
      backstop: { action: "stop", afterMs: 0 },
    },
  ],
});

const low = (test: TestContext) => world(test, { pods: [pod], balanceUsd: 9, policy });

describe.concurrent("the silence of a machine", () => {
  it.for<[sentence: string, nextInMs: number, notYetMs: number, thenMs: number]>([
    ["ten minutes where it looks every minute", minuteMs, 9.9 * minuteMs, 10.1 * minuteMs],
    ["two missed beats where it looks seldom", 20 * minuteMs, 39.9 * minuteMs, 40.1 * minuteMs],
    ["an hour whatever it says", 600 * minuteMs, 59.9 * minuteMs, 60.1 * minuteMs],
    ["ten minutes where it says nothing", 0, 9.9 * minuteMs, 10.1 * minuteMs],
  ])("is %s, and no less", async ([, nextInMs, notYetMs, thenMs], test) => {
    const its = await low(test);
    await its.send({ nextInMs });

    const { nowMs, wakeAtMs } = await its.wakeAfter(notYetMs);
    const before = { told: its.told.length, asked: its.simulator.asked.length };
    await its.wakeAfter(thenMs - notYetMs);

    expect(before).toEqual({ told: 0, asked: 0 });
    expect(Math.abs((wakeAtMs ?? 0) - nowMs)).toBeLessThan(minuteMs);
    expect(its.events()).toContain("silent");
    expect(its.simulator.asked.length).toBeGreaterThan(0);
  });

  it("is not ended by beats that are forged, sent once more or for another", async (test) => {
    const its = await low(test);
    const count = Date.now();
    await its.send({}, { count });
    const body = JSON.stringify({ version: 1 });
    const signed = { kind: "beat", account: its.account, count: count + 1, body } as const;
    const signature = await signatureOf(beatKey, signed);

    const refused = await Promise.all([
      its.send({}, { key: "a-key-that-somebody-has-thought-of-by-himself" }),
      its.send({}, { signature: "" }),
      its.send({}, { signature: signature.toUpperCase(), count: count + 1, body }),
      its.send({}, { signature, count: count + 2, body }),
      its.send({}, { signature, count: count + 1 }),
      its.send({}, { kind: "orders" }),
      its.send({}, { account: "another" }),
      its.send({}, { count }),
      its.send({}, { count: count - 60 * minuteMs }),
    ]);
    await its.wakeAfter(11 * minuteMs);

    expect(refused.map(({ status }) => status)).toEqual([
      ...Array.from({ length: 7 }, () => 403),
      409,
      409,
    ]);
    expect(its.events()).toContain("silent");
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it.for([NaN, Infinity, -Infinity, 2 ** 53, 1.5])(
    "locks nobody out by a count of %s, whoever has signed it",
    async (count, test) => {
      const its = await low(test);

      const refused = await its.send({}, { kind: "status", path: "status", count });
      const heard = await its.send();

      expect(refused).toMatchObject({ status: 403, answer: { error: "its count is none" } });
      expect(heard).toMatchObject({ status: 200, answer: { kind: "heard" } });
    },
  );

  it("is ended by one of two that are sent at once with the same count", async (test) => {
    const its = await low(test);
    const count = Date.now();

    const both = await Promise.all([its.send({}, { count }), its.send({}, { count })]);

    expect(both.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409]);
    expect(both.map(({ answer }) => answer.kind).sort()).toEqual(["heard", "replayed"]);
  });

  it("is not known of where a beat is of another version, which is said", async (test) => {
    const its = await low(test);

    const { status, answer } = await its.send({ version: 2 as never });

    expect(status).toBe(403);
    expect(answer).toMatchObject({
      error: expect.stringMatching(/no beat of this version/) as string,
    });
  });

  it("is seen of an account with a thousand pods as well", async (test) => {
    const names = Array.from({ length: 1_000 }, (_, n) => `p${n + 1}`);
    const runs = Object.fromEntries(names.map((podId) => [podId, run({ podId })]));
    const its = await world(test, {
      pods: [pod],
      balanceUsd: 9,
      policy,
      state: { ...emptyState, runs },
    });

    const { status } = await its.send({ look: { isBlind: false, pods: names } });
    await its.wakeAfter(11 * minuteMs);

    expect(status).toBe(200);
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });
});

describe.concurrent("a guard outside that has lost all it kept", () => {
  it("says so to the next beat, stops nothing, and is a guard again", async (test) => {
    const its = await low(test);
    const first = await its.send();
    const second = await its.send();
    await its.test({ empties: true });

    const { answer } = await its.send();
    await its.wakeAfter(9 * minuteMs);
    const stoppedBy9 = its.simulator.account.ended();
    await its.wakeAfter(2 * minuteMs);

    expect(first.answer).toMatchObject({ isFirst: true });
    expect(second.answer).toMatchObject({ isFirst: false });
    expect(answer).toMatchObject({ kind: "heard", isFirst: true });
    expect(answer).not.toHaveProperty("back");
    expect(stoppedBy9).toEqual([]);
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("tells after an hour that it knows nothing, woken by the Worker's own alarm, and stops nothing", async (test) => {
    const its = await low(test);
    await its.send();
    await its.test({ empties: true });

    await its.test({ aheadMs: 11 * minuteMs, ticks: true });
    await its.test({ aheadMs: 30 * minuteMs, ticks: true });
    const within = [...its.told];
    await its.test({ aheadMs: 61 * minuteMs, ticks: true });
    await its.test({ aheadMs: 5 * minuteMs, ticks: true });

    expect(within).toEqual([]);
    expect(its.told).toHaveLength(1);
    expect(its.told[0]).toMatch(/Nothing is known here of account/);
    expect(its.simulator.asked).toEqual([]);
    expect(its.simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("tells once that the machine is heard, after it told that it knows nothing", async (test) => {
    const its = await low(test);
    await its.test({ ticks: true });
    await its.test({ aheadMs: 61 * minuteMs, ticks: true });
    await its.send();
    await its.wakeAfter(minuteMs);
    await its.wakeAfter(minuteMs);

    expect(its.events()).toEqual(["silent", "heard"]);
  });

  it("goes on where it was when only the object ends, whatever it was at", async (test) => {
    const its = await low(test);
    await its.send();
    await its.test({ dies: true });
    await its.wakeAfter(11 * minuteMs);
    await its.test({ dies: true });
    await its.wakeAfter(minuteMs);

    expect(its.events().filter((event) => event === "silent" || event === "trip")).toEqual([
      "silent",
      "trip",
    ]);
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
    const { answer } = await its.send();
    expect(answer).toMatchObject({ isFirst: false, back: { because: /guarded/ } });
  });
});
