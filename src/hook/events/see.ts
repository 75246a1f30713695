import { loadConfig } from "#config/load.ts";
import { createClock } from "#clock.ts";
import type { Paces } from "#paces.ts";
import { type Snapshot, snapshotOf } from "#report/snapshot.ts";

/** What an event is looked at with. */
export interface HookDeps {
  readonly config: string;
  readonly env: NodeJS.ProcessEnv;
  readonly paces: Paces;
  readonly signal: AbortSignal;
  /** Keeps these out of whatever is said. */
  readonly hide: (secrets: readonly string[]) => void;
}

/** Polls once. Throws a UserError where the config cannot be used. */
export async function see({ config, env, paces, signal, hide }: HookDeps): Promise<Snapshot> {
  const settings = await loadConfig(config, env, paces, "gone-without");
  hide(settings.secrets);
  return snapshotOf(settings, createClock(), paces, signal);
}
