import type { HeldPod, List, Part } from "#guard/model/holdings.ts";
import { isJson, numberIn } from "#runpod/readings.ts";
import { addressOf } from "#runpod/rest/address.ts";
import { readPages } from "#runpod/rest/pages.ts";
import { podRowIn } from "#runpod/rest/pod-row.ts";
import { idsIn } from "./ids.ts";
import { type Reader, unread } from "./reader.ts";

const mostGb = 10_000_000;

/** All pods with their disks, members of clusters too. Half a list is none. */
export async function readPods(
  base: string,
  reader: Reader,
  nowMs: number,
  signal: AbortSignal,
): Promise<Part<List<HeldPod>>> {
  const url = addressOf(base, "/pods");
  if (url === undefined) return unread("the address of REST is none");
  const pages = await readPages<HeldPod>({
    ask(cursor) {
      const page = new URL(url);
      page.searchParams.set("includeClusterPods", "true");
      if (cursor !== undefined) page.searchParams.set("cursor", cursor);
      return reader.ask(page, "a scope to read pods", signal);
    },
    read: (row) => podIn(row, nowMs),
    wasPaged: false,
  });
  if (pages.kind === "half") return unread(pages.because);
  const { rows, unreadable } = pages;
  return { kind: "read", value: { rows, unreadable } };
}

function podIn(found: unknown, nowMs: number): HeldPod | undefined {
  const row = podRowIn(found, nowMs);
  if (row === undefined || !isJson(found)) return undefined;
  const { id, name, status, word, costPerHrUsd, isLocked } = row.pod;
  const { clusterId } = row;
  return {
    id,
    name,
    status,
    word,
    costPerHrUsd,
    isLocked,
    clusterId,
    ...mountsIn(found["mounts"]),
  };
}

function mountsIn(mounts: unknown): Pick<HeldPod, "volumeDiskGb" | "networkVolumeIds"> {
  if (!isJson(mounts)) return { volumeDiskGb: undefined, networkVolumeIds: undefined };
  const { persistent, network } = mounts;
  const size = isJson(persistent) ? numberIn(persistent["size"], 0, mostGb) : undefined;
  return {
    volumeDiskGb: isNothing(persistent) ? 0 : size,
    networkVolumeIds: isNothing(network) ? [] : idsIn(network, "volumeId"),
  };
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}
