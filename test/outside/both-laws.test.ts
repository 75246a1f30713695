import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { calendarOf } from "#calendar/calendar-of.ts";
import { decide } from "#guard/decide.ts";
import type { Look, Pod } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import type { Log } from "#log.ts";
import { createAccountGuard } from "#outside/account/account-guard.ts";
import { stateOf, textsOf } from "#outside/account/kept-state.ts";
import { beatOf } from "#outside/beat/beat-of.ts";
import { signatureOf } from "#outside/beat/signature.ts";
import { lookOnce } from "#outside/look/look-once.ts";
import type { Orders } from "#outside/orders/orders.ts";
import type { Account, Clock } from "#ports.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { fakeChannel } from "../notify/fake-channel.ts";
import { guarding, pod, policyWith, sampleAt, seen } from "../guard/samples.ts";

const minuteMs = 60_000;
const beatKey = "a-beat-key-of-this-law-and-of-no-other-one";
const channels = [{ name: "ntfy", minSeverity: "info" as const }];
const guardedByBalance = policyWith({
  tells: false,
  channels,
  protect: ["kept"],
  thresholds: [
    {
      name: "low",
      belowUsd: 10,
      answers: ["notify"],
      backstop: { action: "stop", afterMs: 3 * minuteMs },
    },
  ],
});
const runsFor = 40 * minuteMs;
const warnMs = 10 * minuteMs;
const guardedByTime = guarding(
  { hardTimeout: { action: "stop", pods: ["*"], afterMs: runsFor }, warnMs },
  { tells: false, channels, protect: ["kept"] },
);

/** What happens in a stretch of minutes. */
interface Stretch {
  readonly minutes: number;
  readonly balanceUsd: number;
  /** The machine runs. */
  readonly isAlive: boolean;
  /** It sees the account. */
  readonly sees: boolean;
  /** The guard outside sees it. */
  readonly outsideSees: boolean;
  /** What the machine sends arrives, and what is answered. */
  readonly isSent: boolean;
  readonly isAnswered: boolean;
}

const well = {
  isAlive: true,
  sees: true,
  outsideSees: true,
  isSent: true,
  isAnswered: true,
} as const;

const quiet: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error(fields, msg) {
    throw new Error(`${msg}: ${JSON.stringify(fields)}`);
  },
};

