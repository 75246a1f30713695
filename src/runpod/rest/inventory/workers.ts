import type { Part, Workers } from "#guard/model/holdings.ts";
import { isJson, numberIn } from "#runpod/readings.ts";
import { addressOfId } from "#runpod/rest/address.ts";
import { type Reader, unread } from "./reader.ts";

const most = 100_000;

/** How many workers of an endpoint there are now. */
export async function readWorkers(
  base: string,
  endpointId: string,
  reader: Reader,
  signal: AbortSignal,
): Promise<Part<Workers>> {
  const url = addressOfId(base, "serverless", endpointId, "/workers");
  if (url === undefined) return unread("its id cannot be asked for");
  const read = await reader.get(url, "a scope to read serverless endpoints", signal);
  if (read.kind === "unread") return read;
  const { summary } = read.value;
  if (!isJson(summary)) return unread("the answer does not count them");
  const [running, idle, starting, total] = ["running", "idle", "initializing", "total"].map((key) =>
    numberIn(summary[key], 0, most),
  );
  if (running === undefined || idle === undefined || starting === undefined) {
    return unread("the answer does not count them");
  }
  const other = Math.max(0, (total ?? 0) - running - idle - starting);
  return { kind: "read", value: { running, idle, starting, other } };
}
