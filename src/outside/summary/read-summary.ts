import * as z from "zod";
import { type Summary, summary } from "./contract.ts";

const summedUp = z.object({ kind: z.literal("summed-up"), summary });

/** Undefined: it is none, or one of another version. */
export function summaryIn(answered: unknown): Summary | undefined {
  return summedUp.safeParse(answered).data?.summary;
}
