import { describe, expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { beatOf as spokenBeat } from "#outside/beat/beat-of.ts";
import { createBeatSender } from "#outside/beat/send-beat.ts";
import { exchange } from "#requests/exchange.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { pod, policyWith, seen } from "../guard/samples.ts";
import { beatKey, beatOf, minuteMs, world } from "./world.ts";

const policy = policyWith({
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

describe.concurrent("a daemon that was silent", () => {
  it("takes over what was done meanwhile, tells of none of it again, and says so", async (test) => {
    const its = await world(test, {
      pods: [{ id: "p1", name: "trainer", costPerHrUsd: 1.49 }],
      balanceUsd: 9,
      policy,
    });
    const send = createBeatSender(exchange, Date.now);
    const to = { url: its.url, account: its.account, beatKey };
    const beat = (state: GuardState) =>
      spokenBeat({
        host: "gpu-box",
        nowMs: Date.now(),
        nextInMs: minuteMs,
        look: seen({ atMs: Date.now(), pods: [pod()] }),
        state,
        saved: state,
        leases: writeLeaseBook({ leases: {}, touchedAtMs: {} }),
        orders: {
          policy,
          calendar: { budgets: [], schedules: [] },
          beforeStop: "none",
          isDry: false,
        },
        onSilence: "guard",
      });
    expect(await send(beat(emptyState), to, never)).toEqual({ kind: "heard" });
    await its.wakeAfter(11 * minuteMs);
    expect(its.simulator.account.pod("p1")?.status).toBe("EXITED");

    const sent = await send(beat(emptyState), to, never);
    const back = sent.kind === "heard" ? sent.back : undefined;
    if (back === undefined) throw new Error("nothing was handed over");
    const taken = decide(
      emptyState,
      { kind: "handed-back", atMs: Date.now(), ...back },
      policy,
    ).state;
    const acknowledged = await send(beat(taken), to, never);
    const look = seen({ atMs: Date.now(), balanceUsd: 9, pods: [pod({ status: "stopped" })] });
    const { state, events } = decide(taken, { kind: "look", look }, policy);

    expect(acknowledged).toEqual({ kind: "heard" });
    expect(events.filter(({ kind }) => kind === "trip")).toEqual([]);
    expect(state.fired).toEqual({ emergency: true });
    expect(state.owed.filter(({ kind }) => kind === "end-pod")).toEqual([]);
    const records = taken.unrecorded.map(({ type }) => type);
    expect(records).toEqual(expect.arrayContaining(["trip", "stop", "daemon"]));
  });

  it("hears that what had heard it before knows of it no more, from the same and from no other", async (test) => {
    const [its, other] = [await world(test, { policy }), await world(test, { policy })];
    const send = createBeatSender(exchange, Date.now);
    const to = ({ url, account }: typeof its) => ({ url, account, beatKey });
    const beat = beatOf(policy);
    const before = [await send(beat, to(its), never), await send(beat, to(other), never)];
    await its.test({ empties: true });

    const elsewhere = await send(beat, to(other), never);
    const first = await send(beat, to(its), never);
    await its.test({ empties: true });
    const again = await send(beat, to(its), never);

    expect([...before, elsewhere, first]).toEqual(
      Array.from({ length: 4 }, () => ({ kind: "heard" })),
    );
    expect(again).toEqual({ kind: "heard", hasForgotten: true });
  });

  it("goes on counting where what hears it has heard a higher count", async (test) => {
    const its = await world(test, { policy });
    const to = { url: its.url, account: its.account, beatKey };
    await its.send({}, { count: Date.now() + 60 * minuteMs });
    const send = createBeatSender(exchange, Date.now);

    const sent = await send(
      spokenBeat({
        host: "gpu-box",
        nowMs: Date.now(),
        nextInMs: minuteMs,
        look: undefined,
        state: emptyState,
        saved: emptyState,
        leases: null,
        orders: {
          policy,
          calendar: { budgets: [], schedules: [] },
          beforeStop: "none",
          isDry: false,
        },
        onSilence: "notify",
      }),
      to,
      never,
    );

    expect(sent).toEqual({ kind: "heard" });
  });

  it.for<[sentence: string, key: string, account: string | undefined, because: RegExp]>([
    [
      "another key",
      "another-key-of-another-account-than-this",
      undefined,
      /signature is not that of this account/,
    ],
    ["an account that is not there", beatKey, "other", /no such account/],
  ])("is not heard with %s", async ([, key, account, because], test) => {
    const its = await world(test, { policy });
    const send = createBeatSender(exchange, Date.now);
    const orders = {
      policy,
      calendar: { budgets: [], schedules: [] },
      beforeStop: "none",
      isDry: false,
    } as const;
    const beat = spokenBeat({
      host: "h",
      nowMs: Date.now(),
      nextInMs: minuteMs,
      look: undefined,
      state: emptyState,
      saved: emptyState,
      leases: null,
      orders,
      onSilence: "notify",
    });

    const sent = await send(
      beat,
      { url: its.url, account: account ?? its.account, beatKey: key },
      never,
    );

    expect(sent).toMatchObject({
      kind: "failed",
      because: expect.stringMatching(because) as string,
    });
  });
});
