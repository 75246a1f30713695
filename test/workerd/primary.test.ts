import { describe, expect, it } from "vitest";
import { createSignedSender } from "#outside/beat/send-signed.ts";
import { sendable } from "#outside/orders/policy-schema.ts";
import { exchange } from "#requests/exchange.ts";
import { decide } from "#guard/decide.ts";
import type { Threshold } from "#guard/model/policy.ts";
import { emptyState } from "#guard/model/state.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { guarding, pod as podSeen, policyWith, seen } from "../guard/samples.ts";
import { beatKey, minuteMs, type World, world } from "./world.ts";

const pod = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };
const backstop = { action: "stop", afterMs: 0 } as const;
const emergency: Threshold = {
  name: "emergency",
  belowUsd: 10,
  answers: ["notify", "call-agent"],
  backstop,
};
const policy = policyWith({ thresholds: [emergency] });

/** Gives the rules to a guard that has no machine. */
async function order({ url, account }: World, rules: unknown = sendable(policy)) {
  const send = createSignedSender(exchange, Date.now);
  const calendar = { budgets: [], schedules: [] };
  const orders = { policy: rules, calendar, beforeStop: "none", isDry: false };
  const body = JSON.stringify({ version: 1, host: "laptop", everyMs: minuteMs, orders });
  return send("orders", body, { url, account, beatKey }, new AbortController().signal);
}

describe.concurrent("a guard with no machine at all", () => {
  it("polls every minute by its own alarm, tells of a crossing once, and stops pods with proof", async (test) => {
    const its = await world(test, { pods: [pod], balanceUsd: 20 });
    const { wakeAfter, events, simulator } = its;

    expect(await order(its)).toMatchObject({ kind: "answered", body: { kind: "ordered" } });
    const first = await wakeAfter(0);
    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
    simulator.account.setBalance(9);
    await wakeAfter(minuteMs);
    await wakeAfter(minuteMs);

    expect((first.wakeAtMs ?? 0) - first.nowMs).toBeLessThanOrEqual(minuteMs);
    expect(simulator.account.pod("p1")?.status).toBe("EXITED");
    expect(events().filter((event) => event === "trip")).toHaveLength(1);
  });

  it("says when it sees nothing, and stops nothing", async (test) => {
    const its = await world(test, { pods: [pod], balanceUsd: 9 });
    const { wakeAfter, events, simulator } = its;
    await order(its);
    simulator.failAll("http-500");
    for (let minute = 0; minute < 7; minute += 1) await wakeAfter(minuteMs);

    expect(events()).toEqual(["blind"]);
    expect(simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("refuses the beats of a daemon, which would act beside it", async (test) => {
    const its = await world(test);
    await order(its);

    const { status, answer } = await its.send({}, { count: Date.now() + minuteMs });

    expect(status).toBe(403);
    expect(answer).toMatchObject({ error: expect.stringMatching(/two would act/) as string });
  });

  it("goes on where the daemon was that it takes the place of: what was told is told, and leases that were given hold", async (test) => {
    const nowMs = Date.now();
    const rules = guarding(
      {
        lease: { action: "stop", pods: ["*"], defaultMs: 60 * minuteMs, maxMs: 600 * minuteMs },
        warnMs: 5 * minuteMs,
      },
      { thresholds: policy.thresholds, channels: [{ name: "phone", minSeverity: "info" }] },
    );
    const endsAtMs = nowMs + 180 * minuteMs;
    const book = { leases: { p1: { endsAtMs, givenAtMs: nowMs } }, touchedAtMs: {} };
    const look = seen({ atMs: nowMs, pods: [podSeen()], balanceUsd: 9 });
    const started = decide(emptyState, { kind: "look", look }, rules).state;
    const { state } = decide(started, { kind: "leases", atMs: nowMs, book }, rules);
    const told = { ...state, owed: [] };
    const its = await world(test, { pods: [pod], balanceUsd: 9, policy: rules, state: told });
    await its.send({ leases: writeLeaseBook(book) });

    await order(its, sendable({ ...rules, thresholds: [{ ...emergency, backstop: undefined }] }));
    for (let minute = 0; minute < 75; minute += 5) await its.wakeAfter(5 * minuteMs);

    expect(its.events().filter((event) => ["trip", "warn", "lease"].includes(event))).toEqual([]);
    expect(its.simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("takes no rules that it does not know whole, and goes on by those before", async (test) => {
    const its = await world(test, { pods: [pod], balanceUsd: 9 });
    await order(its);

    const refused = await order(its, { ...policy, newProhibition: ["p1"] });
    await its.wakeAfter(0);

    expect(refused).toMatchObject({
      kind: "failed",
      because: expect.stringMatching(/version/) as string,
    });
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
  });

  it("goes on after it has died in the middle of a turn", async (test) => {
    const its = await world(test, { pods: [pod], balanceUsd: 9 });
    await order(its);
    await its.test({ dies: true });
    await its.wakeAfter(minuteMs);
    await its.wakeAfter(minuteMs);

    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");
    expect(its.events().filter((event) => event === "trip")).toHaveLength(1);
  });
});
