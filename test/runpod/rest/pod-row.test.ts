import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { onePodAnId } from "#runpod/pod-rows.ts";
import { podRowIn } from "#runpod/rest/pod-row.ts";

const atMs = Date.parse("2026-11-20T12:00:00Z");

const row = {
  id: "p1",
  name: "trainer",
  status: "RUNNING",
  actions: ["stop", "restart", "terminate"],
  mounts: { network: [{ volumeId: "vol1", path: "/workspace" }] },
  gpu: { id: "NVIDIA A100", count: 2 },
  dataCenterId: "US-KS-2",
  cost: 3.5,
  locked: false,
  runtime: {
    uptime: 3_600,
    gpus: [
      { util: 90, memoryUtil: 80 },
      { util: 10, memoryUtil: 20 },
    ],
    cpu: { util: 45 },
    memory: { util: 30 },
  },
  createdAt: "2026-11-20T10:00:00Z",
  startedAt: "2026-11-20T11:00:00Z",
  env: { TOKEN: "secret-of-the-pod" },
};

it("reads what a row says, and keeps nothing else of it", () => {
  const found = podRowIn(row, atMs);

  expect(found).toEqual({
    id: "p1",
    pod: {
      id: "p1",
      name: "trainer",
      rawName: "trainer",
      status: "running",
      word: "RUNNING",
      costPerHrUsd: 3.5,
      hasNetworkVolume: true,
      isLocked: false,
    },
    clusterId: undefined,
    uptimeSeconds: 3600,
    actions: ["stop", "restart", "terminate"],
    sample: {
      podId: "p1",
      bootedAtMs: atMs - 3_600_000,
      lastStartedAtMs: atMs - 3_600_000,
      takenAtMs: undefined,
      cpuPercent: 45,
      gpuPercents: [90, 10],
      gpuMemoryPercents: [80, 20],
      gpuType: "A100",
      region: "US-KS-2",
    },
  });
  expect(JSON.stringify(found)).not.toContain("secret-of-the-pod");
});

describe("RunPod's word becomes ours", () => {
  it.each([
    ["PROVISIONING", "pending"],
    ["STARTING", "pending"],
    ["RUNNING", "running"],
    ["EXITED", "stopped"],
    ["TERMINATED", "gone"],
    ["MIGRATING", "unknown"],
    ["running", "unknown"],
    [undefined, "unknown"],
    [null, "unknown"],
    [7, "unknown"],
  ])("%j: %s", (status, ours) => {
    const pod = podRowIn({ ...row, status }, atMs)?.pod;

    expect(pod?.status).toBe(ours);
    expect(pod?.word).toBe(typeof status === "string" ? status : undefined);
  });

  it.each<[string, unknown, unknown, string]>([
    ["that may be started and costs nothing has stopped", ["start", "terminate"], 0, "stopped"],
    ["that still costs something", ["start", "terminate"], 0.4, "unknown"],
    ["whose cost is not said", ["start", "terminate"], undefined, "unknown"],
    ["that may be stopped", ["start", "stop"], 0, "unknown"],
    ["that may only be terminated", ["terminate"], 0, "unknown"],
    ["whose actions are not said", undefined, 0, "unknown"],
    ["whose actions are no words", ["start", 7], 0, "unknown"],
  ])("a pod in ERROR %s", (_sentence, actions, cost, ours) => {
    expect(podRowIn({ ...row, status: "ERROR", actions, cost }, atMs)?.pod.status).toBe(ours);
  });
});

describe("a cost of 0 is no price", () => {
  it.each(["RUNNING", "STARTING", "PROVISIONING", "EXITED", "TERMINATED", "ERROR"])(
    "of a pod in %s",
    (status) => {
      expect(podRowIn({ ...row, status, cost: 0 }, atMs)?.pod.costPerHrUsd).toBeUndefined();
    },
  );

  it.each([null, "1.5", -1, 1e9, Number.NaN])("and neither is %j", (cost) => {
    expect(podRowIn({ ...row, cost }, atMs)?.pod.costPerHrUsd).toBeUndefined();
  });
});

