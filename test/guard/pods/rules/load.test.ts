import { describe, expect, it } from "vitest";
import type { PodSample } from "#guard/model/account.ts";
import { loadOf, mayShowIdle } from "#guard/pods/rules/load.ts";
import { at, idleGuard, sampleAt } from "../../samples.ts";

describe("a load", () => {
  it.each<[sentence: string, sample: Partial<PodSample>, load: string]>([
    ["below both lines is idle", { cpuPercent: 9.99, gpuPercents: [4.99] }, "idle"],
    ["of the GPU exactly at the line is busy", { gpuPercents: [5] }, "busy"],
    ["of the CPU exactly at the line is busy", { cpuPercent: 10 }, "busy"],
    ["of one GPU of many is busy", { gpuPercents: [0, 0, 100, 0] }, "busy"],
    ["of a known GPU is busy beside unknown ones", { gpuPercents: [undefined, 100] }, "busy"],
    ["of a known GPU is busy without a CPU", { gpuPercents: [100], cpuPercent: undefined }, "busy"],
    ["of the CPU is busy without any GPU's", { gpuPercents: undefined, cpuPercent: 80 }, "busy"],
    ["of a GPU's memory above its line is busy", { gpuMemoryPercents: [10.1] }, "busy"],
    ["of a GPU's memory exactly at the line is idle", { gpuMemoryPercents: [10] }, "idle"],
    [
      "of one GPU's memory of many is busy",
      { gpuPercents: [0, 0], gpuMemoryPercents: [0, 90] },
      "busy",
    ],
    [
      "of a GPU's memory is busy beside an unknown GPU",
      { gpuPercents: undefined, gpuMemoryPercents: [90] },
      "busy",
    ],
    ["with a GPU's memory unknown is unknown", { gpuMemoryPercents: [undefined] }, "unknown"],
    ["with no GPU's memory told is unknown", { gpuMemoryPercents: undefined }, "unknown"],
    [
      "with one GPU's memory untold is unknown",
      { gpuPercents: [0, 0], gpuMemoryPercents: [0] },
      "unknown",
    ],
    ["with one GPU unknown is unknown", { gpuPercents: [0, undefined] }, "unknown"],
    ["with fewer GPUs than the pod has is unknown", { gpuPercents: undefined }, "unknown"],
    ["without the CPU is unknown", { cpuPercent: undefined }, "unknown"],
    [
      "of a pod without GPUs is idle by its CPU alone",
      { gpuPercents: [], gpuMemoryPercents: undefined },
      "idle",
    ],
    ["of a pod without GPUs is busy by its CPU alone", { gpuPercents: [], cpuPercent: 10 }, "busy"],
    ["taken at no known time is unknown", { takenAtMs: undefined }, "unknown"],
    ["taken five minutes ago still counts", { takenAtMs: at(-5) }, "idle"],
    ["taken longer ago is unknown", { takenAtMs: at(-5) - 1 }, "unknown"],
    [
      "of now is busy beside a time that stands still",
      { takenAtMs: at(-600), cpuPercent: 99 },
      "busy",
    ],
    ["of a GPU of now is busy beside it", { takenAtMs: at(-600), gpuPercents: [0, 99] }, "busy"],
    [
      "of a GPU's memory of now is busy beside it",
      { takenAtMs: at(-600), gpuMemoryPercents: [50] },
      "busy",
    ],
    ["of now is busy without any time", { takenAtMs: undefined, cpuPercent: 99 }, "busy"],
    [
      "of the CPU that is as old as its time is unknown",
      { takenAtMs: at(-6), cpuPercent: 99, isCpuTimed: true },
      "unknown",
    ],
    [
      "of the GPUs that is as old as its time is unknown",
      { takenAtMs: at(-6), gpuPercents: [99], areGpusTimed: true },
      "unknown",
    ],
    ["of numbers as old as a fresh time is busy", { cpuPercent: 99, isCpuTimed: true }, "busy"],
    ["taken five minutes ahead of our clock counts", { takenAtMs: at(5) }, "idle"],
    ["taken further ahead is unknown", { takenAtMs: at(5) + 1 }, "unknown"],
  ])("%s", (_sentence, sample, load) => {
    expect(loadOf(sampleAt(0, sample), idleGuard, at(0))).toBe(load);
  });

  it("of a pod that was not measured is unknown", () => {
    expect(loadOf(undefined, idleGuard, at(0))).toBe("unknown");
  });
});

it("the memory of GPUs does not matter where all of it may be in use", () => {
  const sample = sampleAt(0, { gpuMemoryPercents: [99] });
  const unknown = sampleAt(0, { gpuMemoryPercents: undefined });
  const guard = { ...idleGuard, gpuMemoryPercent: 100 };

  expect([sample, unknown].map((each) => loadOf(each, guard, at(0)))).toEqual(["idle", "idle"]);
});

it.each<[string, Partial<PodSample>, boolean]>([
  ["every load is told, however high", { cpuPercent: 400, gpuPercents: [100] }, true],
  ["nothing is known of the memory", { gpuMemoryPercents: undefined }, true],
  ["a GPU is not told of", { gpuPercents: [0, undefined] }, false],
  ["the processor is not told of", { cpuPercent: undefined }, false],
  ["it is not known when", { takenAtMs: undefined }, false],
])("whether a pod could ever be found idle where %s", (_sentence, sample, expected) => {
  expect(mayShowIdle(sampleAt(0, sample), at(0))).toBe(expected);
});
