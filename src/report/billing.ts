import type { Seen } from "#guard/model/account.ts";

/** Only where it is not as people expect. */
export function billingLines(mode: Seen["billingMode"] | undefined): readonly string[] {
  return mode === "POSTPAID"
    ? ["billing: afterwards (POSTPAID): RunPod does not stop pods when the balance is low"]
    : [];
}
