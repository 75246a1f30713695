import { createClock } from "#clock.ts";
import { readableWays } from "#commands/readable-ways.ts";
import { tellNotStarted } from "#commands/tell-not-started.ts";
import { loadConfig, type MissingSecretsAre } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { identityOf } from "#process/identity.ts";
import { type Lock, takePidLock } from "#store/lock/pid-lock.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { liveOf } from "#wiring/live.ts";
import { failBeat } from "./fail-beat.ts";
import { untilHandled } from "./hangups.ts";
import { openLog } from "./open-log.ts";
import { runDaemon } from "./run-daemon.ts";
import { withinStartLimit } from "./start-limit.ts";
import { troubleTeller } from "./troubles.ts";

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
  const { once, verbose } = options;
  const clock = createClock();
  const hangups = untilHandled(context.onHangup);
  const live = liveOf(settings, clock, context.paces);
  onSettings(live.settings);
  const troubles = troubleTeller();
  const log = await openLog(settings, verbose, context, { clock, troubles });
  try {
    const parts = { settings, load, once, clock, live, log, troubles, lock, hangups, onStart };
    return await runDaemon(parts, context);
  } finally {
    await log.finish(context.paces.lastWordsMs);
  }
}
