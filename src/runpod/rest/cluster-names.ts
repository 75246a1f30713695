import { idIn } from "#runpod/pod-rows.ts";
import { isJson } from "#runpod/readings.ts";
import { addressOf } from "./address.ts";
import type { Ask } from "./ask.ts";

/** A cluster can be given another name, and what protects it goes by that. */
const readAgainMs = 600_000;
const tryAgainMs = 60_000;
/** Far more than an account has. */
const mostClusters = 10_000;

/** The names of clusters, which their members do not tell. Never throws. */
export type ClusterNames = (
  ids: readonly string[],
  signal: AbortSignal,
) => Promise<ReadonlyMap<string, string>>;

/** Asks for them only when one is needed that is not known, or was read long ago. */
export function createClusterNames(base: string, ask: Ask, nowMs: () => number): ClusterNames {
  let names: ReadonlyMap<string, string> = new Map();
  let readAtMs = -Infinity;
  let triedAtMs = -Infinity;

  function hasPassed(ms: number, sinceMs: number): boolean {
    const agoMs = nowMs() - sinceMs;
    return agoMs < 0 || agoMs >= ms;
  }

  return async (ids, signal) => {
    const isOld = hasPassed(readAgainMs, readAtMs);
    if (isOld) names = new Map();
    const isMissing = ids.some((id) => !names.has(id));
    const url = addressOf(base, "/clusters");
    if (!isMissing || url === undefined || !hasPassed(tryAgainMs, triedAtMs)) return names;
    triedAtMs = nowMs();
    const answered = await ask(url, { signal });
    if (answered.kind === "refused") return names;
    names = namesIn(answered.body["clusters"]);
    readAtMs = nowMs();
    return names;
  };
}

function namesIn(found: unknown): ReadonlyMap<string, string> {
  if (!Array.isArray(found)) return new Map();
  const entries = found.slice(0, mostClusters).flatMap((each: unknown) => {
    const id = isJson(each) ? idIn(each["id"]) : undefined;
    const name = isJson(each) ? each["name"] : undefined;
    return id === undefined || typeof name !== "string" ? [] : [[id, name] as const];
  });
  return new Map(entries);
}
