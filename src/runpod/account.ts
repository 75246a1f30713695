import type { Account, Clock } from "#ports.ts";
import { createGraphqlAccount } from "#runpod/graphql/account.ts";
import { hedged } from "./hedged.ts";

export interface AccountOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly clock: Clock;
  /** A request's, in real time; the adapter's own unless given. */
  readonly timeLimitMs?: number | undefined;
}

/** The one place where the adapter of the RunPod account is made. A slow answer is asked for again. */
export function createAccount({ url, apiKey, clock, timeLimitMs }: AccountOptions): Account {
  const nowMs = (): number => clock.nowMs();
  const limit = timeLimitMs === undefined ? {} : { timeLimitMs };
  return hedged(createGraphqlAccount({ url, apiKey, nowMs, ...limit }), clock);
}
