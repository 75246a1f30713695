import { describe, expect, it } from "vitest";
import type { Measured, Pod, PodSample, Seen } from "#guard/model/account.ts";
import { mayShowIdle } from "#guard/pods/rules/load.ts";
import { loadDifference } from "#runpod/auto/compare-loads.ts";

const atMs = 7_200_000;
const hour = 3_600_000;

const pod: Pod = {
  id: "t1",
  name: "qlora",
  rawName: "qlora",
  status: "running",
  word: "RUNNING",
  costPerHrUsd: 1,
  hasNetworkVolume: false,
  isLocked: false,
};

const graphql: PodSample = {
  podId: "t1",
  bootedAtMs: hour,
  lastStartedAtMs: hour,
  takenAtMs: atMs,
  cpuPercent: 40,
  gpuPercents: [90, 0],
  gpuType: undefined,
  region: undefined,
};
/** What a single answer of REST tells: no time. */
const rest: PodSample = { ...graphql, takenAtMs: undefined };

function lookOf(pods: Seen["pods"]): Seen {
  return { kind: "seen", atMs, balanceUsd: 9, burnPerHrUsd: 1, pods, unreadablePods: 0 };
}

function measured(...samples: readonly PodSample[]): Measured {
  return { kind: "measured", atMs, samples };
}

const named = ["REST v2 gives no load by which these could count as idle: qlora (t1)"];

describe("a rehearsal of the loads", () => {
  it.each<[string, PodSample, PodSample, readonly string[]]>([
    ["works on a first answer, which has no time yet", rest, graphql, []],
    ["works on loads that are known to be of now", { ...rest, takenAtMs: atMs }, graphql, []],
    [
      "fails on loads that are known to be old",
      { ...rest, takenAtMs: atMs - hour },
      graphql,
      named,
    ],
    [
      "fails without an uptime, by which their age is found",
      { ...rest, bootedAtMs: undefined },
      graphql,
      named,
    ],
    [
      "fails on an uptime that has stood still",
      { ...rest, bootedAtMs: hour + 600_000 },
      graphql,
      named,
    ],
    [
      "works where GraphQL tells no uptime to compare with",
      rest,
      { ...graphql, bootedAtMs: undefined },
      [],
    ],
    ["fails without the load of a GPU", { ...rest, gpuPercents: [90, undefined] }, graphql, named],
    ["fails without the GPUs", { ...rest, gpuPercents: undefined }, graphql, named],
    ["fails without the processor", { ...rest, cpuPercent: undefined }, graphql, named],
    [
      "says nothing where GraphQL cannot find idle either",
      { ...rest, cpuPercent: undefined },
      { ...graphql, takenAtMs: undefined },
      [],
    ],
  ])("%s", (_sentence, own, other, expected) => {
    const found = loadDifference(
      lookOf([pod]),
      { rest: measured(own), graphql: measured(other) },
      mayShowIdle,
    );

    expect(found).toEqual(expected);
  });

  it("says why REST gave none", () => {
    const unmeasured: Measured = { kind: "unmeasured", atMs, because: "HTTP 500" };

    const found = loadDifference(
      lookOf([pod]),
      { rest: unmeasured, graphql: measured(graphql) },
      mayShowIdle,
    );

    expect(found).toEqual([
      "REST v2 gives no load by which these could count as idle (HTTP 500): qlora (t1)",
    ]);
  });

  it.each<[string, Seen["pods"], Measured]>([
    ["the pods are unknown", "unknown", measured(graphql)],
    ["GraphQL gave no loads", [pod], { kind: "unmeasured", atMs, because: "HTTP 500" }],
    ["the pod has stopped", [{ ...pod, status: "stopped" }], measured(graphql)],
    ["GraphQL does not know the pod", [pod], measured({ ...graphql, podId: "other" })],
  ])("says nothing where %s", (_sentence, pods, other) => {
    expect(loadDifference(lookOf(pods), { rest: measured(), graphql: other }, mayShowIdle)).toEqual(
      [],
    );
  });
});
