import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cpSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { minuteMs } from "#guard/model/time.ts";
import { bundled } from "../../bundled.ts";
import { type Account, startAccount, startNode } from "../children.ts";

/** The real daemon, polling every second, with its page. */
export interface Served {
  readonly url: string;
  readonly token: string;
  readonly account: Account;
  readonly daemon: ChildProcess;
  readonly end: () => void;
}

export const pollIntervalMs = 1_000;
const days = 7;
const patienceMs = 60_000;

export async function startServed(folder: string): Promise<Served> {
  const account = await startAccount(5);
  const port = await freePort();
  const token = randomBytes(24).toString("base64url");
  writeFileSync(join(folder, "token"), token, { mode: 0o600 });
  writeFileSync(join(folder, "samples.jsonl"), samples(Date.now()), { mode: 0o600 });
  const config = join(folder, "page.json");
  const settings = {
    api_key: "bench",
    runpod_url: account.url,
    poll_interval_seconds: pollIntervalMs / 1_000,
    state_file: join(folder, "state.json"),
    log_file: join(folder, "page.log"),
    claude_command: [],
    extra_notify_command: ["true"],
    guards: { lease: { default_hours: 900, max_hours: 1_000, action: "stop" } },
    thresholds: [{ name: "warning", below_usd: 10, prompt: "look" }],
    http: { listen: `127.0.0.1:${port}`, token_file: join(folder, "token") },
  };
  writeFileSync(config, JSON.stringify(settings), { mode: 0o600 });
  const fastCli = await bundled("test/e2e/fast-cli.ts", folder);
  // Beside the program, as in the package.
  cpSync("dist/page", join(dirname(fastCli), "page"), { recursive: true });
  const daemon = startNode(fastCli, "-", "watch", "-c", config);
  const url = `http://127.0.0.1:${port}/`;
  const served = {
    url,
    token,
    account,
    daemon,
    end: () => {
      daemon.kill("SIGKILL");
      account.end();
    },
  };
  await untilPolled(served).catch((error: unknown) => {
    served.end();
    throw error;
  });
  return served;
}

async function untilPolled({ url, token, daemon }: Served): Promise<void> {
  const untilMs = performance.now() + patienceMs;
  while (performance.now() < untilMs) {
    if (daemon.exitCode !== null) throw new Error("the daemon ended early");
    const answer = await fetch(new URL("api/status", url), {
      headers: { authorization: `Bearer ${token}` },
    }).catch(() => undefined);
    if (answer?.ok === true) {
      const { balance_usd: balanceUsd } = (await answer.json()) as { balance_usd: unknown };
      if (typeof balanceUsd === "number") return;
    }
    await sleep(100);
  }
  throw new Error("the daemon never showed a balance");
}

/** A week of minutes: what a daemon that has run for long keeps in memory. */
function samples(nowMs: number): string {
  return Array.from({ length: days * 1_440 }, (_, n) => {
    const timestamp = new Date(nowMs - (days * 1_440 - n) * minuteMs).toISOString();
    return `{"timestamp":"${timestamp}","balance_usd":${(90 - (n % 2_000) / 25).toFixed(2)},"burn_per_hr_usd":2.4}\n`;
  }).join("");
}

/** Nobody takes it meanwhile, nearly always. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}