/** One account, a machine that guards it by a clock so far behind, and the guard outside. */
function createWorld(policy: Policy, behindMs: number) {
  const orders: Orders = {
    policy,
    calendar: { budgets: [], schedules: [] },
    beforeStop: "none",
    isDry: false,
  };
  let nowMs = 1_000_000_000;
  let balanceUsd = 20;
  let now: Omit<Stretch, "minutes" | "balanceUsd"> = well;
  const pods = new Map<string, Pod>(
    [
      pod({ id: "p1", name: "trainer", costPerHrUsd: 1 }),
      pod({ id: "p2", name: "kept", costPerHrUsd: 1 }),
    ].map((each) => [each.id, each]),
  );
  const startedAtMs = new Map([...pods.keys()].map((id) => [id, nowMs] as const));
  const ended: { readonly id: string; readonly atMs: number }[] = [];
  const told: { readonly event: string; readonly text: string; readonly atMs: number }[] = [];
  const { channel } = fakeChannel(({ event, text }) => {
    told.push({ event, text, atMs: nowMs });
    return Promise.resolve({ kind: "sent", answer: "HTTP 200" });
  });
  // Waits of a proof are over at once; what only limits something never comes.
  const clockBehind = (byMs: number): Clock => ({
    nowMs: () => nowMs - byMs,
    sleepUntil(untilMs, signal) {
      const isShort = untilMs - (nowMs - byMs) < 15_000;
      if (isShort) return new Promise((resolve) => setImmediate(resolve));
      return new Promise((resolve) => signal.addEventListener("abort", () => resolve()));
    },
  });
  const accountSeen = (sees: () => boolean, clock: Clock): Account => ({
    look(): Promise<Look> {
      const atMs = clock.nowMs();
      if (!sees()) {
        const because = "RunPod did not answer";
        return Promise.resolve({ kind: "blind", atMs, cause: "unreachable", because });
      }
      const running = [...pods.values()].filter(({ status }) => status === "running");
      const burnPerHrUsd = running.length;
      return Promise.resolve(seen({ atMs, balanceUsd, burnPerHrUsd, pods: [...pods.values()] }));
    },
    measure() {
      const atMs = clock.nowMs();
      const samples = [...pods.keys()].map((podId) => {
        // RunPod has a clock of its own; an uptime is by nobody's.
        const lastStartedAtMs = startedAtMs.get(podId) ?? 0;
        const bootedAtMs = lastStartedAtMs - nowMs + atMs;
        return sampleAt(0, { podId, bootedAtMs, lastStartedAtMs, takenAtMs: nowMs });
      });
      return Promise.resolve({ kind: "measured", atMs, samples });
    },
    end({ id }) {
      ended.push({ id, atMs: nowMs });
      const found = pods.get(id);
      if (found !== undefined) pods.set(id, { ...found, status: "stopped", word: "EXITED" });
      return Promise.resolve({ kind: "accepted" });
    },
  });

  const there = clockBehind(0);
  const kept = new Map<string, string>();
  let wakeAtMs = Infinity;
  const outside = createAccountGuard({
    account: "main",
    kept: {
      read: () => Promise.resolve(Object.fromEntries(kept)),
      write(changes) {
        for (const [key, value] of Object.entries(changes)) {
          if (value === undefined) kept.delete(key);
          else kept.set(key, value);
        }
        return Promise.resolve();
      },
      wakeAt(atMs) {
        wakeAtMs = atMs;
        return Promise.resolve();
      },
      forget: () => Promise.reject(new Error("nobody asked for that")),
    },
    clock: there,
    log: quiet,
    beatKey,
    runpod: () => accountSeen(() => now.outsideSees, there),
    channels: [channel],
    channelPolicies: channels,
    accepted: new Set(),
  });

  const here = clockBehind(behindMs);
  /** What is on the machine's disk. */
  let disk = textsOf(emptyState);
  let count = 0;
  let heardAtMs = -Infinity;

  async function machineTurn(isStarting: boolean): Promise<void> {
    const found = stateOf(disk) ?? emptyState;
    const state = isStarting ? afterRestart(found) : found;
    const book = { leases: {}, touchedAtMs: {} };
    let look: Look | undefined;
    const account = accountSeen(() => now.sees, here);
    if (isStarting || (now.sees && nowMs - heardAtMs >= 5 * minuteMs)) await beat(state, undefined);
    await lookOnce(
      {
        state: isStarting ? afterRestart(stateOf(disk) ?? state) : (stateOf(disk) ?? state),
        policy: () => policy,
        account: {
          ...account,
          look: async (signal) => (look = await account.look(signal)),
        },
        calendar: calendarOf(() => orders.calendar),
        channels: [channel],
        leases: book,
        clock: here,
        log: quiet,
        isDry: false,
        mayEnd: true,
        accepted: new Set(),
        save(saved) {
          disk = textsOf(saved);
          return Promise.resolve();
        },
      },
      [],
      new AbortController().signal,
    );
    await beat(stateOf(disk) ?? emptyState, look);
  }

  async function beat(state: GuardState, look: Look | undefined): Promise<void> {
    if (!now.isSent) return;
    const leases = writeLeaseBook({ leases: {}, touchedAtMs: {} });
    const said = {
      host: "gpu-box",
      nowMs: here.nowMs(),
      nextInMs: minuteMs,
      look,
      state,
      saved: state,
    };
    const body = JSON.stringify(beatOf({ ...said, leases, orders, onSilence: "guard" }));
    count += 1;
    const signed = { kind: "beat", account: "main", count, body } as const;
    const signature = await signatureOf(beatKey, signed);
    const answer = await outside.receive("beat", { count, body, signature });
    if (answer.kind !== "heard") throw new Error(`a beat was not heard: ${answer.kind}`);
    heardAtMs = look?.kind === "blind" ? -Infinity : nowMs;
    if (!now.isAnswered || answer.back === undefined) return;
    const [base, theirs] = [stateOf(answer.back.base), stateOf(answer.back.theirs)];
    if (base === undefined || theirs === undefined)
      throw new Error("what is handed back is unread");
    const back = { ...answer.back, base, theirs };
    disk = textsOf(
      decide(state, { kind: "handed-back", atMs: here.nowMs(), ...back }, policy).state,
    );
  }

  return {
    ended,
    told,
    pods,
    async live(stretches: readonly Stretch[]): Promise<void> {
      for (const { minutes, balanceUsd: usd, ...rest } of stretches) {
        balanceUsd = usd;
        const isStarting = rest.isAlive && !now.isAlive;
        now = rest;
        for (let minute = 0; minute < minutes; minute += 1) {
          nowMs += minuteMs;
          if (now.isAlive) await machineTurn(isStarting && minute === 0);
          if (nowMs >= wakeAtMs) {
            wakeAtMs = Infinity;
            await outside.wake();
          }
        }
      }
    },
    /** Somebody starts it again. */
    start(id: string): void {
      const found = pods.get(id);
      if (found?.status !== "stopped") return;
      pods.set(id, { ...found, status: "running", word: "RUNNING" });
      startedAtMs.set(id, nowMs);
    },
    state: () => stateOf(disk),
  };
}

