import { createClock } from "../../src/clock.ts";
import { loadConfig } from "../../src/config/load.ts";
import { createSupervisor } from "../../src/daemon/supervisor.ts";
import { watch } from "../../src/daemon/watch.ts";
import { createRunner } from "../../src/effects/process.ts";
import { createLogger } from "../../src/log.ts";
import type { Account } from "../../src/ports.ts";
import { createProgram } from "../../src/program.ts";
import { createRedactor } from "../../src/redact.ts";
import { liveOf, watchDepsOf } from "../../src/wiring.ts";

/**
 * The daemon with all that the executable holds, looking faster than a config may ask for, and
 * then at rest as between two looks. Arguments: the config, the poll interval in milliseconds, and
 * the number of polls.
 */
const [configPath = "", pollIntervalMs, polls] = process.argv.slice(2);
const never = new AbortController().signal;
const nothing = (): void => undefined;
const redact = createRedactor([]);
// Built as the executable builds it, so that it takes the memory that it takes there.
createProgram(
  {
    env: process.env,
    print: nothing,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    screen: () => undefined,
    interrupted: never,
    onHangup: nothing,
    hide: nothing,
    redact,
  },
  nothing,
);

const settings = await loadConfig(configPath, process.env);
const clock = createClock();
const log = await createLogger({
  level: "info",
  stderr: process.stderr,
  logFile: settings.logFile,
  redact,
  isTerminal: false,
  nowMs: () => clock.nowMs(),
});
const live = liveOf(settings, clock);
const runner = createRunner();
const { env } = process;
const supervisor = createSupervisor({ env, runner, onTrouble: nothing });
const deps = await watchDepsOf({ live, log, once: false, clock, runner, env, supervisor });
let looks = 0;
const account: Account = {
  ...deps.account,
  look(signal) {
    looks += 1;
    return looks > Number(polls) ? new Promise(() => {}) : deps.account.look(signal);
  },
};
await watch({ ...deps, account, pollIntervalMs: () => Number(pollIntervalMs) }, never);
