import { fixed, plain } from "#guard/text.ts";
import { hoursLeftWords, type Values } from "./render.ts";

/** By placeholder: the environment variable that holds the same, for programs that read their own words. */
const variableNames = {
  balance: "RUNPODBOSS_BALANCE_USD",
  below_usd: "RUNPODBOSS_BELOW_USD",
  below_hours: "RUNPODBOSS_BELOW_HOURS",
  burn: "RUNPODBOSS_BURN_PER_HR_USD",
  hours_left: "RUNPODBOSS_HOURS_LEFT",
  name: "RUNPODBOSS_NAME",
  pods_json: "RUNPODBOSS_PODS_JSON",
  message: "RUNPODBOSS_MESSAGE",
  message_json: "RUNPODBOSS_MESSAGE",
  pod_id: "RUNPODBOSS_POD_ID",
  pod_name: "RUNPODBOSS_POD_NAME",
  pod_name_json: "RUNPODBOSS_POD_NAME",
  reason: "RUNPODBOSS_REASON",
} as const satisfies Readonly<Record<string, string>>;

/** The variable for `{message}` or `{balance:.2f}`; undefined for what is no placeholder. */
export function variableFor(placeholder: string): string | undefined {
  const name = /^\{(\w+)/.exec(placeholder)?.[1] ?? "";
  return Object.entries(variableNames).find(([each]) => each === name)?.[1];
}

/** Every value that a placeholder can give. What there is none of is left out. */
export function variablesOf(values: Values): Readonly<Record<string, string>> {
  const {
    balanceUsd,
    belowUsd,
    belowHours,
    burnPerHrUsd,
    name,
    podsJson,
    message,
    podId,
    podName,
    reason,
  } = values;
  return {
    RUNPODBOSS_BALANCE_USD: balanceWords(balanceUsd),
    RUNPODBOSS_BELOW_USD: belowUsd === undefined ? "" : plain(belowUsd),
    RUNPODBOSS_BELOW_HOURS: belowHours === undefined ? "" : plain(belowHours),
    RUNPODBOSS_BURN_PER_HR_USD: balanceWords(burnPerHrUsd),
    RUNPODBOSS_HOURS_LEFT: hoursLeftWords(values),
    RUNPODBOSS_NAME: name,
    RUNPODBOSS_PODS_JSON: podsJson,
    ...(message !== undefined && { RUNPODBOSS_MESSAGE: message }),
    ...(podId !== undefined && { RUNPODBOSS_POD_ID: podId }),
    ...(podName !== undefined && { RUNPODBOSS_POD_NAME: podName }),
    ...(reason !== undefined && { RUNPODBOSS_REASON: reason }),
  };
}

/** A balance or a burn for programs: four decimals, or `unknown`. */
export function balanceWords(balanceUsd: number | undefined): string {
  return balanceUsd === undefined ? "unknown" : fixed(balanceUsd, 4);
}
