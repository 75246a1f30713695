import type { Api } from "#guard/model/account.ts";
import type { HttpRequest } from "#requests/answer.ts";
import type { RequestPaces } from "#paces.ts";
import type { Account, Clock, Creating, Inventory, Launching } from "#ports.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { graphqlSpendLimit } from "#runpod/graphql/spend-limit.ts";
import { createGraphqlCreating } from "#runpod/graphql/launch/creating.ts";
import { createGraphqlPrices } from "#runpod/graphql/prices.ts";
import { createRestAccount } from "#runpod/rest/account.ts";
import { joinedCreating } from "#runpod/launch/joined.ts";
import { createRestInventory } from "#runpod/rest/inventory/inventory.ts";
import { createRestCreating } from "#runpod/rest/launch/creating.ts";
import { createAutoAccount, createDeciding, type Deciding } from "./auto/account.ts";
import { createMembers } from "./auto/members.ts";
import { bounded } from "./bounded.ts";
import { discreet } from "./discreet.ts";
import { hedged } from "./hedged.ts";
import { joinedInventory } from "./inventory.ts";
import { shared } from "./shared.ts";
import { withinLimit } from "#within-limit.ts";

/** Where more than half of a rate window is used, polls begin so many times as far apart. */
const apartWhenShort = 3;

/** For all that the account holds; nobody is in a hurry. */
const inventoryLimitMs = 60_000;

export interface AccountOptions {
  readonly api: "auto" | "graphql" | "rest";
  readonly graphqlUrl: string;
  /** Undefined: REST is never asked. */
  readonly restUrl: string | undefined;
  readonly restBalancePath?: string | undefined;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly paces: RequestPaces;
  /** Who decides in `auto`: GraphQL unless given. */
  readonly deciding?: Deciding | undefined;
  /** What carries a request to RunPod: nothing here knows what it runs on. */
  readonly request: HttpRequest;
}

/** Both interfaces side by side, each with its own limits. */
export interface Faces {
  readonly graphql: Account;
  readonly rest: Account;
}

export interface Accounts {
  readonly account: Account;
  /** Where both may be asked: for the one that does not decide to be rehearsed. */
  readonly faces: Faces | undefined;
}

/**
 * The one place where the adapters of the RunPod account are made. A slow answer is asked for again, and
 * none is waited for without end.
 */
export function createAccounts(options: AccountOptions): Accounts {
  const { api, restUrl, deciding = createDeciding() } = options;
  const { refusalsApartMs } = options.paces;
  if (restUrl === undefined || api === "graphql") {
    const because =
      api === "auto"
        ? "the config now names no rest_url beside runpod_url, so GraphQL alone is asked"
        : configWords("graphql");
    return { account: onlyFrom(graphqlOf(options), "graphql", because), faces: undefined };
  }
  const rest = restOf(options, restUrl);
  if (api === "rest") {
    return { account: onlyFrom(rest, "rest", configWords("rest")), faces: undefined };
  }
  const members = createMembers();
  const graphql = graphqlOf(options);
  const faces = { graphql, rest: members.noting(rest) };
  // Around what asks again beside a slow request: that is one poll, however often it is sent.
  return {
    account: createAutoAccount({
      ...faces,
      graphql: { ...graphql, look: async (signal) => members.marked(await graphql.look(signal)) },
      deciding,
      refusalsApartMs,
    }),
    faces,
  };
}

/** Its polls say whom they are from, too: another config may have asked the other before. */
function onlyFrom(account: Account, api: Api, because: string): Account {
  const source = { api, because, isConfigured: true } as const;
  return { ...account, look: async (signal) => ({ ...(await account.look(signal)), source }) };
}

function configWords(api: Api): string {
  return `the config now says "api": "${api}"`;
}

function graphqlOf(options: AccountOptions): Account {
  const { graphqlUrl: url, clock, paces } = options;
  const graphql = createGraphqlAccount({ ...sharedIn(options), url });
  return limited(hedged(graphql, clock, paces.askAgainMs), options);
}

function restOf(options: AccountOptions, url: string): Account {
  const { restBalancePath: balancePath, clock, paces } = options;
  const { looksApartMs = 0 } = paces;
  const rest = createRestAccount({ ...sharedIn(options), url, balancePath });
  const mayAskBeside = (): boolean => rest.mayAskBeside();
  const one = limited(hedged(rest, clock, paces.askAgainMs, mayAskBeside), options);
  return shared(one, clock, () => {
    if (!rest.hasWindows()) return 0;
    return looksApartMs * (mayAskBeside() ? 1 : apartWhenShort);
  });
}

function sharedIn({ apiKey, request, clock, paces: { timeLimitMs } }: AccountOptions) {
  return { apiKey, request, timeLimitMs, nowMs: () => clock.nowMs() };
}

function limited(account: Account, { apiKey, clock, paces }: AccountOptions): Account {
  return bounded(discreet(account, apiKey), clock, paces.giveUpMs);
}

/**
 * What may burn an hour before RunPod refuses to start more, by the interface that decides. Undefined: it does
 * not tell. Never throws.
 */
export async function spendLimitOf(
  options: Omit<AccountOptions, "deciding">,
  decides: Api,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { graphqlUrl: url, restUrl, clock } = options;
  const common = sharedIn(options);
  const byRest = async () => {
    if (restUrl === undefined) return undefined;
    const limits = await createRestAccount({ ...common, url: restUrl }).limits(signal);
    return limits.kind === "limits" ? limits.spendCapPerHrUsd : undefined;
  };
  const asked = decides === "rest" ? byRest() : graphqlSpendLimit({ ...common, url }, signal);
  return withinLimit(asked, options.paces.giveUpMs, clock, signal).catch(() => undefined);
}

/** The one place where what makes pods is made: through the interface that decides, and no other. */
export function createCreating(options: Omit<AccountOptions, "deciding">, decides: Api): Creating {
  const { graphqlUrl, restUrl, apiKey, clock } = options;
  const common = sharedIn(options);
  const graphql = createGraphqlCreating({ ...common, url: graphqlUrl });
  const rest = restUrl === undefined ? undefined : createRestCreating({ ...common, url: restUrl });
  const isByRest = rest !== undefined && decides === "rest";
  return joinedCreating({
    decides: isByRest ? rest : graphql,
    spare: isByRest ? graphql : rest,
    apiKey,
    clock,
    limitMs: options.paces.giveUpMs,
  });
}

/** The one place where what reads the account's holdings is made: through REST, whichever interface decides. */
export function createInventory(options: AccountOptions): Inventory & Launching {
  const { graphqlUrl, restUrl, apiKey, clock } = options;
  const common = sharedIn(options);
  return joinedInventory({
    rest:
      restUrl === undefined
        ? undefined
        : createRestInventory({ ...common, url: restUrl, spanMs: inventoryLimitMs }),
    graphql: createGraphqlPrices({ ...common, url: graphqlUrl }),
    apiKey,
    clock,
    limitMs: inventoryLimitMs + options.paces.timeLimitMs,
  });
}
