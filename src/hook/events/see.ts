import { loadConfig } from "#config/load.ts";
import { createClock } from "#clock.ts";
import { maxConfigBytes } from "#config/paths.ts";
import type { Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import type { Paces } from "#paces.ts";
import { readSmallFile } from "#read-file.ts";
import { type Snapshot, snapshotOf } from "#report/snapshot.ts";
import { NoUsableConfig } from "./no-usable-config.ts";

/** What an event is looked at with. */
export interface HookDeps {
  readonly config: string;
  /** It is not just the one that every command takes. */
  readonly isConfigNamed: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly paces: Paces;
  readonly signal: AbortSignal;
  /** Keeps these out of whatever is said. */
  readonly hide: (secrets: readonly string[]) => void;
}

/** Throws a NoUsableConfig. */
export async function settingsFor(deps: HookDeps): Promise<Settings> {
  const { config, isConfigNamed, env, paces, hide } = deps;
  let settings: Settings;
  try {
    settings = await loadConfig(config, env, paces, "gone-without");
  } catch (error) {
    const found = await readSmallFile(config, { maxBytes: maxConfigBytes });
    throw new NoUsableConfig(wordsOf(error), isConfigNamed || found.kind !== "missing");
  }
  hide(settings.secrets);
  return settings;
}

/** Polls once. Throws a NoUsableConfig. */
export async function see(deps: HookDeps): Promise<Snapshot> {
  const { paces, signal } = deps;
  return snapshotOf(await settingsFor(deps), createClock(), paces, signal);
}
