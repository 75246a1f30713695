import type { CpuPrice, GpuPrice, Part, Prices } from "#guard/model/holdings.ts";
import { idIn } from "#runpod/pod-rows.ts";
import { amountIn, isJson, type Json } from "#runpod/readings.ts";
import { listIn } from "./list.ts";
import type { Reader } from "./reader.ts";

const scope = "a scope to read the catalogue";

/** The catalogue's prices. A price of 0 is none: nothing is for free. */
export async function readPrices(reader: Reader, signal: AbortSignal): Promise<Prices> {
  const [gpus, cpus] = await Promise.all([
    reader.get("/catalog/gpus", scope, signal),
    reader.get("/catalog/cpus", scope, signal),
  ]);
  return {
    gpus: rowsOf(listIn(gpus, "gpus", gpuIn)),
    cpus: rowsOf(listIn(cpus, "cpus", cpuIn)),
  };
}

function rowsOf<Row>(list: Part<{ readonly rows: readonly Row[] }>): Part<readonly Row[]> {
  return list.kind === "unread" ? list : { kind: "read", value: list.value.rows };
}

function gpuIn(found: unknown): GpuPrice | undefined {
  const row = rowIn(found);
  return (
    row && {
      id: row.id,
      pool: idIn(row.found["pool"]),
      securePerHrUsd: priceIn(row.price["secure"]),
      communityPerHrUsd: priceIn(row.price["community"]),
      serverlessPerHrUsd: priceIn(row.price["serverless"]),
    }
  );
}

function cpuIn(found: unknown): CpuPrice | undefined {
  const row = rowIn(found);
  return (
    row && {
      id: row.id,
      securePerHrUsd: priceIn(row.price["securePerVcpu"]),
      serverlessPerHrUsd: priceIn(row.price["serverlessPerVcpu"]),
    }
  );
}

function rowIn(found: unknown): { id: string; found: Json; price: Json } | undefined {
  if (!isJson(found)) return undefined;
  const id = idIn(found["id"]);
  const { price } = found;
  return id === undefined ? undefined : { id, found, price: isJson(price) ? price : {} };
}

function priceIn(value: unknown): number | undefined {
  return amountIn(value) || undefined;
}
