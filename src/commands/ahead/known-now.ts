import { unreadBy } from "#config/in-force.ts";
import { policyOf } from "#config/policy.ts";
import { loadConfig } from "#config/load.ts";
import { unreadWords } from "#operations/unread-words.ts";
import { identityOf } from "#process/identity.ts";
import { inDaemonZone } from "#report/ahead/daemon-zone.ts";
import { type Snapshot, savedState } from "#report/snapshot.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";

type Known = Pick<Snapshot, "settings" | "saved" | "troubles" | "guardPid">;

/** What is known without asking RunPod; warns of what could not be read, and of what the daemon has not. */
export async function knownNow(options: GlobalOptions, context: Context): Promise<Known> {
  const settings = await loadConfig(options.config, context.env, context.paces, "gone-without");
  context.hide(settings.secrets);
  const { saved, troubles } = await savedState(settings.stateFile);
  const guardPid = await watcherOf(settings.stateFile, identityOf);
  const unread =
    saved.inForce?.pid === guardPid
      ? saved.inForce && unreadBy(saved.inForce, settings)
      : undefined;
  for (const trouble of troubles) warn(trouble, context);
  if (unread !== undefined) warn(unreadWords(unread), context);
  return { settings: inDaemonZone(settings, saved), saved, troubles, guardPid };
}

/** What is written is for a daemon to read. */
export function warnIfNobodyWatches({ guardPid, settings }: Known, context: Context): void {
  if (guardPid !== undefined) return;
  const { command } = policyOf(settings, context.paces).podGuards;
  warn(`the daemon is not running. Start it: ${command} watch`, context);
}
