import type { RequestPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { bounded } from "./bounded.ts";
import { discreet } from "./discreet.ts";
import { hedged } from "./hedged.ts";

export interface AccountOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly clock: Clock;
  readonly request: RequestPaces;
}

/**
 * The one place where the adapter of the RunPod account is made. A slow answer is asked for again, and
 * none is waited for without end.
 */
export function createAccount({ url, apiKey, clock, request }: AccountOptions): Account {
  const { timeLimitMs, askAgainMs, giveUpMs } = request;
  const nowMs = (): number => clock.nowMs();
  const account = createGraphqlAccount({ url, apiKey, nowMs, timeLimitMs });
  return bounded(discreet(hedged(account, clock, askAgainMs), apiKey), clock, giveUpMs);
}
