import type { Seen } from "#guard/model/account.ts";
import { balanceFault, type Json } from "#runpod/readings.ts";
import { addressOf } from "./address.ts";
import type { Ask, Refused } from "./ask.ts";
import type { Discovery } from "./discovery.ts";
import { withScope } from "./scopes.ts";

export interface Balance {
  readonly kind: "balance";
  readonly balanceUsd: number;
  readonly billingMode: Seen["billingMode"];
}

export interface BalanceOptions {
  readonly base: string;
  /** Where it is by the config, if RunPod does not say. */
  readonly balancePath: string | undefined;
  readonly ask: Ask;
  readonly discovery: Discovery;
}

/** Nothing that RunPod publishes says so: it fits the names of its neighbours. */
const likelyPath = "/billing/balance";

/** Asks for the balance where RunPod's document says it is, else where the config does, else where it is likely. */
export function createBalanceReader({ base, balancePath, ask, discovery }: BalanceOptions) {
  let workingPath: string | undefined;

  async function at(path: string, signal: AbortSignal): Promise<Balance | Refused | "nowhere"> {
    const url = addressOf(base, path);
    if (url === undefined) return "nowhere";
    const answered = await ask(url, { signal });
    if (answered.kind === "refused") {
      return answered.status === 404 || answered.status === 405
        ? "nowhere"
        : withScope(answered, "billing:read");
    }
    if (!Object.hasOwn(answered.body, "balanceAmount")) return "nowhere";
    workingPath = path;
    return balanceIn(answered.body);
  }

  return async (signal: AbortSignal): Promise<Balance | Refused> => {
    if (workingPath !== undefined) {
      const found = await at(workingPath, signal);
      if (found !== "nowhere") return found;
      workingPath = undefined;
      discovery.doubt();
    }
    const { paths, because } = await discovery.pathsOf("balanceAmount", signal);
    const candidates = new Set([
      ...paths,
      ...(balancePath === undefined ? [] : [balancePath]),
      likelyPath,
    ]);
    for (const path of candidates) {
      const found = await at(path, signal);
      if (found !== "nowhere") return found;
    }
    discovery.doubt();
    const why = paths.length === 0 ? because : "openapi.json names a path without one";
    return nowhere(`no balance at ${[...candidates].join(", ")}; ${why}`);
  };
}

function balanceIn({ balanceAmount, billingMode }: Json): Balance | Refused {
  if (typeof balanceAmount !== "number" || !Number.isFinite(balanceAmount)) {
    return bad(balanceFault(balanceAmount));
  }
  const isKnown = billingMode === "PREPAID" || billingMode === "POSTPAID";
  return {
    kind: "balance",
    balanceUsd: balanceAmount,
    billingMode: isKnown ? billingMode : undefined,
  };
}

function nowhere(because: string): Refused {
  return { ...bad(because), refusal: "route" };
}

function bad(because: string): Refused {
  return {
    kind: "refused",
    because,
    cause: "bad-answer",
    status: 200,
    isRunPods: true,
    retryAfterMs: undefined,
    refusal: undefined,
  };
}
