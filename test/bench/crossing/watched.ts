import { createPace } from "#daemon/pace.ts";
import { aheadOf } from "#guard/ahead/ahead.ts";
import { decide } from "#guard/decide.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { nextDueMs } from "#guard/next-look.ts";
import { realPaces } from "#paces.ts";
import { between, type Random } from "../faults/seeded.ts";
import { policyWith } from "../../guard/samples.ts";
import type { SimulatedAccount } from "./account.ts";

const hourMs = 3_600_000;
const pollIntervalMs = 60_000;
/** How long RunPod takes to answer. */
const answersMs = [150, 1_500] as const;
/** How long whoever is called takes until the pods have stopped. */
const stopsMs = [1_000, 4_000] as const;

export interface WatchedOptions {
  readonly random: Random;
  readonly account: SimulatedAccount;
  readonly lineUsd: number;
  readonly isAdaptive: boolean;
}

/** What came of watching an account from its beginning to the trip. */
export interface Watched {
  /** From the moment at which RunPod's balance was below the line. */
  readonly delayMs: number;
  /** What burned below the line until whoever was called has stopped it, charged or not. */
  readonly overspendUsd: number;
  /** What of it burned before RunPod's balance showed that it is below the line. */
  readonly unshownUsd: number;
  /** While the line was more than an hour away at the burn of then, and all together. */
  readonly far: Polled;
  readonly all: Polled;
}

/** The polls, and the time from each to the next. */
export interface Polled {
  readonly polls: number;
  readonly hours: number;
}

function counting() {
  let polls = 0;
  let ms = 0;
  return {
    wait(forMs: number): void {
      polls += 1;
      ms += forMs;
    },
    polled: (): Polled => ({ polls, hours: ms / hourMs }),
  };
}

function policyFor(lineUsd: number): Policy {
  const answers = ["notify", "call-agent"] as const;
  return policyWith({
    thresholds: [{ name: "line", belowUsd: lineUsd, answers, backstop: undefined }],
  });
}

/** The real pace of the polls and the real decision, on compressed time. */
export function watched({ random, account, lineUsd, isAdaptive }: WatchedOptions): Watched {
  const policy = policyFor(lineUsd);
  const pace = createPace({
    pollIntervalMs: () => pollIntervalMs,
    isAdaptive: () => isAdaptive,
    paces: realPaces,
  });
  let state: GuardState = emptyState;
  const all = counting();
  const far = counting();
  for (let beganAtMs = random() * 1_000; ;) {
    const atMs = Math.round(beganAtMs + between(random, ...answersMs));
    const look = lookOf(account, (beganAtMs + atMs) / 2, atMs);
    ({ state } = decide(state, { kind: "look", look }, policy));
    if (state.fired["line"] === true) {
      const shownMs = account.shownBelowMs(lineUsd);
      const stoppedMs = atMs + between(random, ...stopsMs);
      return {
        delayMs: atMs - shownMs,
        overspendUsd: lineUsd - account.leftAt(stoppedMs),
        unshownUsd: lineUsd - account.leftAt(shownMs),
        far: far.polled(),
        all: all.polled(),
      };
    }
    const next = pace.after(beganAtMs, look);
    const dueMs = Math.max(nextDueMs(state, policy, atMs), atMs + realPaces.leastGapMs);
    const nextMs = Math.max(
      atMs + realPaces.leastGapMs,
      Math.min(next.pollAtMs(), dueMs, next.aheadAtMs(aheadOf(state, policy, atMs))),
    );
    const leftUsd = account.leftAt(beganAtMs) - lineUsd;
    all.wait(nextMs - beganAtMs);
    if (leftUsd > account.burnAt(beganAtMs)) far.wait(nextMs - beganAtMs);
    beganAtMs = nextMs;
  }
}

/** RunPod says what burns at once, and what it cost when it is charged. */
function lookOf(account: SimulatedAccount, shownAtMs: number, atMs: number): Seen {
  const burnPerHrUsd = account.burnAt(shownAtMs);
  return {
    kind: "seen",
    atMs,
    balanceUsd: account.balanceAt(shownAtMs),
    burnPerHrUsd,
    pods: [
      {
        id: "p1",
        name: "trainer",
        rawName: "trainer",
        status: "running",
        word: "RUNNING",
        costPerHrUsd: burnPerHrUsd,
        hasNetworkVolume: false,
        isLocked: false,
      },
    ],
    unreadablePods: 0,
  };
}
