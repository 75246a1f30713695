import { describe, expect, it } from "vitest";
import { clusterRow, clusterSample } from "#runpod/rest/cluster-row.ts";
import { type PodRow, podRowIn } from "#runpod/rest/pod-row.ts";

const atMs = Date.parse("2026-11-20T12:00:00Z");

function member(id: string, more: object = {}): PodRow {
  const row = podRowIn(
    {
      id,
      name: `node-${id}`,
      status: "RUNNING",
      mounts: {},
      gpu: { id: "H100", count: 1 },
      cost: 2,
      locked: false,
      cluster: { id: "c1", rank: 0 },
      runtime: { uptime: 60, gpus: [{ util: 50, memoryUtil: 40 }], cpu: { util: 10 } },
      startedAt: "2026-11-20T11:00:00Z",
      ...more,
    },
    atMs,
  );
  if (row === undefined) throw new Error("this row cannot be read");
  return row;
}

it("one row stands for the whole cluster", () => {
  const row = clusterRow("c1", "big", [member("a"), member("b", { cost: 3 })]);

  const shared = { status: "running", word: "RUNNING" };
  expect(row).toEqual({
    ...shared,
    id: "c1",
    name: "big",
    rawName: "big",
    otherNames: ["a", "node-a", "b", "node-b"],
    costPerHrUsd: 5,
    hasNetworkVolume: false,
    isLocked: false,
    cluster: {
      members: [
        { ...shared, id: "a", name: "node-a", costPerHrUsd: 2 },
        { ...shared, id: "b", name: "node-b", costPerHrUsd: 3 },
      ],
    },
  });
});

describe("its state is that of its members", () => {
  it.each([
    ["all run", ["RUNNING", "RUNNING"], "running", "RUNNING", 4],
    ["one runs", ["EXITED", "RUNNING"], "running", "1 EXITED, 1 RUNNING", 2],
    ["one is about to", ["EXITED", "STARTING"], "pending", "1 EXITED, 1 STARTING", 2],
    ["of one nothing is known", ["EXITED", "LIMBO"], "unknown", "1 EXITED, 1 LIMBO", undefined],
    [
      "one runs, of one nothing is known",
      ["RUNNING", "LIMBO"],
      "running",
      "1 RUNNING, 1 LIMBO",
      undefined,
    ],
    ["all have stopped", ["EXITED", "EXITED"], "stopped", "EXITED", undefined],
    ["all are gone", ["TERMINATED", "TERMINATED"], "gone", "TERMINATED", undefined],
  ])("%s", (_sentence, words, status, word, costPerHrUsd) => {
    const members = words.map((each, n) => member(`m${n}`, { status: each }));

    expect(clusterRow("c1", "big", members)).toMatchObject({ status, word, costPerHrUsd });
  });

  it("a word that is missing leaves none for the whole", () => {
    const row = clusterRow("c1", "big", [member("a"), member("b", { status: null })]);

    expect(row).toMatchObject({ status: "running", word: undefined, costPerHrUsd: undefined });
  });
});

describe("what protects it is known, or it is unknown", () => {
  it.each<[string, string | undefined, object, string | undefined]>([
    ["its name and those of its members", "big", {}, "big"],
    ["without its name it may be any", undefined, {}, undefined],
    ["without the name of a member too", "big", { name: null }, undefined],
  ])("%s", (_sentence, name, change, rawName) => {
    expect(clusterRow("c1", name, [member("a"), member("b", change)]).rawName).toBe(rawName);
  });

  it.each([
    ["one member is locked", true, undefined, true],
    ["of one it is not known", false, undefined, undefined],
    ["none is", false, false, false],
  ])("%s", (_sentence, one, other, expected) => {
    const members = [member("a", { locked: one }), member("b", { locked: other })];

    expect(clusterRow("c1", "big", members).isLocked).toBe(expected);
  });

  it.each([
    ["all have a volume", true, true],
    ["one has none: its data is lost", false, false],
    ["of one it is not known", undefined, undefined],
  ])("%s", (_sentence, other, expected) => {
    const volume = { network: [{ volumeId: "v" }] };
    const mounts = other === undefined ? null : other ? volume : {};
    const members = [member("a", { mounts: volume }), member("b", { mounts })];

    expect(clusterRow("c1", "big", members).hasNetworkVolume).toBe(expected);
  });
});

describe("its load", () => {
  it("is that of all members together", () => {
    const late = { uptime: 30, gpus: [{ util: 90, memoryUtil: 80 }], cpu: { util: 70 } };

    const sample = clusterSample("c1", [
      member("a"),
      member("b", { runtime: late, startedAt: "2026-11-20T11:30:00Z" }),
    ]);

    expect(sample).toMatchObject({
      podId: "c1",
      bootedAtMs: atMs - 60_000,
      lastStartedAtMs: atMs - 3_600_000,
      cpuPercent: 70,
      gpuPercents: [50, 90],
      gpuMemoryPercents: [40, 80],
      gpuType: "H100",
    });
  });

  it("is unknown as soon as that of one member is", () => {
    const sample = clusterSample("c1", [member("a"), member("b", { runtime: null })]);

    expect(sample).toMatchObject({ cpuPercent: undefined, gpuPercents: undefined });
  });

  it("leaves out members that have ended", () => {
    const ended = member("b", { status: "EXITED", runtime: null });

    expect(clusterSample("c1", [member("a"), ended])).toMatchObject({
      cpuPercent: 10,
      gpuPercents: [50],
    });
  });

  it("is unknown where no member is left", () => {
    const ended = member("a", { status: "EXITED" });

    expect(clusterSample("c1", [ended])).toMatchObject({
      cpuPercent: undefined,
      gpuPercents: undefined,
      bootedAtMs: undefined,
    });
  });
});
