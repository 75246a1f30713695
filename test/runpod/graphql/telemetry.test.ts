import fc from "fast-check";
import { graphqlSync, parse, validate } from "graphql";
import { describe, expect, it } from "vitest";
import type { PodSample } from "#guard/model/account.ts";
import { measureDocument, readTelemetry } from "#runpod/graphql/telemetry.ts";
import { schema } from "#simulator/graphql/schema.ts";

const atMs = Date.parse("2026-11-20T12:00:00Z");
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const row = {
  id: "a",
  gpuCount: 2,
  lastStartedAt: "2026-11-20T09:59:50Z",
  runtime: {
    uptimeInSeconds: 7200,
    container: { cpuPercent: 12 },
    gpus: [
      { gpuUtilPercent: 90, memoryUtilPercent: 85 },
      { gpuUtilPercent: 0, memoryUtilPercent: 0 },
    ],
  },
  latestTelemetry: {
    time: "2026-11-20T11:59:40.5Z",
    cpuUtilization: 13.5,
    averageGpuMetrics: { percentUtilization: 45 },
  },
  machine: {
    gpuDisplayName: "RTX 4090",
    gpuTypeId: "NVIDIA GeForce RTX 4090",
    dataCenterId: "EU-SE-1",
    location: "SE",
  },
};

function samplesOf(pods: readonly unknown[]): readonly PodSample[] {
  const samples = readTelemetry({ myself: { pods } }, atMs);
  if (typeof samples === "string") throw new Error(samples);
  return samples;
}

/** The sample of the row above with these parts in place of its own. */
function sampleOf(parts: object): PodSample | undefined {
  return samplesOf([{ ...row, ...parts }])[0];
}

describe("what is asked for", () => {
  it("is all known to RunPod's schema, and changes nothing", () => {
    const errors = validate(schema, parse(measureDocument));
    const result = graphqlSync({ schema, source: measureDocument, rootValue: {} });

    expect(errors).toEqual([]);
    expect(result).toEqual({ data: { myself: null } });
    expect(measureDocument).not.toContain("mutation");
  });

  it("is the least, and no secret", () => {
    const words = new Set(measureDocument.match(/\w+/g));

    expect([...words].sort()).toEqual([
      "Measure",
      "averageGpuMetrics",
      "container",
      "cpuPercent",
      "cpuUtilization",
      "dataCenterId",
      "gpuCount",
      "gpuDisplayName",
      "gpuTypeId",
      "gpuUtilPercent",
      "gpus",
      "id",
      "lastStartedAt",
      "latestTelemetry",
      "location",
      "machine",
      "memoryUtilPercent",
      "myself",
      "percentUtilization",
      "pods",
      "query",
      "runtime",
      "time",
      "uptimeInSeconds",
    ]);
  });
});

it("reads what a pod is, since when it runs and what it does", () => {
  const samples = readTelemetry({ myself: { pods: [row], more: "ignored" } }, atMs);

  expect(samples).toEqual([
    {
      podId: "a",
      bootedAtMs: atMs - 2 * hourMs,
      lastStartedAtMs: Date.parse("2026-11-20T09:59:50Z"),
      takenAtMs: Date.parse("2026-11-20T11:59:40.500Z"),
      cpuPercent: 12,
      gpuPercents: [90, 0],
      gpuMemoryPercents: [85, 0],
      gpuType: "RTX 4090",
      region: "EU-SE-1",
    },
  ] satisfies PodSample[]);
});

it.each([
  ["nothing but an id", {}],
  [
    "parts that are null",
    { gpuCount: 1, lastStartedAt: null, runtime: null, latestTelemetry: null, machine: null },
  ],
  [
    "parts of those that are null",
    {
      gpuCount: 1,
      runtime: { uptimeInSeconds: null, container: null, gpus: null },
      latestTelemetry: { time: null, cpuUtilization: null, averageGpuMetrics: null },
      machine: { gpuDisplayName: null, gpuTypeId: null, dataCenterId: null, location: null },
    },
  ],
  [
    "parts of another kind",
    {
      gpuCount: "1",
      lastStartedAt: atMs,
      runtime: "up",
      latestTelemetry: [5],
      machine: true,
    },
  ],
  [
    "parts of those of another kind",
    {
      gpuCount: 1,
      runtime: { uptimeInSeconds: "7200", container: { cpuPercent: "1" }, gpus: "none" },
      latestTelemetry: {
        time: atMs,
        cpuUtilization: "13",
        averageGpuMetrics: { percentUtilization: "5" },
      },
      machine: { gpuDisplayName: 5, gpuTypeId: {}, dataCenterId: [], location: false },
    },
  ],
])("a pod with %s is a sample of which nothing is known", (_sentence, parts) => {
  const samples = samplesOf([{ id: "a", ...parts }]);

  expect(samples).toEqual([
    {
      podId: "a",
      bootedAtMs: undefined,
      lastStartedAtMs: undefined,
      takenAtMs: undefined,
      cpuPercent: undefined,
      gpuPercents: undefined,
      gpuType: undefined,
      region: undefined,
    },
  ] satisfies PodSample[]);
});

