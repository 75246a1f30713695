import type { Source } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { spanWords } from "#guard/text.ts";

export interface DeciderAtStart {
  readonly source: Source;
  /** REST has shown the account since it decides. */
  readonly hasRestSeen: boolean;
  /** A check has put GraphQL back. */
  readonly isBack: boolean;
}

/** Who decides from the start: as it was saved, or GraphQL where a check has put it back since. */
export async function deciderAtStart(
  { source, shown, unseenBy: unseen }: Pick<GuardState, "source" | "shown" | "unseenBy">,
  markedAtMs: () => Promise<number | undefined>,
  nowMs: number,
): Promise<DeciderAtStart> {
  // That a config asked REST alone says nothing of GraphQL.
  if (source?.api !== "rest" || source.isConfigured === true) {
    // Where each poll is a process of its own, refusals in a row are counted over all of them.
    return { source: { api: "graphql", unseen }, hasRestSeen: false, isBack: false };
  }
  const hasRestSeen = shown?.api === "rest";
  const atMs = await markedAtMs();
  if (atMs === undefined || atMs <= source.sinceMs) return { source, hasRestSeen, isBack: false };
  const because = `runpodboss check --api graphql succeeded ${spanWords(Math.max(0, nowMs - atMs))} ago`;
  return { source: { api: "graphql", because }, hasRestSeen: false, isBack: true };
}
