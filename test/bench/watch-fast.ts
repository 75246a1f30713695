import { createClock } from "#clock.ts";
import { loadConfig } from "#config/load.ts";
import { createSystemdNotify } from "#daemon/systemd-notify.ts";
import { watch } from "#daemon/watch.ts";
import { realPaces } from "#paces.ts";
import { createRunner } from "#process/runner.ts";
import { createLogger } from "#log.ts";
import type { Account } from "#ports.ts";
import { outputsOf } from "#output/outputs.ts";
import { createProgram } from "#program.ts";
import { createRedactor } from "#redact.ts";
import { ownProgram } from "#process/own-program.ts";
import { liveOf } from "#wiring/live.ts";
import { watchDepsOf } from "#wiring/daemon.ts";

/**
 * The daemon with all that the executable holds, looking faster than a config may ask for, and
 * then at rest as between two looks. Arguments: the config, the poll interval in milliseconds, and
 * the number of polls.
 */
const [configPath = "", pollIntervalMs, polls] = process.argv.slice(2);
const never = new AbortController().signal;
const nothing = (): void => undefined;
const redact = createRedactor([]);
const outputs = outputsOf(process);
// Built as the executable builds it, so that it takes the memory that it takes there.
createProgram(
  {
    env: process.env,
    paces: realPaces,
    print: nothing,
    program: ownProgram(process),
    printData: nothing,
    stdin: process.stdin,
    ...outputs,
    isJournal: false,
    isJson: false,
    screen: () => undefined,
    interrupted: never,
    onStray: () => undefined,
    onHangup: nothing,
    sayWhy: nothing,
    hide: nothing,
    redact,
  },
  nothing,
);

const settings = await loadConfig(configPath, process.env, realPaces);
const clock = createClock();
const { logFile } = settings;
const log = createLogger({
  level: "info",
  stderr: await outputs.openStderr(),
  logFile:
    logFile === undefined ? undefined : { path: logFile, open: await outputs.openLogFile(logFile) },
  redact,
  nowMs: () => clock.nowMs(),
});
const live = liveOf(settings, clock, realPaces);
const runner = createRunner(realPaces.programEnd);
const { env } = process;
const systemd = createSystemdNotify({ env, runner, onTrouble: nothing });
const deps = await watchDepsOf({
  live,
  log,
  once: false,
  clock,
  runner,
  env,
  program: ownProgram(process),
  systemd,
  paces: realPaces,
});
let looks = 0;
const account: Account = {
  ...deps.account,
  look(signal) {
    looks += 1;
    return looks > Number(polls) ? new Promise(() => {}) : deps.account.look(signal);
  },
};
await watch({ ...deps, account, pollIntervalMs: () => Number(pollIntervalMs) }, never);
