import { createClock } from "#clock.ts";
import { loadConfig } from "#config/load.ts";
import { type SeenSnapshot, snapshotOf, withPodsSeen } from "#report/snapshot.ts";
import { unreadWords } from "#operations/unread-words.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";

/** The pods as they are now; warns of what could not be read. Throws a UserError when the poll fails. */
export async function seePods(options: GlobalOptions, context: Context): Promise<SeenSnapshot> {
  const settings = await loadConfig(options.config, context.env, context.paces, "gone-without");
  const { paces, interrupted } = context;
  context.hide(settings.secrets);
  const snapshot = withPodsSeen(await snapshotOf(settings, createClock(), paces, interrupted));
  for (const trouble of snapshot.troubles) warn(trouble, context);
  if (snapshot.unread !== undefined) warn(unreadWords(snapshot.unread), context);
  return snapshot;
}
