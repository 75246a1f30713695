import type {
  CpuPrice,
  GpuPrice,
  Holdings,
  Part,
  Prices,
  ServerlessEndpoint,
  Workers,
} from "#guard/model/holdings.ts";
import { type AuditRow, hoursInDay, pages } from "./row.ts";

/** The endpoints whose workers bill, or may: the least number always does, and so does any that is up. */
export function endpointRows(holdings: Holdings, prices: Prices): readonly AuditRow[] {
  if (holdings.endpoints.kind === "unread") return [];
  return holdings.endpoints.value.rows.flatMap((endpoint) => {
    const billing = billingWorkers(endpoint);
    if (billing === 0) return [];
    const perHrUsd = workerPerHrUsd(endpoint, prices);
    const isKnown = billing !== undefined && perHrUsd !== undefined;
    return {
      what: "serverless endpoint",
      id: endpoint.id,
      name: endpoint.name,
      perDayUsd: isKnown ? billing * perHrUsd * hoursInDay : undefined,
      priceFrom: "list",
      ...loadOf(endpoint),
      because: because(endpoint, perHrUsd),
      endWith: pages.serverless,
    };
  });
}

/** Undefined: how many bill is not known. */
function billingWorkers({ workersMin, workers }: ServerlessEndpoint): number | undefined {
  if (workers.kind === "unread") return workersMin === 0 ? undefined : workersMin;
  const up = upOf(workers.value);
  if (workersMin === undefined) return up > 0 ? up : undefined;
  const most = Math.max(workersMin, up);
  return most === 0 && workers.value.other > 0 ? undefined : most;
}

function upOf({ running, idle, starting }: Workers): number {
  return running + idle + starting;
}

function loadOf({ workers }: ServerlessEndpoint): Pick<AuditRow, "load"> {
  if (workers.kind === "unread") return { load: "unknown" };
  const { running, idle } = workers.value;
  if (running > 0) return { load: "busy" };
  return { load: idle > 0 ? "idle" : "unknown" };
}

function because(endpoint: ServerlessEndpoint, perHrUsd: number | undefined): string {
  const { workersMin, workers } = endpoint;
  const min = `minimum ${workersMin ?? "unknown"}`;
  const price = perHrUsd === undefined ? "; no list price for them" : "";
  if (workers.kind === "unread") {
    return `${workersWords(workersMin)}, ${min}; what they do is unknown (${workers.because})${price}`;
  }
  const { running, idle, starting, other } = workers.value;
  const kinds = [
    [running, "busy"],
    [idle, "IDLE"],
    [starting, "starting"],
    [other, "waiting or unwell"],
  ] as const;
  const now = kinds.flatMap(([count, word]) => (count === 0 ? [] : [`${count} ${word}`]));
  const count = Math.max(workersMin ?? 0, upOf(workers.value));
  return `${workersWords(count)}, ${min}; now ${now.join(", ") || "none up"}${price}`;
}

function workersWords(count: number | undefined): string {
  if (count === undefined) return "an unknown number of workers";
  return count === 1 ? "1 worker" : `${count} workers`;
}

/**
 * What one worker costs by the catalogue. It may be placed on any that is named: the highest counts, and
 * what is not in the catalogue makes it unknown.
 */
function workerPerHrUsd(endpoint: ServerlessEndpoint, prices: Prices): number | undefined {
  const { pools, gpuCount, cpus } = endpoint;
  if (pools.length > 0) {
    const each = highest(pools.map((pool) => poolPrice(pool, prices.gpus)));
    return each === undefined || !gpuCount ? undefined : each * gpuCount;
  }
  return highest(
    cpus.map(({ id, vcpuCount }) => {
      const price = cpuPrice(id, prices.cpus);
      return price === undefined || !vcpuCount ? undefined : price * vcpuCount;
    }),
  );
}

function poolPrice(pool: string, gpus: Part<readonly GpuPrice[]>): number | undefined {
  if (gpus.kind === "unread") return undefined;
  const known = gpus.value.flatMap((gpu) =>
    gpu.pool === pool && gpu.serverlessPerHrUsd !== undefined ? [gpu.serverlessPerHrUsd] : [],
  );
  return highest(known);
}

function cpuPrice(id: string, cpus: Part<readonly CpuPrice[]>): number | undefined {
  if (cpus.kind === "unread") return undefined;
  return cpus.value.find((cpu) => cpu.id === id)?.serverlessPerHrUsd;
}

function highest(values: readonly (number | undefined)[]): number | undefined {
  if (values.length === 0) return undefined;
  const known = values.filter((value) => value !== undefined);
  return known.length < values.length ? undefined : Math.max(...known);
}