const stretch = (isEveryWay: boolean): fc.Arbitrary<Stretch> =>
  fc.record({
    minutes: fc.integer({ min: 1, max: 25 }),
    balanceUsd: fc.constantFrom(25, 20, 9, 5),
    isAlive: fc.boolean(),
    sees: fc.constantFrom(true, true, false),
    outsideSees: fc.constantFrom(true, true, false),
    isSent: isEveryWay ? fc.constantFrom(true, true, false) : fc.constant(true),
    isAnswered: isEveryWay ? fc.constantFrom(true, true, false) : fc.constant(true),
  });

const behind = fc.constantFrom(0, 0, 3_000, 2 * 60 * minuteMs, -30 * minuteMs);

const seed = Number(process.env["RUNPODBOSS_SEED"] ?? "14");
const lives = { seed, numRuns: 30 };

/** Of the threshold: that it was crossed, and that this is over. */
const crossings = (messages: readonly { readonly event: string }[]): readonly string[] =>
  messages.filter(({ event }) => event === "trip" || event === "rearm").map(({ event }) => event);

describe("a machine and the guard outside, whatever becomes of either", () => {
  it("tell of each crossing once, and of its end once, in turn, while what they say to each other arrives", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch(false), { maxLength: 8 }),
        behind,
        async (stretches, byMs) => {
          const world = createWorld(guardedByBalance, byMs);
          await world.live([{ ...well, minutes: 2, balanceUsd: 20 }, ...stretches]);
          await world.live([{ ...well, minutes: 15, balanceUsd: 5 }]);
          await world.live([{ ...well, minutes: 15, balanceUsd: 30 }]);

          const told = crossings(world.told);
          const inTurn = told.map((_event, n) => (n % 2 === 0 ? "trip" : "rearm"));
          expect(told).toEqual(inTurn);
          expect(told.at(-1)).toBe("rearm");
        },
      ),
      lives,
    );
  });

  it("never end what is protected, and end what is not once the balance is low and either sees it", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch(true), { maxLength: 8 }),
        fc.constantFrom("machine", "outside"),
        behind,
        async (stretches, who, byMs) => {
          const world = createWorld(guardedByBalance, byMs);
          await world.live([{ ...well, minutes: 2, balanceUsd: 20 }, ...stretches]);
          world.start("p1");
          await world.live([{ ...well, minutes: 5, balanceUsd: 5 }]);
          world.start("p1");
          await world.live([{ ...well, isAlive: who === "machine", minutes: 40, balanceUsd: 5 }]);

          expect(world.ended.map(({ id }) => id)).not.toContain("p2");
          expect(world.pods.get("p1")?.status).toBe("stopped");
        },
      ),
      lives,
    );
  });

  it("end a run that has outstayed its time once, long enough after it was announced, and announce it once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(stretch(false), { maxLength: 6 }),
        behind,
        async (stretches, byMs) => {
          const world = createWorld(guardedByTime, byMs);
          await world.live([{ ...well, minutes: 2, balanceUsd: 20 }, ...stretches]);
          await world.live([{ ...well, minutes: 60, balanceUsd: 20 }]);

          const announced = world.told.filter(({ event }) => event === "warn");
          expect(world.ended.map(({ id }) => id)).toEqual(["p1"]);
          expect(announced).toHaveLength(1);
          expect((world.ended[0]?.atMs ?? 0) - (announced[0]?.atMs ?? 0)).toBeGreaterThanOrEqual(
            warnMs,
          );
        },
      ),
      lives,
    );
  });
});
