import { savedDecider } from "#guard/account/crossing.ts";
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
  state: Pick<GuardState, "source" | "shown" | "unseenBy">,
  markedAtMs: () => Promise<number | undefined>,
  nowMs: number,
): Promise<DeciderAtStart> {
  const source = savedDecider(state);
  if (source.api === "graphql") return { source, hasRestSeen: false, isBack: false };
  const hasRestSeen = state.shown?.api === "rest";
  const sinceMs = state.source?.sinceMs ?? -Infinity;
  const atMs = await markedAtMs();
  if (atMs === undefined || atMs <= sinceMs) return { source, hasRestSeen, isBack: false };
  const because = `runpodboss check --api graphql succeeded ${spanWords(Math.max(0, nowMs - atMs))} ago`;
  return { source: { api: "graphql", because }, hasRestSeen: false, isBack: true };
}
