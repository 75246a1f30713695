import * as z from "zod";

/** What a pod is made of and both estimate and start are told: what it says decides which guards hold it. */
export const podParts = {
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,47}$/)
    .max(48)
    .optional()
    .describe("What the pod is for; a lease id is added to it."),
  disk_gb: z
    .number()
    .int()
    .min(1)
    .max(100_000)
    .optional()
    .describe("Its container disk, which is LOST when it stops: 20, unless you say."),
  region: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,40}$/)
    .max(40)
    .optional()
    .describe("RunPod's id of a data centre."),
};

/** A number as it would be typed, without an exponent. */
export function typed<Value extends number | undefined>(
  value: Value,
): Value extends number ? string : string | undefined {
  const text = value === undefined ? undefined : Number(value.toFixed(6)).toString();
  return text as Value extends number ? string : string | undefined;
}
