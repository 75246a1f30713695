import type { List, Part, ServerlessEndpoint } from "#guard/model/holdings.ts";
import { idIn } from "#runpod/pod-rows.ts";
import { isJson, nameIn, numberIn } from "#runpod/readings.ts";
import { idsIn } from "./ids.ts";
import { listIn } from "./list.ts";
import { type Reader, unread } from "./reader.ts";
import { readWorkers } from "./workers.ts";

const mostWorkers = 100_000;
const mostCpus = 64;
/** Each takes a request of its own: of more, only the least number is known. */
const mostAsked = 40;

/** The endpoints, each with what its workers do now. */
export async function readEndpoints(
  base: string,
  reader: Reader,
  signal: AbortSignal,
): Promise<Part<List<ServerlessEndpoint>>> {
  const read = await reader.get("/serverless", "a scope to read serverless endpoints", signal);
  const list = listIn(read, "endpoints", endpointIn);
  if (list.kind === "unread") return list;
  const rows = await Promise.all(
    list.value.rows.map(async (row, n) => {
      if (n >= mostAsked) {
        return { ...row, workers: unread(`asked of the first ${mostAsked} endpoints only`) };
      }
      return { ...row, workers: await readWorkers(base, row.id, reader, signal) };
    }),
  );
  return { kind: "read", value: { ...list.value, rows } };
}

function endpointIn(found: unknown): Omit<ServerlessEndpoint, "workers"> | undefined {
  if (!isJson(found)) return undefined;
  const id = idIn(found["id"]);
  if (id === undefined) return undefined;
  const { gpu, cpu, workers, networkVolumes } = found;
  const gpus = isJson(gpu) ? gpu : {};
  return {
    id,
    name: nameIn(found["name"]).name,
    workersMin: isJson(workers) ? countIn(workers["min"]) : undefined,
    pools: idsIn(gpus["pools"]) ?? [],
    gpuCount: countIn(gpus["count"]),
    cpus: cpusIn(cpu),
    networkVolumeIds: idsIn(networkVolumes),
  };
}

function cpusIn(found: unknown): ServerlessEndpoint["cpus"] {
  if (!Array.isArray(found)) return [];
  return found.slice(0, mostCpus).flatMap((each: unknown) => {
    const id = isJson(each) ? idIn(each["id"]) : undefined;
    return id === undefined || !isJson(each) ? [] : [{ id, vcpuCount: countIn(each["vcpuCount"]) }];
  });
}

function countIn(value: unknown): number | undefined {
  const count = numberIn(value, 0, mostWorkers);
  return Number.isInteger(count) ? count : undefined;
}
