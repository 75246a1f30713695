import type { List, NetworkVolume, Part } from "#guard/model/holdings.ts";
import { idIn } from "#runpod/pod-rows.ts";
import { isJson, nameIn, numberIn } from "#runpod/readings.ts";
import { listIn } from "./list.ts";
import type { Reader } from "./reader.ts";

const mostGb = 10_000_000;

export async function readVolumes(
  reader: Reader,
  signal: AbortSignal,
): Promise<Part<List<NetworkVolume>>> {
  const read = await reader.get("/network-volumes", "a scope to read network volumes", signal);
  return listIn(read, "networkVolumes", volumeIn);
}

function volumeIn(found: unknown): NetworkVolume | undefined {
  if (!isJson(found)) return undefined;
  const id = idIn(found["id"]);
  if (id === undefined) return undefined;
  const { name } = nameIn(found["name"]);
  return { id, name, sizeGb: numberIn(found["size"], 0, mostGb), tier: tierIn(found["type"]) };
}

/** A tier that is not known has no known price. */
function tierIn(word: unknown): NetworkVolume["tier"] {
  switch (word) {
    case "STANDARD":
      return "standard";
    case "HIGH_PERFORMANCE":
      return "high-performance";
    default:
      return undefined;
  }
}
