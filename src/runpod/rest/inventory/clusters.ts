import type { HeldCluster, List, Part } from "#guard/model/holdings.ts";
import { idIn } from "#runpod/pod-rows.ts";
import { isJson, nameIn, numberIn } from "#runpod/readings.ts";
import { listIn } from "./list.ts";
import type { Reader } from "./reader.ts";

const mostPods = 20_000;
const mostGpus = 256;

export async function readClusters(
  reader: Reader,
  signal: AbortSignal,
): Promise<Part<List<HeldCluster>>> {
  const read = await reader.get("/clusters", "a scope to read clusters", signal);
  return listIn(read, "clusters", clusterIn);
}

function clusterIn(found: unknown): HeldCluster | undefined {
  if (!isJson(found)) return undefined;
  const id = idIn(found["id"]);
  if (id === undefined) return undefined;
  const { compute } = found;
  const { podCount, gpuTypeId, gpuCountPerPod } = isJson(compute) ? compute : {};
  return {
    id,
    name: nameIn(found["name"]).name,
    podCount: numberIn(podCount, 0, mostPods),
    gpuTypeId: idIn(gpuTypeId),
    gpusPerPod: numberIn(gpuCountPerPod, 0, mostGpus),
  };
}
