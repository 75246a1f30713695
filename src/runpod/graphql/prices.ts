import { GraphQLClient } from "graphql-request";
import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import type { GpuPrice, Part, Prices, Unread } from "#guard/model/holdings.ts";
import type { HttpRequest } from "#requests/answer.ts";
import { version } from "#package.json";
import type { Launching } from "#ports.ts";
import { idIn } from "#runpod/pod-rows.ts";
import { amountIn, isJson } from "#runpod/readings.ts";
import { limitedFetch } from "./transport.ts";

export const pricesDocument = /* GraphQL */ `
  query Prices {
    gpuTypes {
      id
      securePrice
      communityPrice
    }
  }
`;

const longestAnswerBytes = 4 * 2 ** 20;
const mostRows = 10_000;

export interface GraphqlPricesOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly request: HttpRequest;
  readonly timeLimitMs: number;
}

/** The catalogue behind RunPod's GraphQL API: what GPUs cost pods, and nothing else. */
export function createGraphqlPrices(options: GraphqlPricesOptions): Launching {
  const { url, apiKey, request, timeLimitMs } = options;
  const client = new GraphQLClient(url, {
    fetch: limitedFetch(request, { timeLimitMs, maxBytes: longestAnswerBytes, secret: apiKey }),
    headers: { authorization: `Bearer ${apiKey}`, "user-agent": `runpodboss/${version}` },
    excludeOperationName: true,
  });
  return {
    async gpuPrices(signal) {
      try {
        const { data } = await client.rawRequest<unknown>({ query: pricesDocument, signal });
        return pricesIn(data);
      } catch (error) {
        return none(oneLine(wordsOf(error)).slice(0, 200));
      }
    },
  };
}

function pricesIn(data: unknown): Prices {
  const found = isJson(data) ? data["gpuTypes"] : undefined;
  if (!Array.isArray(found) || found.length > mostRows) return none("the answer has no list");
  const value = found.flatMap((row: unknown) => gpuIn(row) ?? []);
  return { gpus: { kind: "read", value }, cpus: unread("GraphQL does not tell of CPUs") };
}

function gpuIn(found: unknown): GpuPrice | undefined {
  const id = isJson(found) ? idIn(found["id"]) : undefined;
  if (id === undefined || !isJson(found)) return undefined;
  return {
    id,
    pool: undefined,
    securePerHrUsd: amountIn(found["securePrice"]) || undefined,
    communityPerHrUsd: amountIn(found["communityPrice"]) || undefined,
    serverlessPerHrUsd: undefined,
  };
}

function none(because: string): Prices {
  const part: Part<never> = unread(because);
  return { gpus: part, cpus: part };
}

function unread(because: string): Unread {
  return { kind: "unread", because };
}
