import { describe, expect, it } from "vitest";
import { filtersOf } from "#commands/launch/gpus.ts";
import { gpusText } from "#commands/launch/gpus-text.ts";
import type { Paint } from "#terminal/colors.ts";
import type { OfferRow, OffersReport } from "#report/launch/offers.ts";
import { hourMs } from "#guard/model/time.ts";

const paint: Paint = {
  red: (text) => text,
  yellow: (text) => text,
  bold: (text) => text,
};

const row: OfferRow = {
  gpuId: "NVIDIA GeForce RTX 4090",
  gpuName: "RTX 4090",
  memoryGb: 24,
  cloud: "secure",
  stock: "high",
  perHrUsd: 0.69,
  perGpuHrUsd: 0.69,
  mostGpus: 8,
  barredBy: [],
};

const report: OffersReport = {
  filters: { gpuCount: 1 },
  caps: { mostPerHrUsd: 5, mostMs: 24 * hourMs, mostRunning: 4, mostStartsPerHour: 6 },
  rows: [row],
  loosen: [],
};

const textOf = (changes: Partial<OffersReport> = {}, room = 80): readonly string[] =>
  gpusText({ ...report, ...changes }, { paint, room, command: "runpodboss" });

describe("the text of what pods can be started with", () => {
  it("fits 80 columns, and says beside a row which cap bars it", () => {
    const rows = [
      row,
      {
        ...row,
        gpuName: "RTX PRO 6000 Blackwell WK",
        memoryGb: undefined,
        perHrUsd: 5.79,
        stock: "none" as const,
        barredBy: ["max_price_per_hr", "gpus"] as const,
      },
    ];

    const lines = textOf({ rows });

    expect(lines).toEqual([
      "GPU                        MEMORY   CLOUD   PRICE    STOCK",
      "RTX 4090                   24 GB    secure  $0.69/h  high",
      "RTX PRO 6000 Blackwell WK  unknown  secure  $5.79/h  none",
      "    above max_price_per_hr, not in your gpus",
      "",
      "Prices and stock are RunPod's at this moment; they may be others when a pod is started.",
      "launch in the config: pods of at most $5.00/h.",
      "What one would cost: runpodboss estimate --gpu NAME --hours HOURS",
    ]);
  });

  it("says it all in one line each where it goes to a pipe", () => {
    const rows = [{ ...row, barredBy: ["max_price_per_hr"] as const }];

    expect(textOf({ rows }, Infinity)[1]).toBe(
      "RTX 4090  24 GB   secure  $0.69/h  high   above max_price_per_hr",
    );
  });

  it("says what each GPU costs where a pod has more than one", () => {
    const rows = [{ ...row, perHrUsd: 5.52 }];

    expect(textOf({ filters: { gpuCount: 8 }, rows }).slice(0, 2)).toEqual([
      "GPU       MEMORY  CLOUD   8 GPUS   EACH     STOCK",
      "RTX 4090  24 GB   secure  $5.52/h  $0.69/h  high",
    ]);
  });

  it("names the estimate of what was asked for", () => {
    const filters = { gpuCount: 8, cloud: "community" as const };

    expect(textOf({ filters }, Infinity).at(-1)).toBe(
      "What one would cost: runpodboss estimate --gpu NAME --hours HOURS --count 8 --cloud community",
    );
  });

  it("says unknown for a price that is unknown, and never $0", () => {
    const rows = [{ ...row, perHrUsd: undefined, perGpuHrUsd: undefined }];

    expect(textOf({ rows })[1]).toMatch(/ unknown /);
    expect(textOf({ rows }).join("\n")).not.toContain("$0");
  });

  it("says when the config lets nothing be started", () => {
    expect(textOf({ caps: undefined })).toContain(
      "The config has no launch, so that none can be started.",
    );
  });

  it.each<[string, Partial<OffersReport>, readonly string[]]>([
    [
      "one filter is to blame",
      {
        filters: { gpuCount: 8, mostPerHrUsd: 1, leastMemoryGb: 200, cloud: "community" },
        loosen: [
          { filter: "max_price", to: 2.5 },
          { filter: "min_vram", to: 141 },
          { filter: "count", to: 4 },
          { filter: "cloud", to: "secure" },
        ],
      },
      [
        "Nothing that RunPod offers now fits.",
        "The cheapest of what else fits: --max-price 2.5",
        "The most memory of what else fits: --min-vram 141",
        "The most GPUs of what else fits: --count 4",
        "Somewhere else there is one: --cloud secure",
      ],
    ],
    [
      "no single filter is",
      { filters: { gpuCount: 8, mostPerHrUsd: 1 } },
      ["Nothing that RunPod offers now fits.", "Loosen --max-price and --count."],
    ],
    ["there is none", {}, ["RunPod offers nothing now. Try again later."]],
  ])("says what to loosen when %s", (_sentence, changes, lines) => {
    expect(textOf({ rows: [], ...changes })).toEqual(lines);
  });
});

describe("the options", () => {
  it("are numbers, and one of the clouds", () => {
    expect(filtersOf({ count: "8", maxPrice: ".5", minVram: "24", cloud: "community" })).toEqual({
      gpuCount: 8,
      mostPerHrUsd: 0.5,
      leastMemoryGb: 24,
      cloud: "community",
    });
  });

  it.each([
    [{ count: "0" }, "--count must be a whole number from 1 to 64"],
    [{ count: "1.5" }, "--count must be"],
    [{ count: "1", maxPrice: "-1" }, "--max-price must be dollars an hour"],
    [{ count: "1", maxPrice: "1e3" }, "--max-price must be"],
    [{ count: "1", minVram: "much" }, '--min-vram must be GB of memory, such as 24 (got "much")'],
    [{ count: "1", cloud: "mine" }, '--cloud must be secure or community (got "mine")'],
  ])("%j is refused", (options, words) => {
    expect(() => filtersOf(options)).toThrow(words);
  });
});
