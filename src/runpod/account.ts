import type { HttpRequest } from "#http-answer.ts";
import type { RequestPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { bounded } from "./bounded.ts";
import { discreet } from "./discreet.ts";
import { hedged } from "./hedged.ts";

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
  const { graphqlUrl: url, apiKey, clock, request } = options;
  const { timeLimitMs, askAgainMs, giveUpMs } = options.paces;
  const nowMs = (): number => clock.nowMs();
  const account = createGraphqlAccount({ url, apiKey, nowMs, timeLimitMs, request });
  return bounded(discreet(hedged(account, clock, askAgainMs), apiKey), clock, giveUpMs);
}
