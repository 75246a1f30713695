import * as z from "zod";
import { iso } from "./time.ts";

export const balanceAnswer = z.object({
  from: iso,
  to: iso,
  points: z
    .array(z.tuple([z.number().describe("Seconds since the epoch."), z.number().nullable()]))
    .describe("The balance in dollars, oldest first; null is a gap in which nobody looked."),
  since: iso.nullable().describe("The oldest that is known; null: none is."),
  thresholds: z.array(z.object({ name: z.string(), below_usd: z.number() })),
  forecast: z
    .array(z.tuple([z.number(), z.number()]))
    .describe("At the present burn, from now to where it meets the last threshold or $0."),
});

export type BalanceAnswer = z.infer<typeof balanceAnswer>;
