import { amountIn } from "#runpod/readings.ts";
import { addressOf } from "./address.ts";
import type { Ask } from "./ask.ts";
import type { Discovery } from "./discovery.ts";
import { withScope } from "./scopes.ts";

/**
 * What may burn an hour before RunPod refuses to start more: a cap, and never what burns now. Or why it
 * is not known.
 */
export type AccountLimits =
  | { readonly kind: "limits"; readonly spendCapPerHrUsd: number }
  | { readonly kind: "unknown"; readonly because: string };

export function createLimitsReader(base: string, ask: Ask, discovery: Discovery) {
  return async (signal: AbortSignal): Promise<AccountLimits> => {
    const { paths, because } = await discovery.pathsOf("spendRate", signal);
    const [url] = paths.flatMap((path) => addressOf(base, path) ?? []);
    if (url === undefined) return unknown(because);
    const answered = await ask(url, { signal });
    if (answered.kind === "refused") return unknown(withScope(answered, "account:read").because);
    const spendCapPerHrUsd = amountIn(answered.body["spendRate"]);
    return spendCapPerHrUsd === undefined
      ? unknown("the answer has no spendRate")
      : { kind: "limits", spendCapPerHrUsd };
  };
}

function unknown(because: string): AccountLimits {
  return { kind: "unknown", because };
}
