import type { Look, Source } from "#guard/model/account.ts";

/** Who decides, and in how many polls in a row GraphQL has refused something. */
export interface ChangeOver {
  readonly source: Source;
  readonly refusals: number;
}

/** So many polls in a row that are refused may be the beginning of the end of GraphQL. */
const mostRefusals = 3;

export function decidedBy(source: Source): ChangeOver {
  return { source, refusals: 0 };
}

/**
 * What a poll of GraphQL means for who decides. An end of GraphQL that RunPod has announced counts at
 * once; what else it refuses counts only poll after poll. A poll that did not reach it says nothing.
 */
export function afterGraphql(before: ChangeOver, look: Look): ChangeOver {
  if (before.source.api === "rest") return before;
  const { refusal } = look;
  if (refusal === undefined) {
    return look.kind === "blind" || before.refusals === 0 ? before : decidedBy(before.source);
  }
  if (refusal !== "retired") return { ...before, refusals: before.refusals + 1 };
  return decidedBy({ api: "rest", because: `RunPod has ended GraphQL (${wordsOf(look)})` });
}

/** Whether REST is asked in the same poll, as GraphQL alone may see nothing any more. */
export function isRestDue({ source, refusals }: ChangeOver): boolean {
  return source.api === "rest" || refusals >= mostRefusals;
}

/** Once REST was asked beside GraphQL: it decides from now on only if it sees what GraphQL does not. */
export function afterBoth(before: ChangeOver, graphql: Look, rest: Look): ChangeOver {
  if (before.source.api === "rest" || !isMoreSeen(rest, graphql)) return before;
  const because = `GraphQL has refused ${before.refusals} polls in a row (${wordsOf(graphql)})`;
  return decidedBy({ api: "rest", because });
}

function isMoreSeen(rest: Look, graphql: Look): boolean {
  if (rest.kind === "blind") return false;
  return graphql.kind === "blind" || (graphql.pods === "unknown" && rest.pods !== "unknown");
}

function wordsOf(look: Look): string {
  if (look.kind === "blind") return look.because;
  return look.podsBecause ?? "it did not list the pods";
}

/** GraphQL's poll, where REST was asked beside it and saw no more. */
export function neitherSees(graphql: Look, rest: Look): Look {
  const also = `; REST v2 was asked as well: ${wordsOf(rest)}`;
  return graphql.kind === "blind"
    ? { ...graphql, because: graphql.because + also }
    : { ...graphql, podsBecause: wordsOf(graphql) + also };
}