describe("an answer that cannot be used says why", () => {
  it.each<[unknown, string]>([
    [undefined, "the answer has no data"],
    [null, "the answer has no data"],
    ["text", "the answer has no data"],
    [{}, "the answer has no account"],
    [{ myself: null }, "the answer has no account"],
    [{ myself: "me" }, "the answer has no account"],
    [{ myself: {} }, "the answer has no pods"],
    [{ myself: { pods: null } }, "the answer has no pods"],
    [{ myself: { pods: {} } }, "the answer has no pods"],
    [{ myself: { pods: [null] } }, "no pod in the answer can be read"],
    [{ myself: { pods: [{ id: 5 }, "a"] } }, "no pod in the answer can be read"],
  ])("%j", (data, words) => {
    expect(readTelemetry(data, atMs)).toBe(words);
  });

  it("no pods at all are a good answer", () => {
    expect(readTelemetry({ myself: { pods: [] } }, atMs)).toEqual([]);
  });
});

it.each<[string, unknown]>([
  ["null", null],
  ["a number", 5],
  ["a list", [row]],
  ["no id", { ...row, id: undefined }],
  ["an empty id", { ...row, id: "" }],
  ["an id that is a number", { ...row, id: 5 }],
])("a row that is broken (%s) is left out and hides nothing else", (_sentence, broken) => {
  expect(samplesOf([broken, row]).map(({ podId }) => podId)).toEqual(["a"]);
});

it("an id that would have to be cleaned is none: cleaned, it may be another pod's", () => {
  const samples = samplesOf([{ ...row, id: "a\u001b\u202E" }, row]);

  expect(samples.map(({ podId }) => podId)).toEqual(["a"]);
});

it.each([
  "2026-02-31T10:00:00Z",
  "2026-02-29T10:00:00Z",
  "2026-11-31T09:59:50Z",
  "2026-13-01T10:00:00Z",
  "2026-00-10T10:00:00Z",
  "2026-11-20T24:00:01Z",
  "2026-11-20T09:60:00Z",
])("a day or an hour that does not exist is no time: %s", (time) => {
  const sample = sampleOf({ lastStartedAt: time, latestTelemetry: { time } });

  expect([sample?.lastStartedAtMs, sample?.takenAtMs]).toEqual([undefined, undefined]);
});

it("29 February is a day in a year that has one", () => {
  expect(sampleOf({ lastStartedAt: "2024-02-29T10:00:00Z" })?.lastStartedAtMs).toBe(
    Date.UTC(2024, 1, 29, 10),
  );
});

it.each<[string, unknown, number | undefined]>([
  ["a whole number of seconds", 60, atMs - 60_000],
  ["parts of a second make a whole millisecond", 0.0004, atMs],
  ["0 is what RunPod has shown for live pods: unknown", 0, undefined],
  ["negative", -60, undefined],
  ["not finite", Infinity, undefined],
  ["no number", NaN, undefined],
  ["text", "60", undefined],
  ["longer than there have been such pods", 1e9, undefined],
])("the start by the uptime: %s", (_sentence, uptimeInSeconds, bootedAtMs) => {
  const sample = sampleOf({ runtime: { ...row.runtime, uptimeInSeconds } });

  expect(sample?.bootedAtMs).toBe(bootedAtMs);
});

describe("times", () => {
  it.each<[string, unknown, number | undefined]>([
    ["in UTC", "2026-11-20T11:00:00Z", atMs - hourMs],
    ["with an offset", "2026-11-20T12:00:00+01:00", atMs - hourMs],
    ["with nanoseconds", "2026-11-20T11:00:00.123456789Z", atMs - hourMs + 123],
    ["a clock a little ahead", "2026-11-20T12:00:05Z", atMs + 5000],
    ["minutes ahead, and no more", "2026-11-20T12:05:00Z", atMs + 300_000],
    ["more than minutes ahead", "2026-11-20T12:05:01Z", undefined],
    ["the year 1, a clock's zero", "0001-01-01T00:00:00Z", undefined],
    ["1970, another one", "1970-01-01T00:00:00Z", undefined],
    ["without an offset", "2026-11-20T11:00:00", undefined],
    ["a date", "2026-11-20", undefined],
    ["a month that is none", "2026-13-20T11:00:00Z", undefined],
    ["words", "yesterday", undefined],
    ["words around a time", "since 2026-11-20T11:00:00Z", undefined],
    ["a number", atMs, undefined],
    ["empty", "", undefined],
    ["null", null, undefined],
  ])("%s", (_sentence, time, ms) => {
    const sample = sampleOf({
      lastStartedAt: time,
      latestTelemetry: { ...row.latestTelemetry, time },
    });

    expect([sample?.lastStartedAtMs, sample?.takenAtMs]).toEqual([ms, ms]);
  });
});

