import { describe, expect, it, type TestContext } from "vitest";
import type { SignedAnswer } from "#outside/account/deps.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { policyWith } from "../guard/samples.ts";
import { minuteMs, world } from "./world.ts";

const pod = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };
const thresholds = [
  {
    name: "emergency",
    belowUsd: 10,
    answers: ["notify", "call-agent"],
    backstop: { action: "stop", afterMs: 0 },
  },
] as const;

const low = (test: TestContext) =>
  world(test, { pods: [pod], balanceUsd: 9, policy: policyWith({ thresholds }) });

const backIn = (answer: SignedAnswer) => (answer.kind === "heard" ? answer.back : undefined);

describe.concurrent("the guard outside", () => {
  it("does nothing while beats come", async (test) => {
    const { send, wakeAfter, told, simulator } = await world(test, { pods: [pod] });
    await send();
    await wakeAfter(9 * minuteMs);
    const { answer } = await send();
    const { nowMs, wakeAtMs } = await wakeAfter(9 * minuteMs);

    expect(answer).toMatchObject({ kind: "heard" });
    expect(answer).not.toHaveProperty("back");
    expect(told).toEqual([]);
    expect(simulator.asked).toEqual([]);
    expect((wakeAtMs ?? 0) - nowMs).toBeLessThanOrEqual(minuteMs);
  });

  it("looks for itself after two missed beats, tells people, and stops pods with proof", async (test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    await send();
    await wakeAfter(11 * minuteMs);

    expect(told.join("\n")).toMatch(/nothing was heard of the guard on gpu-box/i);
    expect(told.join("\n")).toMatch(/emergency/);
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");

    const { answer } = await send();
    expect(answer).toMatchObject({ kind: "heard", back: { because: /guarded while gpu-box/ } });
  });

  it("tells that the daemon is heard again, and hands back what it has done until that was taken", async (test) => {
    const { send, wakeAfter, told } = await low(test);
    await send();
    await wakeAfter(11 * minuteMs);
    const first = await send();
    const again = await send();
    await wakeAfter(0);
    const id = backIn(first.answer)?.id;

    const { answer } = await send({ tookBack: id });

    expect(backIn(again.answer)?.id).toBe(id);
    expect(answer).not.toHaveProperty("back");
    expect(told.at(-1)).toMatch(/The guard on gpu-box is heard again/);
    expect(told.filter((each) => each.includes('"event":"trip"'))).toHaveLength(1);
  });

  it("says once what it sees, look after look", async (test) => {
    const { send, wakeAfter, told } = await low(test);
    await send();
    await wakeAfter(11 * minuteMs);

    await wakeAfter(minuteMs);
    await wakeAfter(minuteMs);

    const events = told.filter((each) => /"event":"(?:silent|trip)"/.test(each));
    expect(events).toHaveLength(2);
  });

  it.for<[sentence: string, changes: Partial<Beat>, afterMs: number]>([
    ["it was asked for no more", { onSilence: "notify" }, 11 * minuteMs],
    ["it does not know the rules", { orders: { policy: "of another version" } }, 11 * minuteMs],
    ["the leases could not be read", { leases: null }, 11 * minuteMs],
    ["nobody knew which pods there are", { look: { isBlind: true, pods: null } }, 11 * minuteMs],
    [
      "it is about a pod that nobody has spoken of",
      { look: { isBlind: false, pods: ["p2"] } },
      11 * minuteMs,
    ],
    ["the clock has jumped", {}, 12 * 60 * minuteMs],
    ["the rules are more than a week old", {}, 8 * 24 * 60 * minuteMs],
  ])("stops nothing, and tells, where %s", async ([, changes, afterMs], test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    await send(changes);
    await wakeAfter(afterMs);
    await wakeAfter(minuteMs);

    expect(told[0]).toMatch(/Nothing was heard of the guard on gpu-box/);
    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("stops nothing that is protected", async (test) => {
    const { send, wakeAfter, simulator } = await world(test, {
      pods: [pod],
      balanceUsd: 9,
      policy: policyWith({ thresholds, protect: ["train*"] }),
    });
    await send();
    await wakeAfter(11 * minuteMs);

    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("stops nothing while it is blind itself, and tells of both", async (test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    await send();
    simulator.failAll("http-500");
    await wakeAfter(11 * minuteMs);
    await wakeAfter(6 * minuteMs);

    expect(told.join("\n")).toMatch(/Nothing was heard of the guard/);
    expect(told.join("\n")).toMatch(/"event":"blind"/);
    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("looks in the place of a guard that runs and sees nothing, until that sees again", async (test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    const blind = { look: { isBlind: true, balanceUsd: 20, pods: ["p1"] } };
    await send();
    for (let minute = 0; minute < 12; minute += 1) {
      await send(blind);
      await wakeAfter(minuteMs);
    }
    const whileBlind = await send(blind);
    const { answer } = await send();

    expect(told.join("\n")).toMatch(
      /The guard on gpu-box runs, and has seen nothing of the account/,
    );
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");
    expect(backIn(whileBlind.answer)).toBeUndefined();
    expect(backIn(answer)?.because).toMatch(/Pods that ended meanwhile: pod trainer \(p1\)/);
  });

  it("looks in the place of a guard that starts again and again, and ends before it has polled", async (test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    await send();
    for (let minute = 0; minute < 12; minute += 1) {
      await send({ isStart: true });
      await wakeAfter(minuteMs);
    }
    const { answer } = await send({ isStart: true });

    expect(told.join("\n")).toMatch(
      /The guard on gpu-box runs, and has seen nothing of the account/,
    );
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");
    expect(backIn(answer)?.because).toMatch(/Pods that ended meanwhile: pod trainer \(p1\)/);
  });

  it("calls nothing a silence that it has slept through itself: a beat has a minute to come", async (test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    await send();
    await wakeAfter(40 * minuteMs);
    await send();
    await wakeAfter(minuteMs);
    expect(told).toEqual([]);
    expect(simulator.asked).toEqual([]);

    await wakeAfter(40 * minuteMs);
    await wakeAfter(minuteMs);

    expect(told[0]).toMatch(/Nothing was heard of the guard on gpu-box/);
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("leaves a guard alone that is blind for a few minutes", async (test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    const blind = { look: { isBlind: true, balanceUsd: 20, pods: ["p1"] } };
    for (let minute = 0; minute < 9; minute += 1) {
      await send(minute === 5 ? {} : blind);
      await wakeAfter(minuteMs);
    }

    expect(told).toEqual([]);
    expect(simulator.asked).toEqual([]);
  });

  it.for<[sentence: string, isTaken: boolean]>([
    ["from what that has taken over", true],
    ["from where it began, as that has taken nothing", false],
  ])(
    "goes on where it was when a machine is heard once, and hands over %s",
    async ([, isTaken], test) => {
      const { send, wakeAfter, told } = await low(test);
      await send();
      await wakeAfter(11 * minuteMs);
      const first = backIn((await send()).answer);
      await wakeAfter(0);
      await wakeAfter(11 * minuteMs);

      const then = backIn((await send(isTaken ? { tookBack: first?.id } : {})).answer);
      const again = backIn((await send()).answer);

      expect(then?.id).not.toBe(first?.id);
      expect(then?.base).toEqual(isTaken ? first?.theirs : first?.base);
      expect(again).toEqual(then);
      expect(told.filter((each) => each.includes('"event":"trip"'))).toHaveLength(1);
      expect(told.filter((each) => each.includes('"event":"silent"'))).toHaveLength(2);
    },
  );

  it("goes over to REST v2 when GraphQL ends meanwhile, though each poll is by an object anew", async (test) => {
    const its = await world(test, {
      api: "auto",
      pods: [pod],
      balanceUsd: 9,
      policy: policyWith({ thresholds }),
    });
    its.simulator.failAll("http-404", "all", "graphql");
    await its.send();
    await its.wakeAfter(11 * minuteMs);
    for (let minute = 0; minute < 8; minute += 1) {
      await its.test({ dies: true });
      await its.wakeAfter(minuteMs);
    }

    expect(its.events()).toContain("source");
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("only tells, by rules that have grown a week old while it stood in", async (test) => {
    const { send, wakeAfter, told, simulator } = await world(test, {
      pods: [pod],
      balanceUsd: 50,
      policy: policyWith({ thresholds }),
    });
    await send();
    await wakeAfter(11 * minuteMs);
    await wakeAfter(8 * 24 * 60 * minuteMs);
    simulator.account.setBalance(9);
    await wakeAfter(minuteMs);

    expect(told.at(-1)).toMatch(/emergency/);
    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("tells, and stops nothing, where it cannot read the state of the machine", async (test) => {
    const { send, wakeAfter, told, simulator } = await low(test);
    await send({ state: "of another version" });
    await wakeAfter(11 * minuteMs);
    const { answer } = await send();
    await wakeAfter(0);

    expect(told[0]).toMatch(/its state is of a version not known here/);
    expect(told.at(-1)).toMatch(/is heard again/);
    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
    expect(backIn(answer)).toBeUndefined();
  });

  it("does nothing where it never heard a beat", async (test) => {
    const { wakeAfter, told, simulator } = await low(test);
    await wakeAfter(60 * minuteMs);

    expect(told).toEqual([]);
    expect(simulator.asked).toEqual([]);
  });

  it("hears nothing that is forged or that it has heard before", async (test) => {
    const { send } = await world(test);
    const count = Date.now();

    expect((await send({}, { count })).status).toBe(200);
    expect(await send({}, { count })).toMatchObject({ status: 409, answer: { count } });
    expect(
      (await send({}, { count: count + 1, key: "some-other-key-of-some-other-account" })).status,
    ).toBe(403);
  });
});
