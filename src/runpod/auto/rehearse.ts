import { isRunning, type Look } from "#guard/model/account.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import type { Faces } from "#runpod/account.ts";
import { differences } from "./compare.ts";
import { loadDifference, type MayShowIdle } from "./compare-loads.ts";

/**
 * Asks REST v2 for all that it would have to show if GraphQL ended now, and compares. Undefined: GraphQL
 * itself did not see, so nothing is known. Each request has its own limits.
 */
export async function rehearse(
  { graphql, rest }: Faces,
  mayShowIdle: MayShowIdle,
  signal: AbortSignal,
): Promise<RehearsalOutcome | undefined> {
  const before = await graphql.look(signal);
  if (before.kind === "blind") return undefined;
  const beside = await rest.look(signal);
  const found = differences({ before, rest: beside, after: before });
  // What has changed between the two is no difference: only what a third poll still shows is.
  const isSure = found.length === 0 || beside.kind === "blind";
  const after = isSure ? before : await graphql.look(signal);
  if (after.kind === "blind") return undefined;
  const sure = isSure ? found : differences({ before, rest: beside, after });
  const all = [...sure, ...(await withoutLoads({ graphql, rest }, beside, mayShowIdle, signal))];
  if (signal.aborted) return undefined;
  return all.length === 0
    ? { kind: "worked" }
    : { kind: "failed", because: [...all, adviceFor(beside, sure.length > 0)].join("; ") };
}

/** Pods that have only now started have no load by either. */
async function withoutLoads(
  { graphql, rest }: Faces,
  look: Look,
  mayShowIdle: MayShowIdle,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (look.kind === "blind" || look.pods === "unknown" || !look.pods.some(isRunning)) return [];
  const measured = { rest: await rest.measure(signal), graphql: await graphql.measure(signal) };
  return loadDifference(look, measured, mayShowIdle);
}

function adviceFor(look: Look, isOther: boolean): string {
  if (look.kind === "blind" && look.cause === "key-refused") {
    return "make an API key with what this one lacks, in RunPod's console under Settings, API Keys";
  }
  return isOther ? "compare both with RunPod's console" : "see RunPod's console";
}