it.each<[string, unknown, boolean | undefined]>([
  ["is known by its id", { network: [{ volumeId: "v" }] }, true],
  ["is none where there are no mounts", {}, false],
  ["is none beside a disk of the pod's own", { persistent: { size: 20 } }, false],
  ["is none in an empty list", { network: [] }, false],
  ["is unknown without an id", { network: [{ path: "/workspace" }] }, undefined],
  ["is unknown where the list is none", { network: null }, undefined],
  ["is unknown where mounts are not told of", undefined, undefined],
  ["is unknown where they are null", null, undefined],
  ["is unknown where they are a list", [], undefined],
])("a network volume %s", (_sentence, mounts, expected) => {
  expect(podRowIn({ ...row, mounts }, atMs)?.pod.hasNetworkVolume).toBe(expected);
});

it.each([
  [true, true],
  [false, false],
  [undefined, undefined],
  [null, undefined],
  ["false", undefined],
])("a lock of %j is %j", (locked, expected) => {
  expect(podRowIn({ ...row, locked }, atMs)?.pod.isLocked).toBe(expected);
});

it.each([
  ["null", null],
  ["a number", 5],
  ["a list", [row]],
  ["a row without an id", { ...row, id: undefined }],
  ["an id that is a number", { ...row, id: 5 }],
  ["an id with a line end", { ...row, id: "a\nb" }],
  ["a cluster without an id", { ...row, cluster: {} }],
  ["a cluster that is no object", { ...row, cluster: true }],
  ["a cluster whose id could not be shown", { ...row, cluster: { id: "a\u202eb" } }],
])("%s is no row", (_sentence, found) => {
  expect(podRowIn(found, atMs)).toBeUndefined();
});

it.each([
  ["none", undefined, undefined],
  ["null, which is none", null, undefined],
  ["one", { id: "c1", rank: null }, "c1"],
])("a row's cluster: %s", (_sentence, cluster, expected) => {
  expect(podRowIn({ ...row, cluster }, atMs)).toMatchObject({ id: "p1", clusterId: expected });
});

describe("of what a pod is started with", () => {
  const stamp = "abcdefg2@laptop-7.home_x";
  const others = { HF_TOKEN: "secret-of-the-pod", RUNPODBOSS_OTHER: "secret-of-the-pod" };

  it("the stamp of this program is read, and nothing else kept", () => {
    const found = podRowIn({ ...row, env: { ...others, RUNPODBOSS: stamp } }, atMs);

    expect(found?.pod.stamp).toBe(stamp);
    expect(JSON.stringify(found)).not.toMatch(/secret-of-the-pod|HF_TOKEN/);
  });

  it.each<[string, unknown]>([
    ["no stamp", others],
    ["a stamp without a host", { RUNPODBOSS: "abcdefg2@" }],
    ["a stamp with an id of other letters", { RUNPODBOSS: "ABCDEFG1@laptop" }],
    ["a stamp with a longer id", { RUNPODBOSS: "abcdefg22@laptop" }],
    ["a stamp with more than a host", { RUNPODBOSS: "abcdefg2@laptop secret" }],
    ["a stamp with a line behind it", { RUNPODBOSS: "abcdefg2@laptop\n" }],
    ["a stamp with a host that is too long", { RUNPODBOSS: `abcdefg2@${"x".repeat(65)}` }],
    ["a stamp that is no text", { RUNPODBOSS: [stamp] }],
    ["null in place of it", null],
    ["a list in place of it", [`RUNPODBOSS=${stamp}`]],
    ["nothing", undefined],
  ])("there is none where it has %s", (_what, env) => {
    expect(podRowIn({ ...row, env }, atMs)?.pod).not.toHaveProperty("stamp");
  });

  it.each([
    [stamp, stamp, stamp],
    [stamp, "abcdefg3@laptop", undefined],
    [stamp, undefined, undefined],
  ])("rows of one pod that say %s and %s say %s", (one, other, expected) => {
    const pods = [one, other].flatMap(
      (each) => podRowIn({ ...row, env: { RUNPODBOSS: each } }, atMs)?.pod ?? [],
    );

    expect(onePodAnId(pods)[0]?.stamp).toBe(expected);
  });
});

