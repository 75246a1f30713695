import type { Seen } from "#guard/model/account.ts";
import { balanceFault, type Json } from "#runpod/readings.ts";
import { addressOf } from "./address.ts";
import type { Ask, Refused } from "./ask.ts";
import type { Discovery } from "./discovery.ts";
import { isForbidden, withScope } from "./scopes.ts";

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

  async function at(path: string, signal: AbortSignal): Promise<Balance | Refused | Elsewhere> {
    const url = addressOf(base, path);
    if (url === undefined) return "no such route";
    const answered = await ask(url, { signal });
    if (answered.kind === "refused") {
      return answered.refusal === "route" ? "no such route" : withScope(answered, "billing:read");
    }
    if (!Object.hasOwn(answered.body, "balanceAmount")) return "no balance";
    workingPath = path;
    return balanceIn(answered.body);
  }

  return async (signal: AbortSignal): Promise<Balance | Refused> => {
    if (workingPath !== undefined) {
      const found = await at(workingPath, signal);
      if (typeof found !== "string") return found;
      workingPath = undefined;
      discovery.doubt();
    }
    const { paths, because } = await discovery.pathsOf("balanceAmount", signal);
    const candidates = new Set([
      ...paths,
      ...(balancePath === undefined ? [] : [balancePath]),
      likelyPath,
    ]);
    let isAnyRoute = false;
    let forbidden: Refused | undefined;
    for (const path of candidates) {
      const found = await at(path, signal);
      // What this key may not read need not be the path that is meant.
      if (typeof found !== "string" && found.kind === "refused" && isForbidden(found)) {
        forbidden ??= found;
      } else if (typeof found !== "string") return found;
      isAnyRoute ||= found === "no balance";
    }
    if (forbidden !== undefined) return forbidden;
    discovery.doubt();
    const why = paths.length === 0 ? because : "openapi.json names a path without one";
    const words = `no balance at ${[...candidates].join(", ")} (${why})`;
    return isAnyRoute ? bad(words) : { ...bad(words), refusal: "route" };
  };
}

/** Why it is looked for at the next path. */
type Elsewhere = "no such route" | "no balance";

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
