import { expect, describe, it, onTestFinished } from "vitest";
import { createClock } from "#clock.ts";
import type { Holdings, List, Part } from "#guard/model/holdings.ts";
import type { Answer, HttpRequest } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";
import { createInventory } from "#runpod/account.ts";
import { type Simulator, type SimulatorOptions, startSimulator } from "#simulator/server.ts";
import { exchangeFaults } from "../../../simulator/exchange-faults.ts";

const apiKey = "key-that-nobody-else-has";
const hourMs = 3_600_000;
const nowMs = Date.now();
const never = new AbortController().signal;
const paces = { timeLimitMs: 5_000, askAgainMs: 5_000, giveUpMs: 10_000 };

async function simulated(options: Partial<SimulatorOptions> = {}): Promise<Simulator> {
  const faults: string[] = [];
  const simulator = await startSimulator({
    apiKey,
    balanceUsd: 20,
    nowMs: () => nowMs,
    // RunPod's own schemas must know all that is asked and answered.
    onExchange: (exchange) => faults.push(...exchangeFaults(exchange)),
    ...options,
  });
  onTestFinished(() => expect(faults).toEqual([]));
  onTestFinished(() => simulator.close());
  return simulator;
}

function inventoryAt(
  { url, restUrl }: Pick<Simulator, "url" | "restUrl">,
  { rest = restUrl, request = exchange }: { rest?: string | undefined; request?: HttpRequest } = {},
) {
  return createInventory({
    api: "auto",
    graphqlUrl: url,
    restUrl: rest === "none" ? undefined : rest,
    apiKey,
    clock: createClock(),
    paces,
    request,
  });
}

/** What answers each path of REST, whatever is asked. */
function answering(bodies: Readonly<Record<string, unknown>>): HttpRequest {
  return (url) => {
    const body = bodies[url.pathname.replace("/v2", "")];
    const answer: Answer = {
      status: body === undefined ? 404 : 200,
      type: "application/json",
      text: JSON.stringify(body ?? { title: "Not Found", status: 404, detail: "nothing here" }),
      retryAfterMs: undefined,
      headers: {},
    };
    return Promise.resolve(answer);
  };
}

const nowhere = { url: "http://127.0.0.1:1/graphql", restUrl: "http://127.0.0.1:1/v2" };
const parts = ["pods", "volumes", "endpoints", "clusters", "billing", "spendCapPerHrUsd"] as const;

function reasons(holdings: Holdings): readonly (string | undefined)[] {
  return parts.map((part) => {
    const found = holdings[part];
    return found.kind === "unread" ? found.because : undefined;
  });
}

function listOf<Row>(part: Part<List<Row>>): List<Row> {
  if (part.kind === "unread") throw new Error(part.because);
  return part.value;
}

