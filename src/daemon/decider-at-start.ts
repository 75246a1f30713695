import type { Source } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { spanWords } from "#guard/text.ts";

export interface DeciderAtStart {
  /** Undefined: GraphQL, as nothing else was ever saved. */
  readonly source: Source | undefined;
  /** A check has put GraphQL back. */
  readonly isBack: boolean;
}

/** Who decides from the start: as it was saved, or GraphQL where a check has put it back since. */
export async function deciderAtStart(
  { source }: Pick<GuardState, "source">,
  markedAtMs: () => Promise<number | undefined>,
  nowMs: number,
): Promise<DeciderAtStart> {
  if (source?.api !== "rest") return { source, isBack: false };
  const atMs = await markedAtMs();
  if (atMs === undefined || atMs <= source.sinceMs) return { source, isBack: false };
  const because = `runpodboss check --api graphql succeeded ${spanWords(Math.max(0, nowMs - atMs))} ago`;
  return { source: { api: "graphql", because }, isBack: true };
}
