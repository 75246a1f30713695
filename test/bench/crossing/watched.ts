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
  /** While the line was more than an hour away, and all together. */
  readonly far: Polled;
  readonly all: Polled;
}

export interface Polled {
  readonly polls: number;
  readonly hours: number;
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
  const crossedMs = account.leftBelowMs(lineUsd);
  const farUntilMs = crossedMs - hourMs;
  let state: GuardState = emptyState;
  let [polls, farPolls] = [0, 0];
  for (let beganAtMs = random() * 1_000; ;) {
    polls += 1;
    if (beganAtMs < farUntilMs) farPolls += 1;
    const atMs = Math.round(beganAtMs + between(random, ...answersMs));
    const look = lookOf(account, (beganAtMs + atMs) / 2, atMs);
    ({ state } = decide(state, { kind: "look", look }, policy));
    if (state.fired["line"] === true) {
      const stoppedMs = atMs + between(random, ...stopsMs);
      return {
        delayMs: atMs - account.shownBelowMs(lineUsd),
        overspendUsd: lineUsd - account.leftAt(stoppedMs),
        far: { polls: farPolls, hours: Math.max(0, farUntilMs) / hourMs },
        all: { polls, hours: atMs / hourMs },
      };
    }
    const next = pace.after(beganAtMs, look);
    const dueMs = Math.max(nextDueMs(state, policy, atMs), atMs + realPaces.leastGapMs);
    beganAtMs = Math.max(
      atMs + realPaces.leastGapMs,
      Math.min(next.pollAtMs(), dueMs, next.aheadAtMs(aheadOf(state, policy, atMs))),
    );
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
