import * as z from "zod";
import { type Summary, summary } from "./contract.ts";

const summedUp = z.object({ kind: z.literal("summed-up"), summary });
const marks = z.object({ secrets: z.string().optional(), orders: z.string().optional() });

/** Undefined: it is none, or one of another version. */
export function summaryIn(answered: unknown): Summary | undefined {
  return summedUp.safeParse(answered).data?.summary;
}

/** By what those that it was given can be told from others. */
export function marksIn(answered: unknown): z.infer<typeof marks> {
  return marks.safeParse(answered).data ?? {};
}
