import type { Pod, PodSample, PodStatus } from "#guard/model/account.ts";
import { nameIn } from "#runpod/readings.ts";
import type { PodRow } from "./pod-row.ts";

/** The one row that stands for a whole cluster. A name that is not known may be any name. */
export function clusterRow(id: string, name: string | undefined, rows: readonly PodRow[]): Pod {
  const pods = rows.map(({ pod }) => pod);
  const isEveryOneNamed = pods.every(({ rawName }) => rawName !== undefined);
  const named = nameIn(name);
  return {
    id,
    name: named.name,
    rawName: isEveryOneNamed ? named.rawName : undefined,
    otherNames: [...new Set(pods.flatMap(namesOf))],
    status: statusOf(pods.map(({ status }) => status)),
    word: wordOf(pods),
    costPerHrUsd: costOf(pods),
    hasNetworkVolume: everyIs(pods.map(({ hasNetworkVolume }) => hasNetworkVolume)),
    isLocked: someIs(pods.map(({ isLocked }) => isLocked)),
    cluster: {
      members: pods.map((pod) => ({
        id: pod.id,
        name: pod.name,
        status: pod.status,
        word: pod.word,
        costPerHrUsd: pod.costPerHrUsd,
      })),
    },
  };
}

/** The load of the members together, under the id of the cluster. */
export function clusterSample(podId: string, rows: readonly PodRow[]): PodSample {
  const samples = rows
    .filter(({ pod }) => pod.status !== "stopped" && pod.status !== "gone")
    .map(({ sample }) => sample);
  const gpuMemoryPercents = allTold(samples.map((each) => each.gpuMemoryPercents));
  return {
    podId,
    bootedAtMs: earliest(samples.map((each) => each.bootedAtMs)),
    lastStartedAtMs: earliest(samples.map((each) => each.lastStartedAtMs)),
    takenAtMs: lowest(samples.map((each) => each.takenAtMs)),
    cpuPercent: highest(samples.map((each) => each.cpuPercent)),
    gpuPercents: allTold(samples.map((each) => each.gpuPercents)),
    gpuMemoryPercents,
    gpuType: samples[0]?.gpuType,
    region: samples[0]?.region,
  };
}

/** One that runs makes the whole run; one of which nothing is known, that nothing is known of the whole. */
function statusOf(statuses: readonly PodStatus[]): PodStatus {
  const byWeight = ["running", "pending", "unknown", "stopped"] as const;
  return byWeight.find((status) => statuses.includes(status)) ?? "gone";
}

/** How many members say which word; undefined as soon as one says none. */
function wordOf(pods: readonly Pod[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { word } of pods) {
    if (word === undefined) return undefined;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  if (counts.size === 1) return [...counts.keys()][0];
  return [...counts].map(([word, count]) => `${count} ${word}`).join(", ");
}

/** What the members that run cost together; unknown as soon as that of one is, or whether it runs. */
function costOf(pods: readonly Pod[]): number | undefined {
  const paid = pods.filter(({ status }) => status !== "stopped" && status !== "gone");
  const sum = paid.reduce(
    (left, { status, costPerHrUsd = NaN }) => left + (status === "unknown" ? NaN : costPerHrUsd),
    0,
  );
  return sum > 0 ? sum : undefined;
}

/** A member may be meant by its id as well as by its name. */
function namesOf({ id, name, rawName, otherNames = [] }: Pod): readonly string[] {
  return rawName === undefined ? [id, ...otherNames] : [id, name, rawName, ...otherNames];
}

function everyIs(values: readonly (boolean | undefined)[]): boolean | undefined {
  return values.includes(undefined) ? undefined : values.every(Boolean);
}

function someIs(values: readonly (boolean | undefined)[]): boolean | undefined {
  if (values.includes(true)) return true;
  return values.includes(undefined) ? undefined : false;
}

function allTold<Value>(lists: readonly (readonly Value[] | undefined)[]): Value[] | undefined {
  const told = lists.filter((list) => list !== undefined);
  return told.length < lists.length || lists.length === 0 ? undefined : told.flat();
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined);
  return known.length === 0 ? undefined : Math.min(...known);
}

/** Unknown as soon as one is: what is known of the rest is not of the whole. */
function lowest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length || known.length === 0 ? undefined : Math.min(...known);
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length || known.length === 0 ? undefined : Math.max(...known);
}
