import * as z from "zod";

/** Numbers are in US dollars. */
export const usd = z.number();
/** A moment in UTC. */
export const iso = z.string().meta({ format: "date-time" });

export const pod = z
  .string()
  .min(1)
  .max(256)
  .describe("The pod's whole id, or its exact name, as status has them. Prefer the id.");

export const warnings = z.array(z.string()).describe("What to tell the person you work for.");
