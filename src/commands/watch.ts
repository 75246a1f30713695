import { createClock } from "../clock.ts";
import { loadConfig } from "../config/load.ts";
import { watch as watchAccount } from "../daemon/watch.ts";
import { exitCodes, UserError } from "../errors.ts";
import { createLogger } from "../log.ts";
import { createRedactor } from "../redact.ts";
import { watchDepsOf } from "../wiring.ts";
import type { Context, GlobalOptions } from "./context.ts";

export interface WatchOptions extends GlobalOptions {
  readonly once: boolean;
  readonly dryRun: boolean;
}

/** The daemon. Resolves to the exit code. */
export async function watch(options: WatchOptions, context: Context): Promise<number> {
  const loaded = await loadConfig(options.config, context.env);
  const settings = { ...loaded, dryRun: loaded.dryRun || options.dryRun };
  context.hide([settings.apiKey]);
  const clock = createClock();
  const log = await createLogger({
    level: options.verbose ? "debug" : "info",
    stderr: context.stderr,
    logFile: settings.logFile,
    redact: createRedactor([settings.apiKey]),
    isTerminal: context.stderr.isTTY,
    nowMs: () => clock.nowMs(),
  });
  for (const warning of settings.warnings) log.warn({ warning }, "config warning");

  const deps = await watchDepsOf(settings, log, options.once, clock);
  const { configPath: config, pollIntervalMs, thresholds, dryRun } = settings;
  log.info(
    { config, pollIntervalMs, thresholds: thresholds.map(({ name }) => name), dryRun },
    "watching",
  );
  const ended = await watchAccount(deps, context.interrupted);
  switch (ended.kind) {
    case "interrupted":
      return exitCodes.interrupted;
    case "max-runtime":
      return exitCodes.done;
    case "once":
      if (ended.look.kind === "blind") {
        throw new UserError(`The account could not be seen: ${ended.look.because}.`, {
          hint: "Then try: runpodboss check",
        });
      }
      return exitCodes.done;
  }
}
