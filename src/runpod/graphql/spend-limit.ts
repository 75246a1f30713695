import { GraphQLClient } from "graphql-request";
import type { HttpRequest } from "#requests/answer.ts";
import { version } from "#package.json";
import { amountIn } from "#runpod/readings.ts";
import { accountIn } from "./look.ts";
import { limitedFetch } from "./transport.ts";

/** A query of its own: an unknown field would fail a poll. */
export const spendLimitDocument = /* GraphQL */ `
  query SpendLimit {
    myself {
      spendLimit
    }
  }
`;

const longestAnswerBytes = 2 ** 16;

export interface GraphqlSpendLimitOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly request: HttpRequest;
  readonly timeLimitMs: number;
}

/** What may burn an hour before RunPod refuses to start more. Undefined: it is not told. Never throws. */
export async function graphqlSpendLimit(
  { url, apiKey, request, timeLimitMs }: GraphqlSpendLimitOptions,
  signal: AbortSignal,
): Promise<number | undefined> {
  const client = new GraphQLClient(url, {
    fetch: limitedFetch(request, { timeLimitMs, maxBytes: longestAnswerBytes, secret: apiKey }),
    headers: { authorization: `Bearer ${apiKey}`, "user-agent": `runpodboss/${version}` },
    excludeOperationName: true,
  });
  try {
    const { data } = await client.rawRequest<unknown>({ query: spendLimitDocument, signal });
    const account = accountIn(data);
    if (typeof account === "string") return undefined;
    const limit = amountIn((account as { readonly spendLimit?: unknown }).spendLimit);
    return limit === 0 ? undefined : limit;
  } catch {
    // Whoever asks names what he takes instead.
    return undefined;
  }
}
