import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { createClock } from "#clock.ts";
import { untilLive } from "#commands/setup/writing/until-live.ts";
import { inForceOf } from "#config/in-force.ts";
import { loadConfig } from "#config/load.ts";
import { policyOf } from "#config/policy.ts";
import { emptyState } from "#guard/model/state.ts";
import { identityOf } from "#process/identity.ts";
import { takePidLock } from "#store/lock/pid-lock.ts";
import { createStateFile } from "#store/state-file.ts";
import { shortPaces } from "../../../short-paces.ts";
import { tempFolder } from "../../../temp-folder.ts";

/** This process is the daemon: it read its config and polled at these times. */
async function daemon(readAtMs: number, polledAtMs: number) {
  const folder = tempFolder();
  const path = join(folder, "config.json");
  const stateFile = join(folder, "state.json");
  const config = {
    api_key: "a-key-that-is-long-enough",
    state_file: stateFile,
    log_file: join(folder, "log"),
    thresholds: [{ name: "low", below_usd: 1, prompt: "x" }],
  };
  writeFileSync(path, JSON.stringify(config), { mode: 0o600 });
  const settings = await loadConfig(path, {}, shortPaces);
  const lock = await takePidLock(stateFile, identityOf, { paces: shortPaces.lock });
  onTestFinished(() => lock.release());
  const by = { pid: process.pid, sinceMs: readAtMs };
  const inForce = inForceOf(settings, policyOf(settings, shortPaces), by);
  const state = { ...emptyState, inForce, lookedAtMs: polledAtMs };
  const store = createStateFile(stateFile, { nowMs: () => 0, onTrouble: () => undefined });
  await store.save(state);
  await store.saveLearned(state);
  return settings;
}

const askedAtMs = 1_000;

it.each<readonly [string, number, number, number | undefined, string]>([
  ["with the same key: what it polled before counts", 500, 600, undefined, "live"],
  ["with a new key: what it polled with the old one does not", 500, 1_500, askedAtMs, "old-config"],
  [
    "with a new key that it has read: a poll of before does not",
    1_100,
    600,
    askedAtMs,
    "not-polled",
  ],
  [
    "with a new key: a poll on its way when it read it does not",
    1_100,
    1_050,
    askedAtMs,
    "not-polled",
  ],
  ["with a new key that it has polled with", 1_100, 1_200, askedAtMs, "live"],
])("a daemon that goes on %s", async (_sentence, readAtMs, polledAtMs, readSinceMs, kind) => {
  const settings = await daemon(readAtMs, polledAtMs);

  const found = await untilLive(settings, {
    sinceMs: -Infinity,
    readSinceMs,
    limitMs: 0,
    clock: createClock(),
    signal: new AbortController().signal,
  });

  expect(found.kind).toBe(kind);
});
