import { isRunning, type Look, type Seen } from "#guard/model/account.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import type { Faces } from "#runpod/account.ts";
import { differences } from "./compare.ts";
import { whyNoEnd } from "./rehearse-end.ts";
import { loadDifference, type MayShowIdle } from "./compare-loads.ts";

export interface RehearseOptions {
  readonly mayShowIdle: MayShowIdle;
  /** Nothing but questions is sent. */
  readonly isDry: boolean;
}

/**
 * Asks REST v2 for all that it would have to show if GraphQL ended now, and compares. Undefined: GraphQL
 * itself did not see, so nothing is known. Each request has its own limits.
 */
export async function rehearse(
  { graphql, rest }: Faces,
  { mayShowIdle, isDry }: RehearseOptions,
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
  const loads = await withoutLoads({ graphql, rest }, beside, mayShowIdle, signal);
  const noEnd = isDry || !isKeyKnown(beside) ? undefined : await whyNoEnd(rest, before, signal);
  if (signal.aborted) return undefined;
  const all = [...sure, ...loads, ...(noEnd === undefined ? [] : [noEnd])];
  const billing = modeOf(beside);
  if (all.length === 0) return { kind: "worked", ...billing };
  const isKey = noEnd !== undefined || isKeyRefused(beside);
  const reason = isKey ? "key" : reasonOf(beside, sure);
  return { kind: "failed", because: [...all, advice[reason]].join("; "), reason, ...billing };
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

/** Where REST was not reached, asking it for more only takes time. */
function isKeyKnown(look: Look): boolean {
  return look.kind === "seen" || isKeyRefused(look);
}

function isKeyRefused(look: Look): boolean {
  return look.kind === "blind" && look.cause === "key-refused";
}

function modeOf(look: Look): Pick<Seen, "billingMode"> {
  return look.kind === "blind" || look.billingMode === undefined
    ? {}
    : { billingMode: look.billingMode };
}

type Reason = "key" | "blind" | "no list" | "differs" | "no load";

function reasonOf(look: Look, different: readonly string[]): Reason {
  if (look.kind === "blind") return "blind";
  if (look.pods === "unknown") return "no list";
  return different.length > 0 ? "differs" : "no load";
}

const advice: Readonly<Record<Reason, string>> = {
  key: "make an API key with what this one lacks, in RunPod's console under Settings, API Keys",
  blind: "https://uptime.runpod.io shows RunPod's state",
  "no list":
    "if this names a scope, make an API key that has it; else https://uptime.runpod.io shows RunPod's state",
  differs: "compare both with RunPod's console",
  "no load": "see RunPod's console",
};
