import type { Look, Source } from "#guard/model/account.ts";
import type { Account } from "#ports.ts";
import {
  afterBoth,
  afterGraphql,
  backToGraphql,
  type ChangeOver,
  decidedBy,
  isRestDue,
  neitherSees,
} from "./change-over.ts";

/** Holds who decides: longer than an account, which a new config replaces. */
export interface Deciding {
  readonly now: () => ChangeOver;
  readonly set: (next: ChangeOver) => void;
}

export function createDeciding(source?: Source): Deciding {
  return decidingFrom(decidedBy(source ?? { api: "graphql" }));
}

/** For a command, which polls for itself alone. */
export function createDecidingOnce(source?: Source): Deciding {
  return decidingFrom({ ...decidedBy(source ?? { api: "graphql" }), isOnce: true });
}

function decidingFrom(first: ChangeOver): Deciding {
  let state = first;
  return { now: () => state, set: (next) => void (state = next) };
}

export interface AutoAccountOptions {
  readonly graphql: Account;
  readonly rest: Account;
  readonly deciding: Deciding;
  /** Refused polls closer together count as one. */
  readonly refusalsApartMs?: number | undefined;
}

/**
 * The account by GraphQL while it answers, then by REST v2: the poll in which GraphQL ends is already
 * REST's. Loads are read and pods ended by whoever decides. Each of the two has its own limits; a poll
 * asked for again within them is one poll here.
 */
export function createAutoAccount(options: AutoAccountOptions): Account {
  const { graphql, rest, deciding, refusalsApartMs } = options;
  // What a command finds out by itself is no change-over of the guard.
  const wasGraphqls = deciding.now().isOnce === true && deciding.now().source.api === "graphql";
  const sourced = (look: Look, source: Source): Look =>
    wasGraphqls && source.api === "rest" ? look : { ...look, source };
  const decides = (): Account => (deciding.now().source.api === "rest" ? rest : graphql);

  /** As REST decides. Until it has once seen, GraphQL is asked where it does not. */
  async function byRest(before: ChangeOver, look: Look, signal: AbortSignal): Promise<Look> {
    if (look.kind === "seen" && before.hasRestSeen !== true) {
      deciding.set({ ...before, hasRestSeen: true });
    }
    if (look.kind === "seen" || before.hasRestSeen === true || signal.aborted) {
      return sourced(look, before.source);
    }
    const graphqls = await graphql.look(signal);
    // A poll at the same time may have decided.
    if (graphqls.kind === "blind" || deciding.now() !== before) return sourced(look, before.source);
    const after = backToGraphql(look);
    deciding.set(after);
    return sourced(graphqls, after.source);
  }

  return {
    async look(signal) {
      const before = deciding.now();
      if (before.source.api === "rest") return byRest(before, await rest.look(signal), signal);
      const look = await graphql.look(signal);
      const meanwhile = deciding.now();
      // Of polls at the same time only one counts, or three of them would be three in a row.
      const isFirst = meanwhile === before || look.refusal === "retired";
      const after = isFirst ? afterGraphql(meanwhile, look, refusalsApartMs) : meanwhile;
      deciding.set(after);
      if (!isRestDue(after, look.atMs) || signal.aborted) return sourced(look, after.source);
      const beside = await rest.look(signal);
      const decided = afterBoth(deciding.now(), look, beside);
      deciding.set(decided);
      return decided.source.api === "rest"
        ? sourced(beside, decided.source)
        : sourced(neitherSees(look, beside), decided.source);
    },
    measure: (signal) => decides().measure(signal),
    end: (target, action, signal) => decides().end(target, action, signal),
  };
}