describe("what the account holds", () => {
  it("is read with GETs only, and each part of it", async () => {
    const simulator = await simulated({
      pods: [
        { id: "p1", status: "EXITED", costPerHrUsd: 1, volumeInGb: 200 },
        { id: "p2", costPerHrUsd: 1, networkVolumeId: "v1" },
      ],
      clusters: [{ id: "c1", name: "big", pods: [{ costPerHrUsd: 3 }, { costPerHrUsd: 3 }] }],
    });
    const { account } = simulator;
    account.addNetworkVolume({ id: "v1", name: "data", sizeGb: 2_000 });
    account.addEndpoint({ id: "e1", name: "my-llm", workersMin: 2, workers: ["RUNNING", "IDLE"] });
    account.setBilling({ endpointAmount: 0.25 });

    const inventory = inventoryAt(simulator);
    const [holdings, prices] = await Promise.all([
      inventory.inventory(never),
      inventory.gpuPrices(never),
    ]);

    expect(reasons(holdings)).toEqual(parts.map(() => undefined));
    expect(
      listOf(holdings.pods).rows.map((each) => [
        each.id,
        each.volumeDiskGb,
        each.networkVolumeIds,
        each.clusterId,
      ]),
    ).toEqual([
      ["p1", 200, [], undefined],
      ["p2", 0, ["v1"], undefined],
      [expect.any(String), expect.any(Number), [], "c1"],
      [expect.any(String), expect.any(Number), [], "c1"],
    ]);
    expect(listOf(holdings.volumes).rows).toEqual([
      { id: "v1", name: "data", sizeGb: 2_000, tier: "standard" },
    ]);
    expect(listOf(holdings.endpoints).rows).toEqual([
      expect.objectContaining({
        id: "e1",
        workersMin: 2,
        pools: ["ADA_24"],
        workers: { kind: "read", value: { running: 1, idle: 1, starting: 0, other: 0 } },
      }),
    ]);
    expect(listOf(holdings.clusters).rows).toEqual([
      expect.objectContaining({ id: "c1", name: "big", podCount: 2 }),
    ]);
    expect(holdings.billing).toMatchObject({
      value: { hours: 3, isSoFar: false, usd: { endpointAmount: 0.75 }, unusable: [] },
    });
    expect(holdings.spendCapPerHrUsd).toEqual({ kind: "read", value: 80 });
    expect(prices.gpus).toMatchObject({ kind: "read" });
    expect(new Set(simulator.asked.map(({ method }) => method))).toEqual(new Set(["GET"]));
  });

  it("says of each part which scope a key without any lacks", async () => {
    const holdings = await inventoryAt(await simulated({ scopes: [] })).inventory(never);

    expect(reasons(holdings)).toEqual(
      ["pods", "network-volumes", "serverless", "clusters", "billing", "account"].map((scope) =>
        expect.stringContaining(`${scope}:read`),
      ),
    );
  });

  it("keeps what can be read where one part is refused", async () => {
    const simulator = await simulated({ scopes: ["network-volumes:read"] });
    simulator.account.addNetworkVolume({ id: "v1" });

    const holdings = await inventoryAt(simulator).inventory(never);

    expect(listOf(holdings.volumes).rows).toHaveLength(1);
    expect(holdings.endpoints).toMatchObject({ kind: "unread" });
  });

  it.each<[string, string | undefined, string]>([
    ["cannot be reached", "http://127.0.0.1:9/v2", "ECONNREFUSED"],
    ["is not to be asked", "none", "rest_url is not set"],
  ])("is unread, every part of it, where REST %s", async (_sentence, rest, words) => {
    const holdings = await inventoryAt(await simulated(), { rest }).inventory(never);

    expect(reasons(holdings)).toEqual(parts.map(() => expect.stringContaining(words)));
  });

  it.each([["http-500"], ["html-200"], ["array"], ["http-404"], ["data-null"]] as const)(
    "is unread, and never nothing, where every answer is %s",
    async (fault) => {
      const simulator = await simulated();
      simulator.failAll(fault);

      const holdings = await inventoryAt(simulator).inventory(never);

      expect(parts.map((part) => holdings[part].kind)).toEqual(parts.map(() => "unread"));
    },
  );

  it("is not asked for any further once RunPod wants fewer requests", async () => {
    const simulator = await simulated();
    simulator.setRate([{ name: "minute", quota: 0, windowSeconds: 60 }]);

    const holdings = await inventoryAt(simulator).inventory(never);

    expect(holdings.volumes).toMatchObject({ because: expect.stringContaining("429") });
    // Those that were on their way already, and the document, which is public.
    expect(simulator.requests).toBeLessThanOrEqual(5);
  });

  it("is asked for by four requests at once, and no more", async () => {
    const simulator = await simulated();
    for (let n = 0; n < 20; n += 1) simulator.account.addEndpoint({ id: `e${n}` });
    let now = 0;
    let most = 0;
    const counting: HttpRequest = async (...asked) => {
      now += 1;
      // The public document is none of RunPod's quota.
      most = Math.max(most, now);
      try {
        return await exchange(...asked);
      } finally {
        now -= 1;
      }
    };

    await inventoryAt(simulator, { request: counting }).inventory(never);

    expect(most).toBeLessThanOrEqual(5);
  });

  it("takes what cannot be used as unknown, row by row and number by number", async () => {
    const request = answering({
      "/network-volumes": {
        networkVolumes: [
          { id: "v1", name: "lo\u202est", size: null, type: "STANDARD" },
          { id: "v2", name: 7, size: -1, type: "GOLD" },
          { id: "v\u202e3", name: "x", size: 1 },
          null,
          { name: "no id" },
        ],
      },
      "/serverless": {
        endpoints: [{ id: "e1", name: "no gpu" }, { id: "..", workers: { min: "2" } }, "x"],
      },
      "/serverless/e1/workers": { workers: [], summary: { running: null, idle: -1 } },
      "/clusters": { clusters: [{ id: "c1", compute: null }] },
      "/billing": {
        records: [
          {
            startTime: new Date(nowMs - 2 * hourMs).toISOString(),
            endTime: new Date(nowMs - hourMs).toISOString(),
            endpointAmount: "1",
            sandboxAmount: 2,
            serverlessGpuAmount: -1,
            storageStandardAmount: null,
          },
        ],
      },
      "/pods": { pods: [{ id: "p1", status: "EXITED", mounts: { persistent: { size: "9" } } }] },
    });

    const holdings = await inventoryAt(nowhere, { request }).inventory(never);

    expect(listOf(holdings.volumes)).toEqual({
      rows: [
        { id: "v1", name: "lost", sizeGb: undefined, tier: "standard" },
        { id: "v2", name: "", sizeGb: undefined, tier: undefined },
      ],
      unreadable: 3,
    });
    expect(listOf(holdings.endpoints)).toMatchObject({
      rows: [
        { id: "e1", workersMin: undefined, pools: [], workers: { kind: "unread" } },
        { id: "..", workers: { kind: "unread" } },
      ],
      unreadable: 1,
    });
    expect(listOf(holdings.clusters).rows).toEqual([
      { id: "c1", name: "", podCount: undefined, gpuTypeId: undefined, gpusPerPod: undefined },
    ]);
    expect(holdings.billing).toMatchObject({
      value: {
        usd: { sandboxAmount: 2 },
        unusable: ["endpointAmount", "serverlessGpuAmount", "storageStandardAmount"],
      },
    });
    expect(listOf(holdings.pods).rows).toMatchObject([{ id: "p1", volumeDiskGb: undefined }]);
  });

  it.each([
    ["of no hour", [{ startTime: "soon", endTime: "later" }]],
    ["of a day", [{ startTime: "2026-01-01T00:00:00Z", endTime: "2026-01-02T00:00:00Z" }]],
    ["at all", []],
    ["that is a list", "none"],
  ])("has no bill where there are no records %s", async (_sentence, records) => {
    const request = answering({ "/billing": { records } });

    const { billing } = await inventoryAt(nowhere, { request }).inventory(never);

    expect(billing.kind).toBe("unread");
  });

  it("holds 10,000 volumes, and not 20,001", async () => {
    const volumes = (count: number) => ({
      "/network-volumes": {
        networkVolumes: Array.from({ length: count }, (_, n) => ({ id: `v${n}`, size: 10 })),
      },
    });

    const many = await inventoryAt(nowhere, { request: answering(volumes(10_000)) }).inventory(
      never,
    );
    const tooMany = await inventoryAt(nowhere, { request: answering(volumes(20_001)) }).inventory(
      never,
    );

    expect(listOf(many.volumes).rows).toHaveLength(10_000);
    expect(tooMany.volumes).toMatchObject({ because: expect.stringContaining("20001 rows") });
  });

  it("shows the key nowhere, whoever repeats it", async () => {
    const request = answering({
      "/network-volumes": { networkVolumes: [{ id: "v1", name: `named ${apiKey}` }] },
    });

    const holdings = await inventoryAt(nowhere, { request }).inventory(never);

    expect(JSON.stringify(holdings)).not.toContain(apiKey);
  });

  it("is not waited for once interrupted", async () => {
    const interrupted = new AbortController();
    const hanging: HttpRequest = () => new Promise(() => undefined);
    const asked = inventoryAt(nowhere, { request: hanging }).inventory(interrupted.signal);
    interrupted.abort();

    expect(reasons(await asked)).toEqual(parts.map(() => expect.stringContaining("given up")));
  });
});