it.each<[string, unknown, unknown, number | undefined]>([
  ["the container's own", 12, 50, 12],
  ["0 is one", 0, 50, 0],
  ["more than one core has", 350, 50, 350],
  ["else the telemetry's", null, 50, 50],
  ["not what is negative", -1, 50, 50],
  ["not what is no number", NaN, 50, 50],
  ["not what is not finite", Infinity, 50, 50],
  ["neither", null, null, undefined],
  ["nor a negative one", null, -1, undefined],
  ["nor one that is no number", null, NaN, undefined],
  ["nor one that is not finite", null, Infinity, undefined],
  ["nor one that may be a share of 1: a full load, not 1 %", null, 1, undefined],
  ["nor 0, which may be nothing reported", null, 0, undefined],
])("the CPU: %s", (_sentence, cpuPercent, cpuUtilization, expected) => {
  const sample = sampleOf({
    runtime: { container: { cpuPercent } },
    latestTelemetry: { cpuUtilization },
  });

  expect(sample?.cpuPercent).toBe(expected);
});

it.each<[string, object, PodSample["gpuMemoryPercents"]]>([
  ["of each GPU", { gpus: [{ memoryUtilPercent: 80 }, { memoryUtilPercent: 0 }] }, [80, 0]],
  ["without what the GPU does", { gpus: [{ gpuUtilPercent: null, memoryUtilPercent: 9 }] }, [9]],
  [
    "not told of one",
    { gpus: [{ memoryUtilPercent: null }, null, {}] },
    [undefined, undefined, undefined],
  ],
  ["not what is no percentage", { gpus: [{ memoryUtilPercent: 101 }] }, [undefined]],
  ["told of no GPU", { gpus: [] }, undefined],
  ["told of nothing", { gpus: null }, undefined],
])("the memory in use: %s", (_sentence, runtime, expected) => {
  expect(sampleOf({ runtime })?.gpuMemoryPercents).toEqual(expected);
});

it.each<[string, object, readonly [boolean | undefined, boolean | undefined]]>([
  ["neither where both are of now", {}, [undefined, undefined]],
  ["the CPU where only the telemetry tells of it", { container: null }, [true, undefined]],
  ["the GPUs where only the telemetry tells of them", { gpus: null }, [undefined, true]],
])("what is as old as the telemetry's time is marked: %s", (_sentence, runtime, expected) => {
  const sample = sampleOf({ runtime: { ...row.runtime, ...runtime } });

  expect([sample?.isCpuTimed, sample?.areGpusTimed]).toEqual(expected);
});

describe("the GPUs", () => {
  const gpus = (...percents: readonly unknown[]) =>
    percents.map((gpuUtilPercent) => ({ gpuUtilPercent }));

  it.each<[string, unknown, unknown, unknown, PodSample["gpuPercents"]]>([
    ["each is told of", 2, gpus(0, 100), 50, [0, 100]],
    ["more than there should be are told of", 1, gpus(0, 90), null, [0, 90]],
    ["one that is null", 2, gpus(5, null), 50, [5, undefined]],
    ["one that is negative", 2, gpus(5, -1), 50, [5, undefined]],
    ["one that is over 100", 2, gpus(5, 101), 50, [5, undefined]],
    ["one that is no number", 2, gpus(5, NaN), 50, [5, undefined]],
    ["one that is text", 2, gpus(5, "0"), 50, [5, undefined]],
    ["a row that is null", 2, [null, ...gpus(5)], 50, [undefined, 5]],
    ["a row that is no object", 2, ["GPU-0", ...gpus(5)], 50, [undefined, 5]],
    ["a pod without", 0, null, null, []],
    ["a pod without, whatever the average", 0, [], 50, []],
    ["a pod that says it has none and tells of one", 0, gpus(90), null, [90]],
    ["too few", 2, gpus(0), null, undefined],
    ["none", 2, [], null, undefined],
    ["no list", 2, null, null, undefined],
    ["how many is unknown", null, gpus(0), 0, undefined],
    ["how many is text", "1", gpus(0), 0, undefined],
    ["how many is no whole number", 0.5, gpus(0), 0, undefined],
    ["how many is negative", -1, gpus(0), 0, undefined],
    ["how many is beyond belief", 1e9, gpus(0), 90, undefined],
    ["of one, the average is that one", 1, null, 3, [3]],
    [
      "of more, it is one of them and the others are unknown",
      3,
      null,
      3,
      [3, undefined, undefined],
    ],
    ["too few, and an average", 2, gpus(0), 60, [60, undefined]],
    ["an average of 0 may be nothing reported", 1, null, 0, undefined],
    ["an average that may be a share of 1", 1, null, 1, undefined],
    ["an average over 100", 1, null, 101, undefined],
    ["a negative average", 1, null, -5, undefined],
    ["an average that is no number", 1, null, NaN, undefined],
  ])("%s", (_sentence, gpuCount, told, percentUtilization, expected) => {
    const sample = sampleOf({
      gpuCount,
      runtime: { gpus: told },
      latestTelemetry: { averageGpuMetrics: { percentUtilization } },
    });

    expect(sample?.gpuPercents).toEqual(expected);
  });
});

