import { emptyState } from "#guard/model/state.ts";
import type { Policy } from "#guard/model/policy.ts";
import { minuteMs } from "#guard/model/time.ts";
import { usd } from "#guard/text.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import { createAccountGuard } from "#outside/account/account-guard.ts";
import type { SignedAnswer } from "#outside/account/deps.ts";
import { beatOf } from "#outside/beat/beat-of.ts";
import { signatureOf } from "#outside/beat/signature.ts";
import type { Kept } from "#outside/kept.ts";
import { noOrders } from "#outside/orders/orders.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { createHandClock } from "./hand-clock.ts";
import { madeUpAccount } from "./made-up-account.ts";

/** A line of what happened, and whether it was as it should be. */
export interface DrillStep {
  readonly words: string;
  readonly isGood: boolean;
}

const belowUsd = 5;
const fallsToUsd = 4.2;
const mostMinutes = 10;

/**
 * A machine falls silent, its pods are stopped in its place, and it comes back: by the very code that does so in
 * earnest, on an account that is made up and a clock that is moved by hand.
 */
export async function rehearse(startMs: number): Promise<readonly DrillStep[]> {
  const clock = createHandClock(startMs);
  const runpod = madeUpAccount(clock);
  const told: string[] = [];
  const account = "drill";
  const beatKey = crypto.randomUUID();
  const guard = createAccountGuard({
    account,
    kept: keptInMemory(),
    clock,
    log: quiet,
    beatKey,
    runpod: () => runpod,
    channels: [hearing(told)],
    channelPolicies: [{ name: "drill", minSeverity: "info" }],
    accepted: new Set(),
  });
  let count = 0;

  async function beat(tookBackId?: string): Promise<SignedAnswer> {
    count += 1;
    const said = beatOf({
      host: "drill-machine",
      nowMs: clock.nowMs(),
      nextInMs: minuteMs,
      look: runpod.seenNow(),
      state: emptyState,
      saved: tookBackId === undefined ? {} : { tookBackId },
      leases: writeLeaseBook({ leases: {}, touchedAtMs: {} }),
      orders: { ...noOrders, policy },
      onSilence: "guard",
    });
    const body = JSON.stringify(said);
    const signature = await signatureOf(beatKey, { kind: "beat", account, count, body });
    return clock.through(guard.receive("beat", { count, signature, body }));
  }

  const heard = await beat();
  const first: DrillStep = {
    words: `A made-up machine was heard: ${usd(runpod.balanceUsd)}, 2 pods, 1 of them protected.`,
    isGood: heard.kind === "heard",
  };
  runpod.balanceUsd = fallsToUsd;
  clock.moveBy(11 * minuteMs);
  await clock.through(guard.wake());
  const tookOver: DrillStep = {
    words: `It fell silent, and the balance fell to ${usd(fallsToUsd)}. After 11 min I looked myself and took its place.`,
    isGood: told.some((text) => text.includes("drill-machine")),
  };
  const isStopped = (): boolean => told.some((text) => /stopped/i.test(text));
  for (let n = 0; n < mostMinutes && !isStopped(); n++) {
    clock.moveBy(minuteMs);
    await clock.through(guard.wake());
  }
  const stopped: DrillStep = {
    words: isStopped()
      ? `Below ${usd(belowUsd)} I stopped its pod drill-trainer, and saw by another look that it had stopped.`
      : `Its pod drill-trainer was NOT proven stopped.`,
    isGood: isStopped() && runpod.asked.includes("drill-1"),
  };
  const untouched: DrillStep = {
    words: runpod.asked.includes("drill-2")
      ? "Its protected pod drill-keep WAS stopped."
      : "Its protected pod drill-keep was left alone.",
    isGood: !runpod.asked.includes("drill-2"),
  };
  const back = await beat();
  const given = back.kind === "heard" ? back.back : undefined;
  await clock.through(guard.wake());
  const taken = await beat(given?.id);
  const handedBack: DrillStep = {
    words:
      given === undefined
        ? "The machine came back, and was NOT told what I had done."
        : "The machine came back, took over what I had done, and I only listen again.",
    isGood: given !== undefined && taken.kind === "heard" && taken.back === undefined,
  };
  const words: DrillStep = {
    words: `Meanwhile ${told.length} messages would have been sent.`,
    isGood: told.length > 0,
  };
  return [first, tookOver, stopped, untouched, handedBack, words];
}

const policy: Policy = {
  ...noOrders.policy,
  thresholds: [
    {
      name: "drill",
      belowUsd,
      answers: ["notify"],
      backstop: { action: "stop", afterMs: 0 },
    },
  ],
  protect: ["drill-keep"],
  podGuards: { ...noOrders.policy.podGuards, maxEndsPerHour: 20 },
};

const ignored = (): void => undefined;
const quiet: Log = { debug: ignored, info: ignored, warn: ignored, error: ignored };

function hearing(told: string[]): Channel {
  return {
    name: "drill",
    type: "webhook",
    send({ title, text }) {
      told.push(`${title}. ${text}`);
      return Promise.resolve({ kind: "sent", answer: "heard" });
    },
    probe: () => Promise.resolve({ kind: "untried" }),
  };
}

function keptInMemory(): Kept {
  let kept: Readonly<Record<string, string>> = {};
  return {
    read: () => Promise.resolve(kept),
    write(changes) {
      const next = Object.entries({ ...kept, ...changes }).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, value] as const],
      );
      kept = Object.fromEntries(next);
      return Promise.resolve();
    },
    wakeAt: () => Promise.resolve(),
    forget() {
      kept = {};
      return Promise.resolve();
    },
  };
}
