import type { SimulatedAccount } from "#simulator/account.ts";
import { json, type Answer } from "#simulator/sending.ts";
import { billingView } from "./billing-view.ts";
import {
  cpuTypeView,
  endpointView,
  gpuTypeView,
  volumeView,
  workersView,
} from "./inventory-view.ts";
import { problem } from "./problem.ts";
import type { Route } from "./routes.ts";

const list = { type: "array" };

/** What burns that is no pod, what it costs by the catalogue, and what it has cost. */
export const inventory: readonly Route[] = [
  {
    method: "GET",
    path: "/v2/network-volumes",
    does: () => "volumes",
    scope: "network-volumes:read",
    fields: { networkVolumes: list },
    answer: ({ account }) =>
      json(200, { networkVolumes: account.networkVolumes().map(volumeView) }),
  },
  {
    method: "GET",
    path: "/v2/serverless",
    does: () => "endpoints",
    scope: "serverless:read",
    fields: { endpoints: list },
    answer: ({ account }) => json(200, { endpoints: account.endpoints().map(endpointView) }),
  },
  {
    method: "GET",
    path: "/v2/serverless/{id}/workers",
    does: () => "endpoints",
    scope: "serverless:read",
    fields: { workers: list, summary: { type: "object" } },
    answer({ account, id }) {
      const endpoint = account.endpoints().find((one) => one.id === id);
      return endpoint === undefined
        ? problem(404, "endpoint not found")
        : json(200, workersView(endpoint));
    },
  },
  {
    method: "GET",
    path: "/v2/catalog/gpus",
    does: () => "prices",
    scope: "catalog:read",
    fields: { gpus: list },
    answer: ({ account, request }) => gpusAnswer(account, request.query),
  },
  {
    method: "GET",
    path: "/v2/catalog/cpus",
    does: () => "prices",
    scope: "catalog:read",
    fields: { cpus: list },
    answer: () => json(200, { cpus: [cpuTypeView] }),
  },
  {
    method: "GET",
    path: "/v2/billing",
    does: () => "billing",
    scope: "billing:read",
    fields: { records: list, metadata: { type: "object" } },
    answer: ({ account, request }) =>
      json(200, billingView(account.billing(), request.query, account.nowMs())),
  },
];

function gpusAnswer(account: SimulatedAccount, query: URLSearchParams): Answer {
  const isStockAsked = query.get("include") === "AVAILABILITY";
  if (isStockAsked !== query.has("product")) {
    return problem(400, "include=AVAILABILITY and product belong together");
  }
  const cloud = query.get("cloud") === "COMMUNITY" ? "COMMUNITY" : "SECURE";
  const count = Number(query.get("count") ?? 1);
  const rows = account
    .gpuOffers()
    .map((type) => gpuTypeView(type, isStockAsked ? type.stockFor(cloud, count) : undefined));
  return json(200, { gpus: rows });
}
