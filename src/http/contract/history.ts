import * as z from "zod";
import { iso } from "./time.ts";

/** A record of the history, as `runpodboss history --json` has it. */
export const event = z.object({
  id: z.string(),
  at: iso,
  type: z.string(),
  reason: z.string().nullable(),
  because: z.string(),
  pod_id: z.string().nullable(),
  pod_name: z.string().nullable(),
  uptime_minutes: z.number().nullable(),
  cost_usd: z.number().nullable(),
});

export const historyAnswer = z.object({
  events: z.array(event).describe("The newest first, at most 500."),
  is_cut: z.boolean().describe("There are older ones in the time asked for."),
  next_before: z
    .string()
    .nullable()
    .describe(
      "The before that gives them: the older ones, from the next on. null: there are none.",
    ),
  unreadable: z.number(),
});

export type HistoryAnswer = z.infer<typeof historyAnswer>;
export type EventAnswer = z.infer<typeof event>;
