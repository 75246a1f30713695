import type { HttpRequest } from "#http-answer.ts";
import type { RequestPaces } from "#paces.ts";
import type { Account, Clock, Inventory, Launching } from "#ports.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { createGraphqlPrices } from "#runpod/graphql/prices.ts";
import { createRestAccount } from "#runpod/rest/account.ts";
import { createRestInventory } from "#runpod/rest/inventory/inventory.ts";
import { bounded } from "./bounded.ts";
import { discreet } from "./discreet.ts";
import { hedged } from "./hedged.ts";
import { joinedInventory } from "./inventory.ts";

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
  /** What carries a request to RunPod: nothing here knows what it runs on. */
  readonly request: HttpRequest;
}

/**
 * The one place where the adapters of the RunPod account are made. A slow answer is asked for again, and
 * none is waited for without end.
 */
export function createAccount(options: AccountOptions): Account {
  const { apiKey, clock } = options;
  return bounded(discreet(adapterOf(options), apiKey), clock, options.paces.giveUpMs);
}

function adapterOf(options: AccountOptions): Account {
  const { api, graphqlUrl, restUrl, restBalancePath: balancePath, clock } = options;
  const { timeLimitMs, askAgainMs } = options.paces;
  const { apiKey, request } = options;
  const shared = { apiKey, request, timeLimitMs, nowMs: () => clock.nowMs() };
  if (api !== "rest" || restUrl === undefined) {
    return hedged(createGraphqlAccount({ ...shared, url: graphqlUrl }), clock, askAgainMs);
  }
  const rest = createRestAccount({ ...shared, url: restUrl, balancePath });
  return hedged(rest, clock, askAgainMs, () => rest.mayAskBeside());
}

/** The one place where what reads the account's holdings is made: through REST, whichever interface decides. */
export function createInventory(options: AccountOptions): Inventory & Launching {
  const { graphqlUrl, restUrl, apiKey, request, clock } = options;
  const { timeLimitMs } = options.paces;
  const shared = { apiKey, request, timeLimitMs, nowMs: () => clock.nowMs() };
  return joinedInventory({
    rest:
      restUrl === undefined
        ? undefined
        : createRestInventory({ ...shared, url: restUrl, spanMs: inventoryLimitMs }),
    graphql: createGraphqlPrices({ ...shared, url: graphqlUrl }),
    apiKey,
    clock,
    limitMs: inventoryLimitMs + timeLimitMs,
  });
}