describe("the load", () => {
  const unknown = { cpuPercent: undefined, gpuPercents: undefined };

  it.each<[string, object, object]>([
    ["of a pod that runs without telling is unknown", { runtime: null }, unknown],
    ["without its parts is unknown", { runtime: {} }, unknown],
    ["with null parts is unknown", { runtime: { gpus: null, cpu: null } }, unknown],
    [
      "of GPUs is unknown when some are missing",
      { runtime: { gpus: [{ util: 5 }] } },
      { gpuPercents: undefined },
    ],
    [
      "of a GPU that does not tell is unknown",
      { runtime: { gpus: [{ util: 5 }, {}] } },
      { gpuPercents: [5, undefined] },
    ],
    [
      "over 100 % is unknown",
      { runtime: { gpus: [{ util: 101 }, { util: -1 }] } },
      { gpuPercents: [undefined, undefined] },
    ],
    [
      "of GPUs whose number is not told is unknown",
      { gpu: { id: "x" } },
      { gpuPercents: undefined },
    ],
    ["of half a GPU is unknown", { gpu: { count: 1.5 } }, { gpuPercents: undefined }],
    [
      "of a pod that tells neither GPU nor CPU is unknown",
      { gpu: undefined, runtime: { gpus: [] } },
      { gpuPercents: undefined },
    ],
    [
      "of a pod without a GPU has none",
      { gpu: undefined, cpu: { id: "cpu3c" } },
      { gpuPercents: [90, 10] },
    ],
    [
      "of a pod without a GPU, and none told of, has none",
      { gpu: undefined, cpu: { id: "cpu3c" }, runtime: null },
      { gpuPercents: [] },
    ],
  ])("%s", (_sentence, change, expected) => {
    expect(podRowIn({ ...row, ...change }, atMs)?.sample).toMatchObject(expected);
  });

  it.each<[string, object, object]>([
    ["is its start", {}, { bootedAtMs: atMs - 3_600_000, lastStartedAtMs: atMs - 3_600_000 }],
    ["of 0 is unknown", { runtime: { uptime: 0 } }, { bootedAtMs: undefined }],
    ["is unknown without a runtime", { runtime: null }, { bootedAtMs: undefined }],
    ["and a null start is unknown", { startedAt: null }, { lastStartedAtMs: undefined }],
    [
      "and a start without a zone",
      { startedAt: "2026-11-20T11:00:00" },
      { lastStartedAtMs: undefined },
    ],
    [
      "and a start in the year 1",
      { startedAt: "0001-01-01T00:00:00Z" },
      { lastStartedAtMs: undefined },
    ],
  ])("the uptime %s", (_sentence, change, expected) => {
    expect(podRowIn({ ...row, ...change }, atMs)?.sample).toMatchObject(expected);
  });
});

it("whatever a row holds, it is read without an error", () => {
  const keys = fc.constantFrom(...Object.keys(row), "util", "uptime", "gpus", "count", "network");
  fc.assert(
    fc.property(fc.object({ key: keys, maxDepth: 4 }), (found) => {
      expect(() => podRowIn({ ...row, ...found }, atMs)).not.toThrow();
    }),
  );
});

it.each([
  ["as it is told", { persistent: { size: 40 } }, 40],
  ["none where it is no number", { persistent: { size: "40" } }, undefined],
  ["none where there is no volume of its own", { network: [] }, undefined],
  ["none where mounts are not told of", undefined, undefined],
])("the size of a pod's own disk is %s", (_sentence, mounts, expected) => {
  expect(podRowIn({ ...row, mounts }, atMs)?.pod.diskGb).toBe(expected);
});
