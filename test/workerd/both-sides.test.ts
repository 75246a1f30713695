import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Look } from "#guard/model/account.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { createBeatSender } from "#outside/beat/send-beat.ts";
import { exchange } from "#requests/exchange.ts";
import { endsOf, noticesOf, pod, policyWith, seen } from "../guard/samples.ts";
import { beatKey, beatOf, minuteMs, world } from "./world.ts";

const policy = policyWith({
  tells: false,
  channels: [{ name: "phone", minSeverity: "info" }],
  thresholds: [
    {
      name: "emergency",
      belowUsd: 10,
      answers: ["notify"],
      backstop: { action: "stop", afterMs: 0 },
    },
  ],
});

const never = new AbortController().signal;

const take = (state: GuardState, look: Look): GuardState =>
  decide(state, { kind: "look", look }, policy).state;

/** As if all of it had been carried out at once. */
function settledAll(state: GuardState, atMs: number): GuardState {
  return state.owed.reduce((before, { id }) => {
    const outcome = {
      kind: "done",
      because: "the pod is EXITED",
      podIs: "stopped",
      tail: "",
    } as const;
    return decide(before, { kind: "settled", id, atMs, outcome }, policy).state;
  }, state);
}

describe.concurrent("a machine that runs on, and is not heard", () => {
  it("acts beside the guard outside: a stop asked for twice harms nothing, and once it is heard nothing is told or stopped again", async (test) => {
    const its = await world(test, {
      pods: [{ id: "p1", name: "trainer", costPerHrUsd: 1.49 }],
      policy,
    });
    const send = createBeatSender(exchange, Date.now);
    const to = { url: its.url, account: its.account, beatKey };
    const before = take(emptyState, seen({ atMs: Date.now(), pods: [pod()], balanceUsd: 20 }));
    await send(beatOf(policy, before), to, never);
    its.simulator.account.setBalance(9);

    const crossed = take(before, seen({ atMs: Date.now(), pods: [pod()], balanceUsd: 9 }));
    const [there] = await Promise.all([
      its.wakeAfter(11 * minuteMs),
      stop(its.simulator.restUrl, "p1"),
      stop(its.simulator.restUrl, "p1"),
    ]);
    const stopped = seen({ atMs: there.nowMs, pods: [pod({ status: "stopped" })], balanceUsd: 9 });
    const mine = take(settledAll(crossed, Date.now()), { ...stopped, burnPerHrUsd: 0 });
    const sent = await send(beatOf(policy, mine), to, never);
    if (sent.kind !== "heard" || sent.back === undefined) throw new Error("nothing came back");
    const joint = decide(mine, { kind: "handed-back", atMs: there.nowMs, ...sent.back }, policy);
    const owed = joint.state.owed.filter((each) => !mine.owed.some(({ id }) => id === each.id));
    const next = decide(
      joint.state,
      { kind: "look", look: { ...stopped, atMs: there.nowMs + minuteMs, burnPerHrUsd: 0 } },
      policy,
    );
    const acknowledged = await send(
      { ...beatOf(policy, next.state), tookBack: sent.back.id },
      to,
      never,
    );
    await its.minutes(2);

    expect(noticesOf(crossed.owed).map(({ event }) => event)).toContain("trip");
    expect(endsOf(crossed.owed)).toHaveLength(1);
    expect(its.events().filter((event) => event === "trip")).toHaveLength(1);
    expect(its.simulator.account.ended()).toHaveLength(1);
    expect(owed).toEqual([]);
    expect(next.events.filter(({ kind }) => kind === "trip" || kind === "rearm")).toEqual([]);
    expect(endsOf(next.state.owed)).toEqual([]);
    expect(next.state.fired).toEqual({ emergency: true });
    expect(acknowledged).toEqual({ kind: "heard" });
    expect(its.events().filter((event) => event === "heard")).toHaveLength(1);
    expect(its.simulator.account.ended()).toHaveLength(1);
  });
});

async function stop(restUrl: string, podId: string): Promise<void> {
  await fetch(`${restUrl}/pods/${podId}/action`, {
    method: "POST",
    headers: {
      authorization: "Bearer rpa_a_key_of_this_test_that_nobody_has",
      "content-type": "application/json",
    },
    body: JSON.stringify({ action: "stop" }),
  });
}