describe("the prices of the catalogue", () => {
  it("are REST's, with those of serverless workers", async () => {
    const prices = await inventoryAt(await simulated()).gpuPrices(never);

    expect(prices.gpus).toMatchObject({
      value: expect.arrayContaining([
        {
          id: "NVIDIA GeForce RTX 4090",
          pool: "ADA_24",
          securePerHrUsd: 0.69,
          communityPerHrUsd: 0.34,
          serverlessPerHrUsd: 1.1,
        },
      ]),
    });
    expect(prices.cpus).toMatchObject({ value: [{ id: "cpu3c", serverlessPerHrUsd: 0.04 }] });
  });

  it("are GraphQL's where REST does not tell, and say what is missing", async () => {
    const simulator = await simulated({ scopes: [] });

    const prices = await inventoryAt(simulator).gpuPrices(never);

    expect(prices.gpus).toMatchObject({
      value: expect.arrayContaining([
        expect.objectContaining({ securePerHrUsd: 0.69, serverlessPerHrUsd: undefined }),
      ]),
    });
    expect(prices.cpus).toMatchObject({ because: expect.stringContaining("catalog:read") });
  });

  it("are unknown where they are null, negative, 0 or no number, and where neither answers", async () => {
    const row = (price: unknown) => ({ id: "g", pool: null, price });
    const prices = [null, { secure: -1, community: 0, serverless: "1" }, { secure: null }];
    const request = answering({ "/catalog/gpus": { gpus: prices.map(row) } });
    const simulator = await simulated();
    simulator.failAll("http-500");

    const odd = await inventoryAt(nowhere, { request }).gpuPrices(never);
    const none = await inventoryAt(simulator).gpuPrices(never);

    const unknown = { securePerHrUsd: undefined, communityPerHrUsd: undefined };
    const all = { id: "g", pool: undefined, ...unknown, serverlessPerHrUsd: undefined };
    expect(odd.gpus).toEqual({ kind: "read", value: [all, all, all] });
    expect(none).toMatchObject({ gpus: { kind: "unread" }, cpus: { kind: "unread" } });
  });
});
