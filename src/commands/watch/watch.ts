import { claudeIn } from "#agent/claude-in.ts";
import { runpodctlWords } from "#agent/runpodctl.ts";
import { toolWarnings } from "#agent/tool-warnings.ts";
import { createClock } from "#clock.ts";
import { inForceOf } from "#config/in-force.ts";
import { loadConfig, type MissingSecretsAre } from "#config/load.ts";
import { isAnyoneTold, isMute } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { createReloading } from "#daemon/reloading.ts";
import { createSystemdNotify } from "#daemon/systemd-notify.ts";
import { type Ended, watch as watchAccount } from "#daemon/watch.ts";
import { firstProcessWarning } from "#process/first-process.ts";
import { identityOf } from "#process/identity.ts";
import { pythonWatcherWarning } from "#process/python-watchers.ts";
import { createRunner } from "#process/runner.ts";
import { wordsOf } from "#errors.ts";
import type { ButtonsFor } from "#effects/send-notice.ts";
import { createTally } from "#effects/tally.ts";
import { createMetrics } from "#http/metrics/metrics.ts";
import { createLogger, type Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { type Lock, takePidLock } from "#store/lock/pid-lock.ts";
import { sharedFolderWarnings } from "#store/shared-folder.ts";
import { filesOfBefore } from "#store/taken-over.ts";
import { type Live, liveOf } from "#wiring/live.ts";
import { type Page, servePage } from "#wiring/page/serve-page.ts";
import { watchDepsOf } from "#wiring/daemon.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { programTroubles } from "#commands/missing-programs.ts";
import { readableWays } from "#commands/readable-ways.ts";
import { tellNotStarted } from "#commands/tell-not-started.ts";
import { failBeat } from "./fail-beat.ts";
import { goOnWithout } from "./missing-secrets.ts";
import { untilHandled } from "./hangups.ts";
import { exitCodeOf, sayIfNothing } from "./outcome.ts";
import { putInForce } from "./put-in-force.ts";
import { withinStartLimit } from "./start-limit.ts";
import { formOnStderr } from "./stderr-form.ts";
import { tellOfLock, tellOfPage, troubleTeller } from "./troubles.ts";

export interface WatchOptions extends GlobalOptions {
  readonly once: boolean;
  readonly dryRun: boolean;
}

/** The daemon. Resolves to the exit code. People are told, too, of one that cannot start. */
export async function watch(options: WatchOptions, context: Context): Promise<number> {
  let hasStarted = false;
  let onStart = (): void => undefined;
  const started = new Promise<void>((resolve) => {
    onStart = () => {
      hasStarted = true;
      resolve();
    };
  });
  // Until the daemon is there and can go on with a fault in it, such a fault ends it.
  const strayed = new Promise<never>((_resolve, reject) => context.onStray(reject));
  strayed.catch(() => undefined);
  let settingsNow = (): Settings | undefined => undefined;
  const hooks: Hooks = { onStart, onSettings: (now) => (settingsNow = now) };
  try {
    const ended = watchWithLock(options, context, hooks);
    await withinStartLimit(Promise.race([started, ended, strayed]), context);
    return await ended;
  } catch (error) {
    // Whoever sits there waits for nobody who is told elsewhere.
    context.sayWhy(error);
    const isOurs = !hasStarted && !options.dryRun && !context.interrupted.aborted;
    const heartbeat = async () => {
      const settings = settingsNow();
      if (options.dryRun || settings?.dryRun === true) return undefined;
      if (settings !== undefined) return settings.heartbeat;
      return (await readableWays(options, context))?.channels.heartbeat;
    };
    await Promise.all([
      isOurs && tellNotStarted(error, options, context),
      failBeat(error, heartbeat, context),
    ]);
    throw error;
  }
}

interface Hooks {
  readonly onStart: () => void;
  /** From now on these are in force, whatever is reloaded. */
  readonly onSettings: (now: () => Settings) => void;
}

async function watchWithLock(
  options: WatchOptions,
  context: Context,
  hooks: Hooks,
): Promise<number> {
  const load = async (missingSecrets?: MissingSecretsAre): Promise<Settings> => {
    const { config } = options;
    const loaded = await loadConfig(config, context.env, context.paces, missingSecrets);
    context.hide(loaded.secrets);
    return { ...loaded, dryRun: loaded.dryRun || options.dryRun };
  };
  // Started by a machine at night, perhaps: it goes on with what works. A reload is refused.
  const settings = await load("gone-without");
  hooks.onSettings(() => settings);
  // A dry run changes nothing, so it may stand beside the real one.
  const lock = settings.dryRun
    ? undefined
    : await takePidLock(settings.stateFile, identityOf, {
        paces: context.paces.lock,
        onWait: (words) => warn(words, context),
        signal: context.interrupted,
      });
  try {
    return await watchAlone(settings, load, options, context, lock, hooks);
  } finally {
    await lock?.release();
  }
}

async function watchAlone(
  settings: Settings,
  load: () => Promise<Settings>,
  options: WatchOptions,
  context: Context,
  lock: Lock | undefined,
  { onStart, onSettings }: Hooks,
): Promise<number> {
  const clock = createClock();
  const hangups = untilHandled(context.onHangup);
  const live = liveOf(settings, clock, context.paces);
  onSettings(live.settings);
  const troubles = troubleTeller();
  const { logFile } = settings;
  const log = createLogger({
    level: options.verbose ? "debug" : "info",
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
  try {
    return await watchLogging(settings, load, options, context, {
      clock,
      live,
      log,
      troubles,
      lock,
      hangups,
      onStart,
    });
  } finally {
    await log.finish(context.paces.lastWordsMs);
  }
}

interface WatchTools {
  readonly clock: Clock;
  readonly live: Live;
  readonly log: Log;
  readonly troubles: ReturnType<typeof troubleTeller>;
  readonly lock: Lock | undefined;
  readonly hangups: ReturnType<typeof untilHandled>;
  readonly onStart: () => void;
}

async function watchLogging(
  settings: Settings,
  load: () => Promise<Settings>,
  options: WatchOptions,
  context: Context,
  { clock, live, log, troubles, lock, hangups, onStart }: WatchTools,
): Promise<number> {
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
  const { env, paces } = context;
  const runner = createRunner(paces.programEnd);
  const systemd = createSystemdNotify({
    env,
    runner,
    onTrouble: (because) => log.error({ because }, "cannot notify systemd"),
  });
  const tally = createTally();
  let page: Page | undefined;
  const { program } = context;
  const over = new AbortController();
  context.interrupted.addEventListener("abort", () => over.abort());
  if (context.interrupted.aborted) over.abort();
  const metrics = createMetrics({
    clock,
    log,
    policy: live.policy,
    pollIntervalMs: () => live.settings().pollIntervalMs,
    isDryRun: () => live.settings().dryRun,
    isNobodyTold: () => !isAnyoneTold(live.policy()) || isMute(live.settings()),
    redact: live.redact,
  });
  const parts = {
    buttonsFor: (...asked: Parameters<ButtonsFor>) => page?.buttonsFor(...asked) ?? [],
    live,
    log,
    clock,
    runner,
    env,
    program,
    interrupted: over.signal,
    systemd,
    paces,
    tally,
    shown: metrics.shown,
  };
  const deps = await watchDepsOf({ ...parts, once: options.once });
  // A guard that goes on with a fault in it is better than none.
  context.onStray((error) => {
    log.error({ stack: error instanceof Error ? error.stack : String(error) }, "this is a bug");
    deps.telling.tell(live.redact(`an error that nobody had expected: ${wordsOf(error)}`));
  });
  troubles.tellTo(deps.engine, () => clock.nowMs());
  const tellInForce = (): void => {
    const by = { pid: process.pid, sinceMs: clock.nowMs() };
    const inForce = inForceOf(live.settings(), live.policy(), by);
    void deps.engine.take({ kind: "config", inForce });
  };
  const tellOfPrograms = async (): Promise<void> => {
    const now = live.settings();
    for (const { what, because } of await programTroubles(now, env)) {
      troubles.tell(
        because === undefined ? { kind: "recovered", what } : { kind: "trouble", what, because },
      );
    }
  };
  const tellOfTools = async (): Promise<void> => {
    const { claudeCommand, agentPermissions, configPath } = live.settings();
    if (claudeIn(claudeCommand) === undefined) return;
    const runpodctl = await deps.runpodctl();
    if (over.signal.aborted) return;
    log.info({ runpodctl: runpodctlWords(runpodctl) }, "agent's runpodctl");
    const tools = { program, configPath, runpodctl };
    for (const warning of toolWarnings(tools, agentPermissions, clock.nowMs())) {
      log.warn({ warning }, "agent warning");
    }
  };
  tellInForce();
  // A single poll is nothing to look at.
  page = options.once
    ? undefined
    : servePage({
        live,
        log,
        clock,
        metrics,
        tools: deps,
        paces,
        interrupted: over.signal,
        hide: context.hide,
        againMs: paces.pageAgainMs,
        onTrouble: (because) => tellOfPage(because, live.settings(), { log, troubles }),
      });
  const onSettings = (): void => {
    tellInForce();
    page?.follow();
  };
  void goOnWithout(
    {
      live,
      log,
      clock,
      troubles,
      everyMs: paces.missingSecretMs,
      limitMs: paces.reloadLimitMs,
      hide: context.hide,
      onChange: onSettings,
    },
    over.signal,
  );
  void tellOfPrograms();
  let tellingOfTools = tellOfTools();
  lock?.follow((news) => tellOfLock(news, troubles));
  const reload = createReloading({
    load: async () => {
      await putInForce(await load(), live, log);
      onSettings();
      void tellOfPrograms();
      tellingOfTools = tellOfTools();
    },
    clock,
    limitMs: paces.reloadLimitMs,
    log,
    systemd,
    onDone: (because) => {
      metrics.shown.reloaded(because);
      troubles.tell(
        because === undefined
          ? { kind: "recovered", what: "config" }
          : { kind: "trouble", what: "config", because },
      );
    },
  });
  // One that the last process refused is in force by now, or there would be no start.
  troubles.tell({ kind: "recovered", what: "config" });
  hangups.handle(reload);

  if (!settings.dryRun) {
    void filesOfBefore(settings.stateFile).then((found) => {
      for (const because of found) log.info({ because }, "file of an earlier version");
    });
  }

  const { configPath: config, pollIntervalMs, thresholds, dryRun, maxRuntimeMs } = settings;
  const names = thresholds.map(({ name }) => name);
  const { heartbeat } = settings;
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
  onStart();
  let ended: Ended;
  try {
    ended = await watchAccount(deps, context.interrupted);
  } finally {
    // What hangs must not outlive us.
    over.abort();
    await page?.close();
  }
  await tellingOfTools;
  if (ended.kind === "once" && ended.look.kind === "seen" && dryRun)
    sayIfNothing(deps.engine, tally, log);
  return exitCodeOf(ended, tally);
}
