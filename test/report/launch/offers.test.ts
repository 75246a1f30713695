import { describe, expect, it } from "vitest";
import type { CloudOffer, GpuOffer, LaunchCaps } from "#guard/model/launch.ts";
import { hourMs } from "#guard/model/time.ts";
import { offersJson } from "#report/launch/offers-json.ts";
import { type OfferFilters, offersReport } from "#report/launch/offers.ts";

const nowhere: CloudOffer = { perHrUsd: undefined, stock: "unknown", mostGpus: undefined };

const at = (perHrUsd: number | undefined, more: Partial<CloudOffer> = {}): CloudOffer => ({
  perHrUsd,
  stock: "high",
  mostGpus: 8,
  ...more,
});

const gpu = (name: string, memoryGb: number | undefined, more: Partial<GpuOffer>): GpuOffer => ({
  id: `NVIDIA ${name}`,
  name,
  memoryGb,
  secure: nowhere,
  community: nowhere,
  ...more,
});

const offers: readonly GpuOffer[] = [
  gpu("H100 SXM", 80, { secure: at(2.99), community: at(2.69, { stock: "none", mostGpus: 2 }) }),
  gpu("RTX 4090", 24, { secure: at(0.69), community: at(0.34, { mostGpus: 4 }) }),
  gpu("B300", undefined, { secure: at(undefined, { stock: "low" }) }),
  gpu("RTX 3070", 8, {}),
];

const caps: LaunchCaps = {
  mostPerHrUsd: 2.7,
  mostMs: 24 * hourMs,
  mostRunning: 4,
  mostStartsPerHour: 6,
};

const reportFor = (filters: Partial<OfferFilters> = {}, launch: LaunchCaps | undefined = caps) =>
  offersReport(offers, { gpuCount: 1, ...filters }, launch);

const named = (filters: Partial<OfferFilters>): readonly string[] =>
  reportFor(filters).rows.map(({ gpuName, cloud }) => `${gpuName} ${cloud}`);

describe("what pods can be started with", () => {
  it("has a row for each cloud that offers it, the cheapest first and the unknown last", () => {
    expect(
      reportFor().rows.map(({ gpuName, cloud, perHrUsd }) => [gpuName, cloud, perHrUsd]),
    ).toEqual([
      ["RTX 4090", "community", 0.34],
      ["RTX 4090", "secure", 0.69],
      ["H100 SXM", "community", 2.69],
      ["H100 SXM", "secure", 2.99],
      ["B300", "secure", undefined],
    ]);
  });

  it("is in the same order, however RunPod lists it", () => {
    const [there, back] = [offers, offers.toReversed()].map((each) =>
      offersReport(each, { gpuCount: 1 }, caps),
    );

    expect(back).toEqual(there);
  });

  it.each<[string, Partial<OfferFilters>, readonly string[]]>([
    ["a price", { mostPerHrUsd: 0.69 }, ["RTX 4090 community", "RTX 4090 secure"]],
    ["memory", { leastMemoryGb: 25 }, ["H100 SXM community", "H100 SXM secure"]],
    ["a cloud", { cloud: "community" }, ["RTX 4090 community", "H100 SXM community"]],
    ["a count", { gpuCount: 8 }, ["RTX 4090 secure", "H100 SXM secure", "B300 secure"]],
    ["a price of all GPUs", { gpuCount: 4, mostPerHrUsd: 1.5 }, ["RTX 4090 community"]],
    ["what nothing has", { cloud: "community", leastMemoryGb: 81 }, []],
  ])("is chosen by %s", (_sentence, filters, rows) => {
    expect(named(filters)).toEqual(rows);
  });

  it("costs as much as all its GPUs, to the cent", () => {
    const [row] = offersReport([gpu("T4", 16, { secure: at(0.1) })], { gpuCount: 3 }, caps).rows;

    expect(row).toMatchObject({ perHrUsd: 0.3, perGpuHrUsd: 0.1 });
  });

  it.each<[string, LaunchCaps | undefined, readonly (readonly string[])[]]>([
    ["a price", caps, [[], [], [], ["max_price_per_hr"], []]],
    [
      "types",
      { ...caps, gpus: ["*h100*"] },
      [["gpus"], ["gpus"], [], ["max_price_per_hr"], ["gpus"]],
    ],
    [
      "the ids of types",
      { ...caps, gpus: ["NVIDIA RTX ????"] },
      [[], [], ["gpus"], ["max_price_per_hr", "gpus"], ["gpus"]],
    ],
    ["nothing", undefined, [[], [], [], [], []]],
  ])("is barred by what the config says of %s", (_sentence, launch, barred) => {
    expect(offersReport(offers, { gpuCount: 1 }, launch).rows.map((row) => row.barredBy)).toEqual(
      barred,
    );
  });
});

describe("what to loosen when nothing fits", () => {
  it.each<[string, Partial<OfferFilters>, readonly object[]]>([
    ["nothing, when something fits", { mostPerHrUsd: 1 }, []],
    ["the price", { mostPerHrUsd: 0.1 }, [{ filter: "max_price", to: 0.34 }]],
    ["the memory", { leastMemoryGb: 100 }, [{ filter: "min_vram", to: 80 }]],
    ["the count", { gpuCount: 16 }, [{ filter: "count", to: 8 }]],
    [
      "the cloud, or the count",
      { gpuCount: 8, cloud: "community" },
      [
        { filter: "count", to: 4 },
        { filter: "cloud", to: "secure" },
      ],
    ],
    ["more than one", { mostPerHrUsd: 0.1, leastMemoryGb: 100 }, []],
  ])("is %s", (_sentence, filters, loosen) => {
    expect(reportFor(filters).loosen).toEqual(loosen);
  });

  it("lets something through once it is typed", () => {
    const dear = [gpu("L4", 24, { secure: at(0.4312) })];
    const found = offersReport(dear, { gpuCount: 1, mostPerHrUsd: 0.1 }, caps);

    const [{ to } = { to: 0 }] = found.loosen;

    expect(to).toBe(0.44);
  });
});

it("as JSON says null for what is unknown, and which cap of the config bars what", () => {
  const found = offersJson(reportFor({ cloud: "secure", leastMemoryGb: 80 }), 0);

  expect(found).toEqual({
    at: "1970-01-01T00:00:00.000Z",
    gpu_count: 1,
    max_price: null,
    min_vram: 80,
    cloud: "secure",
    launch: {
      max_price_per_hr: 2.7,
      max_hours: 24,
      max_running: 4,
      max_starts_per_hour: 6,
      regions: null,
      gpus: null,
    },
    offers: [
      {
        gpu_id: "NVIDIA H100 SXM",
        gpu_name: "H100 SXM",
        memory_gb: 80,
        cloud: "secure",
        gpu_count: 1,
        price_per_hr_usd: 2.99,
        price_per_gpu_hr_usd: 2.99,
        stock: "high",
        max_gpu_count: 8,
        barred_by: ["max_price_per_hr"],
      },
    ],
    loosen: [],
  });
});
