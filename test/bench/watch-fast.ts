import { createClock } from "../../src/clock.ts";
import { loadConfig } from "../../src/config/load.ts";
import { watch } from "../../src/daemon/watch.ts";
import { createLogger } from "../../src/log.ts";
import type { Account } from "../../src/ports.ts";
import { createProgram } from "../../src/program.ts";
import { createRedactor } from "../../src/redact.ts";
import { watchDepsOf } from "../../src/wiring.ts";

/**
 * The daemon with all that the executable holds, looking faster than a config may ask for, and
 * then at rest as between two looks. Arguments: the config, the poll interval in milliseconds, and
 * the number of polls.
 */
const [configPath = "", pollIntervalMs, polls] = process.argv.slice(2);
const never = new AbortController().signal;
// Built as the executable builds it, so that it takes the memory that it takes there.
createProgram(
  { env: process.env, print: () => {}, stderr: process.stderr, interrupted: never, hide: () => {} },
  () => {},
);

const settings = await loadConfig(configPath, process.env);
const clock = createClock();
const log = await createLogger({
  level: "info",
  stderr: process.stderr,
  logFile: settings.logFile,
  redact: createRedactor([settings.apiKey]),
  isTerminal: false,
  nowMs: () => clock.nowMs(),
});
const deps = await watchDepsOf(settings, log, false, clock);
let looks = 0;
const account: Account = {
  look(signal) {
    looks += 1;
    return looks > Number(polls) ? new Promise(() => {}) : deps.account.look(signal);
  },
};
await watch({ ...deps, account, pollIntervalMs: Number(pollIntervalMs) }, never);
