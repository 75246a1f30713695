import { loadConfig } from "#config/load.ts";
import type { Settings } from "#config/settings.ts";
import { unreadWords } from "#operations/unread-words.ts";
import {
  savedState,
  type SeenSnapshot,
  type Snapshot,
  snapshotOf,
  withPodsSeen,
} from "#report/snapshot.ts";
import type { StartedBy } from "#guard/model/launch.ts";
import type { Creating } from "#ports.ts";
import { realCreating } from "#wiring/account.ts";
import type { Asking } from "./asking.ts";
import type { Caller } from "./caller.ts";
import type { McpDeps } from "./deps.ts";

/** One call of a tool, with the config as it is now. */
export interface Call {
  readonly deps: McpDeps;
  readonly caller: Caller;
  readonly startedBy: StartedBy;
  readonly asking: Asking;
  /** Who asked, for the history. */
  readonly by: string;
  /** Aborted when the client calls it off, or its time is over. */
  readonly signal: AbortSignal;
  /** Says how far it is, if the client wants to know. */
  readonly note: (words: string) => void;
}

/** Reads the config anew. Throws a UserError that says what is wrong with it, and where. */
export async function settingsOf({ deps }: Call): Promise<Settings> {
  const settings = await loadConfig(deps.configPath, deps.env, deps.paces, "gone-without");
  deps.hide(settings.secrets);
  return settings;
}

/** What makes pods, for the interface that decides now. */
export async function creatingFor(settings: Settings, { deps }: Call): Promise<Creating> {
  const { saved } = await savedState(settings.stateFile);
  return realCreating(settings, deps.clock, deps.paces.request, saved.source);
}

/** The account as it is now, whether it can be seen or not. */
export function look(settings: Settings, { deps, signal }: Call): Promise<Snapshot> {
  return snapshotOf(settings, deps.clock, deps.paces, signal);
}

/** The pods as they are now. Throws a UserError when they are not known. */
export async function seePods(call: Call): Promise<SeenSnapshot> {
  return withPodsSeen(await look(await settingsOf(call), call));
}

/** What could not be read, and what of the config is not in force. */
export function warningsOf({ troubles, unread }: Snapshot): readonly string[] {
  return [...troubles, ...(unread === undefined ? [] : [unreadWords(unread)])];
}
