import { setTimeout as sleep } from "node:timers/promises";
import { emptyState } from "#guard/model/state.ts";
import { signatureOf } from "#outside/beat/signature.ts";
import type { Kept } from "#outside/kept.ts";
import { createAccountHost } from "#outside/worker/account-host.ts";
import { type AccountSecrets, secretName } from "#outside/worker/accounts.ts";
import { startSimulator } from "#simulator/server.ts";
import { policyWith } from "../../guard/samples.ts";
import { ordersWith, spokenWith } from "../../outside/kept.ts";
import { beatOf } from "#outside/beat/beat-of.ts";
import { fastClock, fastTimeFromNow } from "./fast-clock.ts";

const hourMs = 3_600_000;
const minuteMs = 60_000;
const silenceMs = 10 * minuteMs;
const looksApartMs = minuteMs;
const backstopMs = 2 * minuteMs;
const stopMs = 30_000;
/** From the machine's last word until pods have stopped: nobody may need longer. */
export const boundMs = silenceMs + looksApartMs + backstopMs + looksApartMs + stopMs;

export type Outside = "guard" | "notify" | "none";

export interface DeadMachine {
  readonly outside: Outside;
  readonly burnPerHrUsd: number;
  /** From the machine's last word, which is also its end, to the crossing. */
  readonly leadMs: number;
  readonly speed: number;
}

export interface Died {
  /** What the account spent from the crossing until nothing unprotected ran; undefined: it ran on. */
  readonly usd: number | undefined;
  readonly stoppedAfterMs: number | undefined;
  /** When people heard of the crossing. */
  readonly toldAfterMs: number | undefined;
  readonly boundUsd: number;
  readonly isProtectedUntouched: boolean;
}

const account = "main";
const beatKey = "a-beat-key-of-this-benchmark-and-of-no-other";
const apiKey = "rpa_bench";

/** So far from $0 that nothing ends of itself before. */
const lineUsd = (burnPerHrUsd: number): number => Math.max(10, burnPerHrUsd / 2);

/** A machine says a beat and is dead from then on, and the balance falls below the line. */
export async function deadMachine(scenario: DeadMachine): Promise<Died> {
  const { outside, burnPerHrUsd, leadMs, speed } = scenario;
  const clock = fastClock(fastTimeFromNow(speed));
  const pods = [
    { id: "keep-1", name: "database", costPerHrUsd: 0.02 * burnPerHrUsd },
    { id: "spot-1", name: "trainer", costPerHrUsd: 0.98 * burnPerHrUsd },
  ];
  const line = lineUsd(burnPerHrUsd);
  const balanceUsd = line + (burnPerHrUsd * leadMs) / hourMs;
  const nowMs = (): number => clock.nowMs();
  const simulator = await startSimulator({ apiKey, balanceUsd, pods, nowMs });
  const crossingAtMs = clock.nowMs() + leadMs;
  const told: { readonly atMs: number; readonly line: string }[] = [];
  const secrets: AccountSecrets = {
    beatKey,
    apiKey,
    api: "rest",
    graphqlUrl: simulator.url,
    restUrl: simulator.restUrl,
    channels: [],
  };
  const note = (_fields: unknown, msg: string): void =>
    void told.push({ atMs: clock.nowMs(), line: msg });
  const log = { debug: () => undefined, info: note, warn: note, error: note };
  let wakeAtMs = Infinity;
  const bindings = { [secretName(account)]: JSON.stringify(secrets) };
  const host = createAccountHost(
    inMemory((atMs) => (wakeAtMs = atMs)),
    bindings,
    clock,
    () => log,
  );
  try {
    if (outside !== "none")
      await host.fetch(
        await beatFrom(
          outside,
          clock.nowMs(),
          pods.map(({ id }) => id),
          line,
        ),
      );
    const untilMs = crossingAtMs + 1.5 * boundMs;
    const isOver = (): boolean => simulator.account.pod("spot-1")?.status !== "RUNNING";
    while (clock.nowMs() < untilMs && !isOver()) {
      if (clock.nowMs() >= wakeAtMs) await host.wake();
      await sleep(2);
    }
    const ended = simulator.account.ended().find(({ podId }) => podId === "spot-1");
    const stoppedAfterMs = ended && ended.atMs - crossingAtMs;
    const trip = told.find((each) => each.line === "threshold tripped");
    return {
      usd: stoppedAfterMs && (burnPerHrUsd * stoppedAfterMs) / hourMs,
      stoppedAfterMs,
      toldAfterMs: trip && trip.atMs - crossingAtMs,
      boundUsd: (burnPerHrUsd * boundMs) / hourMs,
      isProtectedUntouched: simulator.account.pod("keep-1")?.status === "RUNNING",
    };
  } finally {
    await simulator.close();
  }
}

async function beatFrom(
  onSilence: "guard" | "notify",
  nowMs: number,
  pods: readonly string[],
  belowUsd: number,
): Promise<Request> {
  const policy = policyWith({
    protect: ["data*"],
    thresholds: [
      {
        name: "emergency",
        belowUsd,
        answers: ["notify"],
        backstop: { action: "stop", afterMs: backstopMs },
      },
    ],
  });
  const spoken = spokenWith({ nowMs, onSilence, state: emptyState, orders: ordersWith(policy) });
  const body = JSON.stringify({ ...beatOf(spoken), look: { isBlind: false, pods } });
  const signature = await signatureOf(beatKey, { kind: "beat", account, count: 1, body });
  const headers = { "x-runpodboss-count": "1", "x-runpodboss-signature": signature };
  return new Request(`http://host/beat/${account}`, { method: "POST", headers, body });
}

function inMemory(onWake: (atMs: number) => void): Kept {
  let kept: Readonly<Record<string, string>> = {};
  return {
    read: () => Promise.resolve(kept),
    write(changes) {
      kept = Object.fromEntries(
        Object.entries({ ...kept, ...changes }).flatMap(([key, value]) =>
          value === undefined ? [] : [[key, value] as const],
        ),
      );
      return Promise.resolve();
    },
    wakeAt: (atMs) => Promise.resolve(onWake(atMs)),
    forget() {
      kept = {};
      return Promise.resolve();
    },
  };
}
