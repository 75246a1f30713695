import { idIn } from "#runpod/pod-rows.ts";
import { isJson } from "#runpod/readings.ts";
import { addressOf } from "./address.ts";
import type { Answered, Ask } from "./ask.ts";
import { withScope } from "./scopes.ts";

/** A cluster can be given another name, and what protects it goes by that. */
const readAgainMs = 60_000;
/** Where no newer ones can be read. */
const longestKeptMs = 3_600_000;
/** Far more than an account has. */
const mostClusters = 10_000;

interface NamesRead {
  readonly names: ReadonlyMap<string, string>;
  /** Why the last try did not read them; undefined when it did. */
  readonly because: string | undefined;
}

/** The names of clusters, which their members do not tell. Never throws. */
export type ClusterNames = (ids: readonly string[], signal: AbortSignal) => Promise<NamesRead>;

/** Asks for them once a minute, and at once for a cluster that was not there before. Those read before are kept where that fails, but not for long. */
export function createClusterNames(base: string, ask: Ask, nowMs: () => number): ClusterNames {
  let names: ReadonlyMap<string, string> = new Map();
  let readAtMs = -Infinity;
  let triedAtMs = -Infinity;
  let triedFor: ReadonlySet<string> = new Set();
  let because: string | undefined;

  function hasPassed(ms: number, sinceMs: number): boolean {
    const agoMs = nowMs() - sinceMs;
    return agoMs < 0 || agoMs >= ms;
  }

  return async (ids, signal) => {
    const isNew = ids.some((id) => !triedFor.has(id));
    const url = addressOf(base, "/clusters");
    if (url !== undefined && (isNew || hasPassed(readAgainMs, triedAtMs))) {
      triedFor = new Set([...triedFor, ...ids].slice(-mostClusters));
      triedAtMs = nowMs();
      const answered = await ask(url, { signal });
      const found = answered.kind === "told" ? namesIn(answered.body["clusters"]) : undefined;
      if (found !== undefined) {
        names = found;
        readAtMs = nowMs();
      }
      because = whyUnread(answered, found);
    }
    if (hasPassed(longestKeptMs, readAtMs)) names = new Map();
    return { names, because };
  };
}

function whyUnread(answered: Answered, found: unknown): string | undefined {
  if (answered.kind === "refused") return withScope(answered, "a scope to read clusters").because;
  return found === undefined ? "the answer has no list of clusters" : undefined;
}

function namesIn(found: unknown): ReadonlyMap<string, string> | undefined {
  if (!Array.isArray(found)) return undefined;
  const entries = found.slice(0, mostClusters).flatMap((each: unknown) => {
    const id = isJson(each) ? idIn(each["id"]) : undefined;
    const name = isJson(each) ? each["name"] : undefined;
    return id === undefined || typeof name !== "string" ? [] : [[id, name] as const];
  });
  return new Map(entries);
}
