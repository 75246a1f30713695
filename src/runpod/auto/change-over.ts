import type { Look, Source } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";

/** Who decides, and what GraphQL has not shown of late. */
export interface ChangeOver {
  readonly source: Source;
  /** REST has shown the account since it decides. Until then GraphQL is asked as well. */
  readonly hasRestSeen?: boolean;
  /** GraphQL has answered after its end was announced, where REST did not: a second time that is not believed alone. */
  readonly wasBack?: boolean;
  /** A command, which polls for itself alone: one poll without sight is enough, and nobody goes by it later. */
  readonly isOnce?: boolean;
}

/** So many polls in a row that are refused may be the beginning of the end of GraphQL. */
const mostRefusals = 3;
/** So long without a whole sight, whatever the reason, another is looked for. */
const longestUnseenMs = 5 * minuteMs;

export function decidedBy(source: Source, hasRestSeen = false): ChangeOver {
  return source.api === "rest" ? { source, hasRestSeen } : { source };
}

/**
 * What a poll of GraphQL means for who decides. An end of GraphQL that RunPod has announced counts at
 * once; what else it refuses counts poll after poll, and not several times in one: polls closer than
 * `apartMs` are those that prove an end, or try something again.
 */
export function afterGraphql(before: ChangeOver, look: Look, apartMs = 0): ChangeOver {
  const { source, wasBack } = before;
  if (source.api === "rest") return before;
  if (look.kind === "seen" && look.pods !== "unknown" && look.refusal === undefined) {
    return source.unseen === undefined ? before : { ...before, source: { api: "graphql" } };
  }
  if (look.refusal === "retired" && wasBack !== true) {
    const because = `RunPod has ended GraphQL (${wordsOf(look)})`;
    return { ...before, ...decidedBy({ api: "rest", because }) };
  }
  const { polls, countedAtMs, sinceMs } = source.unseen ?? { polls: 0, sinceMs: look.atMs };
  const isNew = countedAtMs === undefined || Math.abs(look.atMs - countedAtMs) >= apartMs;
  const counts = look.refusal !== undefined && isNew;
  const unseen = {
    sinceMs: Math.min(sinceMs, look.atMs),
    polls: counts ? polls + 1 : polls,
    countedAtMs: counts ? look.atMs : countedAtMs,
  };
  return { ...before, source: { ...source, unseen } };
}

/** Whether REST is asked in the same poll, as GraphQL alone may see nothing any more. */
export function isRestDue({ source, wasBack, isOnce }: ChangeOver, atMs: number): boolean {
  if (source.api === "rest") return true;
  const { unseen } = source;
  if (unseen === undefined) return false;
  const isLong = atMs - unseen.sinceMs >= longestUnseenMs;
  return wasBack === true || isOnce === true || unseen.polls >= mostRefusals || isLong;
}

/** Once REST was asked beside GraphQL: it decides from now on only if it sees what GraphQL does not. */
export function afterBoth(before: ChangeOver, graphql: Look, rest: Look): ChangeOver {
  const { source } = before;
  if (source.api === "rest") {
    return rest.kind === "seen" ? { ...before, hasRestSeen: true } : before;
  }
  if (!isMoreSeen(rest, graphql)) return before;
  const { polls = 0 } = source.unseen ?? {};
  const what =
    polls >= mostRefusals
      ? `GraphQL has refused ${polls} polls in a row`
      : "GraphQL no longer shows the account and its pods";
  const because = `${what} (${wordsOf(graphql)})`;
  return { ...before, ...decidedBy({ api: "rest", because }, true) };
}

/** GraphQL after all, where REST has decided and has not seen anything yet. */
export function backToGraphql(rest: Look): ChangeOver {
  const because = `REST v2 has not shown the account (${wordsOf(rest)}), and GraphQL answers again`;
  return { source: { api: "graphql", because }, wasBack: true };
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