it.each<[string, object, string | undefined, string | undefined]>([
  ["the names people know", row.machine, "RTX 4090", "EU-SE-1"],
  ["else the others", { gpuTypeId: "NVIDIA L4", location: "SE" }, "NVIDIA L4", "SE"],
  [
    "not what is empty, or is once it is cleaned",
    { gpuDisplayName: "", gpuTypeId: "L4", dataCenterId: " \u202E", location: "SE" },
    "L4",
    "SE",
  ],
  [
    "cleaned of what cannot be seen",
    { gpuDisplayName: "L\u001b4", dataCenterId: "E\u200BU" },
    "L4",
    "EU",
  ],
  ["at most 64 characters", { gpuDisplayName: "x".repeat(99) }, "x".repeat(64), undefined],
  ["none", {}, undefined, undefined],
])("the GPU's type and the region: %s", (_sentence, machine, gpuType, region) => {
  const sample = sampleOf({ machine });

  expect([sample?.gpuType, sample?.region]).toEqual([gpuType, region]);
});

it("whatever the data, it is words or samples of which all that is known is likely", () => {
  const any = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.double());
  const record = (model: Record<string, fc.Arbitrary<unknown>>) =>
    fc.oneof({ weight: 1, arbitrary: any }, { weight: 4, arbitrary: partOf(model) });
  const pod = record({
    id: fc.oneof(any, fc.string()),
    gpuCount: fc.oneof(any, fc.nat(4)),
    lastStartedAt: fc.oneof(any, fc.date({ noInvalidDate: true }).map(String)),
    runtime: record({
      uptimeInSeconds: any,
      container: record({ cpuPercent: any }),
      gpus: fc.oneof(any, fc.array(record({ gpuUtilPercent: any, memoryUtilPercent: any }))),
    }),
    latestTelemetry: record({
      time: fc.oneof(
        any,
        fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      ),
      cpuUtilization: any,
      averageGpuMetrics: record({ percentUtilization: any }),
    }),
    machine: record({ gpuDisplayName: any, gpuTypeId: any, dataCenterId: any, location: any }),
  });
  const data = fc.oneof(fc.anything(), record({ myself: record({ pods: fc.array(pod) }) }));

  fc.assert(
    fc.property(data, (given) => {
      const samples = readTelemetry(given, atMs);

      const isFit =
        typeof samples === "string" ? samples.length > 0 : samples.every((each) => isLikely(each));
      expect(isFit, JSON.stringify(samples)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

function partOf(model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  return fc.record(model, { requiredKeys: [] });
}

function isLikely(sample: PodSample): boolean {
  const { bootedAtMs, lastStartedAtMs, takenAtMs, cpuPercent, gpuPercents, ...rest } = sample;
  const { gpuMemoryPercents = [], isCpuTimed: _, areGpusTimed: __, ...words } = rest;
  const times = [bootedAtMs, lastStartedAtMs, takenAtMs].filter((ms) => ms !== undefined);
  const percents = [cpuPercent, ...(gpuPercents ?? []), ...gpuMemoryPercents].filter(
    (each) => each !== undefined,
  );
  return (
    times.every((ms) => Number.isInteger(ms) && Math.abs(ms - atMs) <= 3650 * dayMs) &&
    percents.every((percent) => Number.isFinite(percent) && percent >= 0) &&
    Object.values(words).every((each) => each === undefined || typeof each === "string")
  );
}
