import * as z from "zod";
import { iso } from "./time.ts";

export const actions = ["extend", "touch", "stop", "terminate"] as const;

export type Action = (typeof actions)[number];

/** Something that a person asked for with a button or over the API, and how far it is. */
export const operation = z.object({
  id: z.string(),
  pod_id: z.string(),
  pod_name: z.string(),
  action: z.enum(actions),
  asked_at: iso,
  state: z
    .enum(["running", "done", "refused", "unproven", "interrupted"])
    .describe("unproven: no poll has shown the end; it may still run and cost money."),
  steps: z.array(z.object({ at: iso, words: z.string() })).describe("The proof as it comes."),
  words: z.string().nullable().describe("How it ended; null while it runs."),
});

export const extendAsked = z.strictObject({
  hours: z
    .number()
    .min(1 / 60)
    .max(8_760)
    .describe("From one minute to a year."),
  run: z.string().optional().describe("The pod's `run` that is meant: refused if it is another."),
});

export const endAsked = z.strictObject({ run: z.string().optional() });

export type OperationAnswer = z.infer<typeof operation>;
