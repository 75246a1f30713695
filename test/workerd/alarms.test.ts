import { describe, expect, it, type TestContext } from "vitest";
import { policyWith } from "../guard/samples.ts";
import { minuteMs, until, world } from "./world.ts";

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

type World = Awaited<ReturnType<typeof low>>;

const stopsAsked = ({ simulator }: World): number =>
  simulator.asked.filter(({ does }) => does === "stop").length;

const saidOnce = ({ events }: World): readonly string[] =>
  events().filter((event) => event === "silent" || event === "trip");

describe.concurrent("the alarm of an account", () => {
  it("is the platform's own, which wakes its guard", async (test) => {
    const its = await low(test);
    await its.send();

    await its.test({ aheadMs: 11 * minuteMs, rings: true });

    await until(() => its.simulator.account.pod("p1")?.status === "EXITED");
    expect(its.events()).toContain("silent");
  });

  it("is late by hours: once a beat had the time to come, it does what it would have done", async (test) => {
    const its = await low(test);
    await its.send();

    await its.wakeAfter(3 * 60 * minuteMs);
    expect(its.told).toEqual([]);
    await its.wakeAfter(minuteMs);

    expect(saidOnce(its)).toEqual(["silent", "trip"]);
    expect(its.told[0]).toMatch(/for 3 h 1 min/);
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("goes off several times at once: it looks, tells and stops once", async (test) => {
    const its = await low(test);
    await its.send();

    await its.test({ aheadMs: 11 * minuteMs, wakes: 4 });

    expect(saidOnce(its)).toEqual(["silent", "trip"]);
    expect(stopsAsked(its)).toBe(1);
  });

  it("is lost: the Worker's own wakes it", async (test) => {
    const its = await low(test);
    await its.send();

    await its.test({ aheadMs: 11 * minuteMs, ticks: true });

    expect(saidOnce(its)).toEqual(["silent", "trip"]);
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("goes off while a beat comes: whichever is first, nothing is stopped once the beat was answered", async (test) => {
    const its = await low(test);
    await its.send();
    its.simulator.failAll("silence");
    const looking = its.wakeAfter(11 * minuteMs);
    await until(() => its.simulator.requests > 0);

    const { answer } = await its.send();
    its.simulator.clearFaults();
    await looking;
    await its.minutes(2);

    expect(answer).toMatchObject({ kind: "heard" });
    expect(stopsAsked(its)).toBe(0);
    expect(its.events()).toEqual(["silent", "heard"]);
  });

  it.for([
    ["before it was asked for", "silence", "looking"],
    ["after it was asked for and did nothing", "silence", "mutations"],
  ] as const)(
    "is set though the object ends in the middle of a stop, %s: it goes on, and tells once of the crossing",
    async ([, fault, only], test) => {
      const its = await low(test);
      await its.send();
      its.simulator.failNext(fault, 1, only);
      const before = its.simulator.requests;
      const looking = its.wakeAfter(11 * minuteMs).catch(() => undefined);
      await until(() =>
        only === "looking" ? its.simulator.requests > before : stopsAsked(its) === 1,
      );
      await its.test({ dies: true });
      await looking;
      const { nowMs, wakeAtMs } = await its.test({});

      await its.minutes(2);

      expect(wakeAtMs ?? Infinity).toBeLessThanOrEqual(nowMs + minuteMs);
      // What was sent as it ended, and could not be written down, is sent once more.
      expect(saidOnce(its)).toContain("silent");
      expect(saidOnce(its).filter((event) => event !== "silent")).toEqual(["trip"]);
      expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
    },
  );
});
