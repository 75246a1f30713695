import type { Settings } from "#config/settings.ts";
import { createLogger } from "#log.ts";
import type { Clock } from "#ports.ts";
import type { Context } from "#terminal/context.ts";
import { formOnStderr } from "./stderr-form.ts";
import type { troubleTeller } from "./troubles.ts";

/** The daemon's log, on standard error and in its file. To be finished by whoever has opened it. */
export async function openLog(
  { logFile }: Settings,
  isVerbose: boolean,
  context: Context,
  {
    clock,
    troubles,
  }: { readonly clock: Clock; readonly troubles: ReturnType<typeof troubleTeller> },
): Promise<ReturnType<typeof createLogger>> {
  return createLogger({
    level: isVerbose ? "debug" : "info",
    stderr: await context.openStderr(),
    logFile:
      logFile === undefined
        ? undefined
        : { path: logFile, open: await context.openLogFile(logFile) },
    redact: context.redact,
    ...formOnStderr(context),
    nowMs: () => clock.nowMs(),
    onFileTrouble: (because) => troubles.tell({ kind: "trouble", what: "log file", because }),
    onFileRecovered: () => troubles.tell({ kind: "recovered", what: "log file" }),
  });
}
