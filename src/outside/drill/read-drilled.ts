import * as z from "zod";
import type { Drilled } from "./drill.ts";

const step = z.object({ words: z.string(), isGood: z.boolean() });

const drilled = z.object({
  kind: z.literal("drilled"),
  rehearsal: z.array(step),
  runpod: step,
  channels: z.array(step.extend({ name: z.string() })),
});

/** Undefined: it is none, or one of another version. */
export function drilledIn(answered: unknown): Drilled | undefined {
  return drilled.safeParse(answered).data;
}
