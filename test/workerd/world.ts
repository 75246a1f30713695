import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, inject, type TestContext, vi } from "vitest";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { textsOf } from "#outside/account/kept-state.ts";
import type { SignedAnswer } from "#outside/account/deps.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { signatureOf, type SignedKind } from "#outside/beat/signature.ts";
import { sendable } from "#outside/orders/policy-schema.ts";
import { type AccountSecrets, secretName } from "#outside/worker/accounts.ts";
import type { NewPod } from "#simulator/pod.ts";
import { type Simulator, startSimulator } from "#simulator/server.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { policyWith } from "../guard/samples.ts";
import type { Asked, Told } from "./timed-worker.ts";

export const beatKey = "a-beat-key-of-this-test-and-of-no-other";
export const minuteMs = 60_000;

/** What is otherwise than the world's own when something is sent. */
interface SentOtherwise {
  readonly kind?: SignedKind;
  /** Where it is sent to, if not as a beat. */
  readonly path?: SignedKind;
  readonly account?: string;
  readonly count?: number;
  readonly key?: string;
  /** In place of what is signed. */
  readonly body?: string;
  readonly signature?: string;
}

export interface World {
  readonly simulator: Simulator;
  /** Of the Worker. */
  readonly url: string;
  /** Its name, which no other test has. */
  readonly account: string;
  /** What people were told, by the channel of the Worker. */
  readonly told: readonly string[];
  /** The events of what people were told. */
  readonly events: () => readonly string[];
  readonly send: (
    changes?: Partial<Beat>,
    sent?: SentOtherwise,
  ) => Promise<{ status: number; answer: SignedAnswer }>;
  /** Moves the clock of the object on, and wakes it. */
  readonly wakeAfter: (ms: number) => Promise<Told>;
  /** The same every minute, so many times. */
  readonly minutes: (count: number) => Promise<Told>;
  readonly test: (asked: Asked) => Promise<Told>;
}

let worlds = 0;

/** An account in a Worker in workerd, a simulated account at RunPod, and what people are told. */
export async function world(
  test: TestContext,
  options: {
    readonly pods?: readonly NewPod[];
    readonly balanceUsd?: number;
    readonly policy?: Policy;
    /** RunPod's time moves with that of the guard outside; else it is the real one. */
    readonly isInTime?: boolean;
    readonly api?: AccountSecrets["api"];
    /** The state of the machine's guard. */
    readonly state?: GuardState;
  } = {},
): Promise<World> {
  const {
    policy = policyWith(),
    state = emptyState,
    api = "rest",
    isInTime = false,
    ...runpod
  } = options;
  worlds += 1;
  const account = `world-${process.pid}-${worlds}`;
  const apiKey = "rpa_a_key_of_this_test_that_nobody_has";
  let aheadMs = 0;
  const nowMs = () => Date.now() + (isInTime ? aheadMs : 0);
  const simulator = await startSimulator({ apiKey, balanceUsd: 20, nowMs, ...runpod });
  test.onTestFinished(() => simulator.close());
  const { told, port } = await phone(test);
  const secrets: AccountSecrets = {
    beatKey,
    apiKey,
    api,
    graphqlUrl: simulator.url,
    restUrl: simulator.restUrl,
    channels: [
      {
        type: "webhook",
        name: "phone",
        url: `http://127.0.0.1:${port}/hook`,
        headers: {},
        minSeverity: "info",
        timeLimitMs: 60_000,
      },
    ],
  };
  const url = inject("workerUrl");
  const asks = (asked: Asked): Promise<Response> =>
    fetch(new URL(`/beat/${account}`, url), {
      method: "POST",
      headers: { "x-test": "yes" },
      body: JSON.stringify(asked),
    });
  await asks({ bindings: { [secretName(account)]: JSON.stringify(secrets) } });
  const ask = async (asked: Asked): Promise<Told> => {
    aheadMs += asked.aheadMs ?? 0;
    return (await asks(asked)).json() as Promise<Told>;
  };
  test.onTestFinished(async () => {
    const { log } = await ask({});
    expect(log.filter((line) => line.includes("this is a bug"))).toEqual([]);
  });
  let count = Date.now();
  return {
    simulator,
    url,
    account,
    told,
    events: () => told.map((each) => String((JSON.parse(each) as { event?: string }).event)),
    async send(changes = {}, sent = {}) {
      count += 1;
      const body = JSON.stringify({ ...beatOf(policy, state), ...changes });
      const { kind = "beat", account: to = account, key = beatKey } = sent;
      const signed = { kind, account: to, count: sent.count ?? count, body };
      const response = await fetch(new URL(`/${sent.path ?? "beat"}/${account}`, url), {
        method: "POST",
        headers: {
          "x-runpodboss-count": String(signed.count),
          "x-runpodboss-signature": sent.signature ?? (await signatureOf(key, signed)),
        },
        body: sent.body ?? body,
      });
      return { status: response.status, answer: (await response.json()) as SignedAnswer };
    },
    wakeAfter: (ms) => ask({ aheadMs: ms, wakes: 1 }),
    async minutes(wakes) {
      for (let n = 1; n < wakes; n += 1) await ask({ aheadMs: minuteMs, wakes: 1 });
      return ask({ aheadMs: minuteMs, wakes: 1 });
    },
    async test(asked) {
      if (asked.dies !== true && asked.empties !== true) return ask(asked);
      // Whoever asks it to end hears nothing of it any more.
      await asks(asked);
      return ask({});
    },
  };
}

async function phone(test: TestContext): Promise<{ told: readonly string[]; port: number }> {
  const told: string[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString("utf8")));
    request.on("end", () => {
      told.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  test.onTestFinished(() => void server.close());
  return { told, port: (server.address() as AddressInfo).port };
}

export function beatOf(policy: Policy, state: GuardState = emptyState): Beat {
  const { state: durable, runs } = textsOf(state);
  return {
    version: 1,
    host: "gpu-box",
    sentAtMs: Date.now(),
    nextInMs: minuteMs,
    look: { isBlind: false, balanceUsd: 20, burnPerHrUsd: 1.49, pods: ["p1"] },
    state: durable,
    runs,
    leases: writeLeaseBook({ leases: {}, touchedAtMs: {} }),
    orders: {
      policy: sendable(policy),
      calendar: { budgets: [], schedules: [] },
      beforeStop: "none",
      isDry: false,
    },
    onSilence: "guard",
  };
}

/** Waits until it is so. */
export async function until(isSo: () => boolean): Promise<void> {
  await vi.waitUntil(isSo, { timeout: 60_000, interval: 10 });
}
