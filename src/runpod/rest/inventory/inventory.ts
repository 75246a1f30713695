import type { HttpRequest } from "#requests/answer.ts";
import type { Inventory, Launching } from "#ports.ts";
import { createAsk } from "#runpod/rest/ask.ts";
import { createDiscovery } from "#runpod/rest/discovery.ts";
import { createQuota } from "#runpod/rest/quota.ts";
import { withinSpan } from "#runpod/rest/span.ts";
import { readBilling } from "./billing.ts";
import { readClusters } from "./clusters.ts";
import { readEndpoints } from "./endpoints.ts";
import { readPods } from "./pods.ts";
import { readPrices } from "./prices.ts";
import { createReader } from "./reader.ts";
import { readSpendCap } from "./spend-cap.ts";
import { readVolumes } from "./volumes.ts";

/** As for the pods of a poll. */
const longestAnswerBytes = 16 * 2 ** 20;

export interface RestInventoryOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly nowMs: () => number;
  /** What carries a request to RunPod. */
  readonly request: HttpRequest;
  /** For one answer, and for all together. */
  readonly timeLimitMs: number;
  readonly spanMs: number;
}

/** What the account holds, by RunPod's REST API, version 2. It only reads. */
export function createRestInventory(options: RestInventoryOptions): Inventory & Launching {
  const { url: base, apiKey, nowMs, request, timeLimitMs, spanMs } = options;
  const limits = { timeLimitMs, maxBytes: longestAnswerBytes };
  const ask = createAsk({ apiKey, request, limits, quota: createQuota(nowMs) });
  const discovery = createDiscovery(base, ask, nowMs);
  return {
    inventory: (signal) =>
      withinSpan(spanMs, signal, async (over) => {
        const reader = createReader(base, ask);
        const atMs = nowMs();
        const [pods, volumes, clusters, endpoints, billing, spendCapPerHrUsd] = await Promise.all([
          readPods(base, reader, atMs, over),
          readVolumes(reader, over),
          readClusters(reader, over),
          readEndpoints(base, reader, over),
          readBilling(reader, atMs, over),
          readSpendCap(reader, discovery, over),
        ]);
        return { atMs, pods, volumes, clusters, endpoints, billing, spendCapPerHrUsd };
      }),
    gpuPrices: (signal) =>
      withinSpan(spanMs, signal, (over) => readPrices(createReader(base, ask), over)),
  };
}
