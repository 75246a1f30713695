import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import type { TestContext } from "vitest";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { textsOf } from "#outside/account/kept-state.ts";
import type { SignedAnswer } from "#outside/account/deps.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { signatureOf } from "#outside/beat/signature.ts";
import { sendable } from "#outside/orders/policy-schema.ts";
import { type AccountSecrets, secretName } from "#outside/worker/accounts.ts";
import type { NewPod } from "#simulator/pod.ts";
import { type Simulator, startSimulator } from "#simulator/server.ts";
import { writeLeaseBook } from "#store/lease-text.ts";
import { workerBundle } from "../../build.ts";
import { policyWith } from "../guard/samples.ts";

export const beatKey = "a-beat-key-of-this-test-and-of-no-other";
export const minuteMs = 60_000;

let bundled: Promise<string> | undefined;

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    ...workerBundle,
    entryPoints: [join(import.meta.dirname, "timed-worker.ts")],
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

export interface World {
  readonly simulator: Simulator;
  /** Of the Worker. */
  readonly url: string;
  /** What people were told, by the channel of the Worker. */
  readonly told: readonly string[];
  readonly send: (
    changes?: Partial<Beat>,
    sent?: { count?: number; key?: string },
  ) => Promise<{ status: number; answer: SignedAnswer }>;
  /** Moves the clock of the object on, and wakes it. */
  readonly wakeAfter: (ms: number) => Promise<{ nowMs: number; wakeAtMs: number | null }>;
}

const name = "main";

/** A Worker in workerd, a simulated account, and what people are told. */
export async function world(
  test: TestContext,
  options: {
    readonly pods?: readonly NewPod[];
    readonly balanceUsd?: number;
    readonly policy?: Policy;
  } = {},
): Promise<World> {
  const { policy = policyWith(), ...account } = options;
  const apiKey = "rpa_a_key_of_this_test_that_nobody_has";
  const simulator = await startSimulator({ apiKey, balanceUsd: 20, ...account });
  test.onTestFinished(() => simulator.close());
  const told: string[] = [];
  const channel = createServer((request, response) => {
    let body = "";
    request.on("data", (piece: Buffer) => (body += piece.toString("utf8")));
    request.on("end", () => {
      told.push(body);
      response.end();
    });
  });
  await new Promise<void>((resolve) => channel.listen(0, "127.0.0.1", resolve));
  test.onTestFinished(() => void channel.close());
  const { port } = channel.address() as AddressInfo;
  const secrets: AccountSecrets = {
    beatKey,
    apiKey,
    api: "rest",
    graphqlUrl: simulator.url,
    restUrl: simulator.restUrl,
    channels: [
      {
        type: "webhook",
        name: "phone",
        url: `http://127.0.0.1:${port}/hook`,
        headers: {},
        minSeverity: "info",
        timeLimitMs: 5_000,
      },
    ],
  };
  bundled ??= bundle();
  const worker = new Miniflare({
    modules: true,
    script: await bundled,
    compatibilityDate: "2026-04-01",
    compatibilityFlags: ["nodejs_compat"],
    durableObjects: { ACCOUNTS: { className: "TimedObject", useSQLite: true } },
    bindings: { [secretName(name)]: JSON.stringify(secrets) },
  });
  test.onTestFinished(() => worker.dispose());
  const base = await worker.ready;
  let count = Date.now();
  return {
    simulator,
    url: base.href,
    told,
    async send(changes = {}, sent = {}) {
      count += 1;
      const body = JSON.stringify({ ...beatOf(policy), ...changes });
      const signed = { kind: "beat" as const, account: name, count: sent.count ?? count, body };
      const response = await fetch(new URL(`/beat/${name}`, base), {
        method: "POST",
        headers: {
          "x-runpodboss-count": String(signed.count),
          "x-runpodboss-signature": await signatureOf(sent.key ?? beatKey, signed),
        },
        body,
      });
      return { status: response.status, answer: (await response.json()) as SignedAnswer };
    },
    async wakeAfter(aheadMs) {
      const response = await fetch(new URL(`/beat/${name}`, base), {
        method: "POST",
        headers: { "x-test": "time" },
        body: JSON.stringify({ aheadMs, wakes: true }),
      });
      return (await response.json()) as { nowMs: number; wakeAtMs: number | null };
    },
  };
}

function beatOf(policy: Policy, state: GuardState = emptyState): Beat {
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
