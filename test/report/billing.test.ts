import { expect, it } from "vitest";
import { billingLines } from "#report/billing.ts";

it.each([
  [
    "POSTPAID",
    ["billing: afterwards (POSTPAID): RunPod does not stop pods when the balance is low"],
  ],
  ["PREPAID", []],
  [undefined, []],
] as const)("status and check say of an account that is %s", (mode, lines) => {
  expect(billingLines(mode)).toEqual(lines);
});
