import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { TestContext } from "vitest";
import type { NewPod } from "#simulator/pod.ts";
import { type Guard, type GuardOptions, guardWith, type Running } from "../e2e/guard.ts";
import { patienceMs } from "../e2e/running.ts";

export const hourMs = 3_600_000;
export const minuteMs = 60_000;

/** Looks like nothing else, so that it is found wherever it leaks. */
export const token = "browser-token-that-nobody-else-has-0123456789";
export const activityToken = "browser-activity-token-of-the-jobs-0123456789";
export const metricsToken = "browser-metrics-token-of-prometheus-0123456789";

/** A guard whose page is served, and the hand on the account's clock. */
export interface Served {
  readonly guard: Guard;
  readonly port: number;
  readonly origin: string;
  /** Lets so much time pass for the account: what runs costs that much more. */
  readonly drain: (ms: number) => void;
  /** Starts the daemon, and waits until its page is there. */
  readonly start: (...args: readonly string[]) => Promise<Running>;
}

interface ServedOptions extends GuardOptions {
  /** Notifications lead to it. */
  readonly isPublic?: boolean;
}

export const trainer: NewPod = { id: "p1", name: "trainer", costPerHrUsd: 1.49 };

/** Such a guard, with its page on a port of its own and a daemon that is not started yet. */
export async function servedWith(
  test: TestContext,
  { config = {}, isPublic = false, ...options }: ServedOptions = {},
): Promise<Served> {
  const port = await freePort();
  const startedAtMs = Date.now();
  let passedMs = 0;
  const guard = await guardWith(test, {
    nowMs: () => startedAtMs + passedMs,
    pods: [{ startedAtMs: startedAtMs - 2.25 * hourMs, ...trainer }],
    ...options,
    config: { claude_command: [], ...config },
  });
  guard.configure({
    http: {
      listen: `127.0.0.1:${port}`,
      token_file: join(guard.folder, "page-token"),
      activity_token_file: join(guard.folder, "activity-token"),
      metrics_token_file: join(guard.folder, "metrics-token"),
      ...(isPublic && { public_url: `http://127.0.0.1:${port}` }),
    },
  });
  guard.write("page-token", `${token}\n`);
  guard.write("activity-token", `${activityToken}\n`);
  guard.write("metrics-token", `${metricsToken}\n`);
  const origin = `http://127.0.0.1:${port}`;
  return {
    guard,
    port,
    origin,
    drain: (ms) => void (passedMs += ms),
    async start(...args) {
      const running = guard.watch(...args);
      await untilAnswered(`${origin}/health`, running);
      return running;
    },
  };
}

/** The lowest ports that the system itself gives nobody: no client's connection can take one meanwhile. */
const ports = { from: 20_000, to: 30_000 };

async function freePort(): Promise<number> {
  for (;;) {
    const port = ports.from + Math.floor(Math.random() * (ports.to - ports.from));
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function untilAnswered(url: string, running: Running): Promise<void> {
  const hasEnded = running.ended.then(({ stderr }) => {
    throw new Error(`the daemon ended before its page was there:\n${stderr}`);
  });
  hasEnded.catch(() => undefined);
  const answered = async (): Promise<void> => {
    const giveUpAtMs = performance.now() + patienceMs;
    for (;;) {
      const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) }).catch(
        () => undefined,
      );
      await answer?.body?.cancel();
      // Also 503: that of a guard which sees nothing.
      if (answer !== undefined) return;
      if (performance.now() > giveUpAtMs)
        throw new Error(`waited in vain for ${url}:\n${JSON.stringify(running.lines, null, 1)}`);
      await pause(20);
    }
  };
  await Promise.race([answered(), hasEnded]);
}
