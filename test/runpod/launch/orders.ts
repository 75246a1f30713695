import type { Api } from "#guard/model/account.ts";
import type { PodOrder } from "#guard/model/launch.ts";
import type { Creating } from "#ports.ts";
import type { Answer, HttpRequest } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import { realPaces } from "#paces.ts";
import { createCreating } from "#runpod/account.ts";
import { createGraphqlCreating } from "#runpod/graphql/launch/creating.ts";
import { createRestCreating } from "#runpod/rest/launch/creating.ts";
import { createFakeClock } from "../../fake-clock.ts";
import { apiKey } from "../../simulator/ask.ts";

export const faces: readonly (readonly [string, Api])[] = [
  ["GraphQL", "graphql"],
  ["REST", "rest"],
];

export const forever = new AbortController().signal;

export const rtx4090 = "NVIDIA GeForce RTX 4090";

/** A pod with one RTX 4090, and whatever shall differ. */
export function orderFor(changes: Partial<PodOrder> = {}): PodOrder {
  return {
    name: "trainer",
    gpuId: rtx4090,
    gpuCount: 1,
    cloud: "secure",
    image: "runpod/pytorch:latest",
    templateId: undefined,
    containerDiskGb: undefined,
    volumeGb: 0,
    networkVolumeId: undefined,
    ports: [],
    env: {},
    dataCenterIds: [],
    mostPerHrUsd: 100,
    ...changes,
  };
}

interface Limits {
  readonly timeLimitMs?: number;
  readonly key?: string;
  readonly request?: HttpRequest;
}

/** What makes pods by this interface of an account. */
export function creatingAt(
  api: Api,
  { url, restUrl }: { readonly url: string; readonly restUrl: string },
  { timeLimitMs = 20_000, key = apiKey, request = exchange }: Limits = {},
): Creating {
  const shared = { apiKey: key, request, timeLimitMs, nowMs: () => 0 };
  return api === "graphql"
    ? createGraphqlCreating({ ...shared, url })
    : createRestCreating({ ...shared, url: restUrl });
}

/** Addresses that nothing is sent to. */
export const nowhere = { url: "https://nowhere.test/graphql", restUrl: "https://nowhere.test/v2" };

/** Carries no request, and answers each so. */
export function answering(answer: Partial<Answer>): HttpRequest {
  const usual = { status: 200, type: "application/json", text: "{}", headers: {} };
  return () => Promise.resolve({ retryAfterMs: undefined, ...usual, ...answer });
}

/** The same as it is handed out, with the interface that decides. */
export function wholeAt(
  api: Api,
  { url: graphqlUrl, restUrl }: { readonly url: string; readonly restUrl: string | undefined },
  request: HttpRequest = exchange,
  clock = createFakeClock(),
): Creating {
  const shared = { apiKey, clock, paces: realPaces.request, request };
  return createCreating({ api: "auto", graphqlUrl, restUrl, ...shared }, api);
}
