import { isAnyoneTold } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import type { Log } from "#log.ts";
import { firstProcessWarning } from "#process/first-process.ts";
import { pythonWatcherWarning } from "#process/python-watchers.ts";
import { sharedFolderWarnings } from "#store/shared-folder.ts";
import { filesOfBefore } from "#store/taken-over.ts";
import type { Live } from "#wiring/live.ts";

/** Of the config, and of what this machine looks like. What takes time is said when it is known. */
export function warnAtStart(settings: Settings, log: Log): void {
  for (const warning of settings.warnings) log.warn({ warning }, "config warning");
  const alone = firstProcessWarning(process.pid);
  if (alone !== undefined) log.warn({ warning: alone }, "container warning");
  void pythonWatcherWarning().then((warning) => {
    if (warning !== undefined) log.warn({ warning }, "another watcher");
  });
  const warnOfFolders = sharedFolderWarnings(settings).map(async (found) => {
    const warning = await found;
    if (warning !== undefined) log.warn({ warning }, "folder warning");
  });
  void Promise.all(warnOfFolders);
}

/** The line that says what this daemon does, and files that it does not use. */
export function sayStarted(settings: Settings, live: Live, log: Log): void {
  const { configPath: config, stateFile, heartbeat } = settings;
  const { pollIntervalMs, thresholds, dryRun, maxRuntimeMs } = settings;
  if (!dryRun) {
    void filesOfBefore(stateFile).then((found) => {
      for (const because of found) log.info({ because }, "file of an earlier version");
    });
  }
  const names = thresholds.map(({ name }) => name);
  const beats = heartbeat && {
    heartbeat: dryRun ? "not sent: a dry run" : `every ${heartbeat.everyMs / 1_000} s`,
  };
  const told = isAnyoneTold(live.policy())
    ? {}
    : { told: "nobody: notify and extra_notify_command are empty" };
  const endsAfterMs = maxRuntimeMs === Infinity ? undefined : maxRuntimeMs;
  log.info(
    { config, pollIntervalMs, thresholds: names, dryRun, endsAfterMs, ...told, ...beats },
    "daemon started",
  );
}
