import type { Part } from "#guard/model/holdings.ts";
import { amountIn } from "#runpod/readings.ts";
import type { Discovery } from "#runpod/rest/discovery.ts";
import { type Reader, unread } from "./reader.ts";

/** The account's cap on what may burn, where RunPod's own document says that it is. */
export async function readSpendCap(
  reader: Reader,
  discovery: Discovery,
  signal: AbortSignal,
): Promise<Part<number>> {
  const { paths, because } = await discovery.pathsOf("spendRate", signal);
  const [path] = paths;
  if (path === undefined) return unread(because);
  const read = await reader.get(path, "account:read", signal);
  if (read.kind === "unread") return read;
  const value = amountIn(read.value["spendRate"]);
  return value === undefined ? unread("the answer has no spendRate") : { kind: "read", value };
}
