import { fixed, plain } from "#guard/text.ts";
import type { Values } from "./render.ts";

/** Every value that a placeholder can give. What there is none of is left out. */
export function variablesOf(values: Values): Readonly<Record<string, string>> {
  const { balanceUsd, belowUsd, name, podsJson, message, podId, podName, reason } = values;
  return {
    RUNPODBOSS_BALANCE_USD: balanceWords(balanceUsd),
    RUNPODBOSS_BELOW_USD: belowUsd === undefined ? "" : plain(belowUsd),
    RUNPODBOSS_NAME: name,
    RUNPODBOSS_PODS_JSON: podsJson,
    ...(message !== undefined && { RUNPODBOSS_MESSAGE: message }),
    ...(podId !== undefined && { RUNPODBOSS_POD_ID: podId }),
    ...(podName !== undefined && { RUNPODBOSS_POD_NAME: podName }),
    ...(reason !== undefined && { RUNPODBOSS_REASON: reason }),
  };
}

/** A balance for programs: four decimals, or `unknown`. */
export function balanceWords(balanceUsd: number | undefined): string {
  return balanceUsd === undefined ? "unknown" : fixed(balanceUsd, 4);
}
