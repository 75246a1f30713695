import * as z from "zod";
import { maybe, objectOf } from "./schemas.ts";

// Which of RunPod's interfaces decides, and what is left of a change-over.

const api = z.enum(["graphql", "rest"]);

export const source = z
  .looseObject({
    api,
    because: z.string().optional(),
    isConfigured: z.boolean().optional(),
    sinceMs: z.number(),
  })
  .optional();

export const unseenBy = z
  .looseObject({ sinceMs: z.number(), polls: z.number(), countedAtMs: maybe })
  .optional();

export const shown = z.looseObject({
  api,
  atMs: z.number(),
  balanceUsd: z.number(),
  burnPerHrUsd: maybe,
  listedAtMs: maybe,
});

const awaited = z.looseObject({ name: z.string(), costPerHrUsd: maybe, sinceMs: maybe });
const disputed = z.looseObject({ name: z.string(), seenAtMs: z.number(), toldAtMs: maybe });

export const crossing = z
  .looseObject({
    from: api,
    before: shown.optional(),
    rise: z
      .looseObject({
        polls: z.number(),
        sinceMs: maybe,
        atMs: z.number(),
        balanceUsd: z.number(),
        burnPerHrUsd: maybe,
      })
      .optional(),
    listedAtMs: maybe,
    listed: z.array(z.string()).optional(),
    awaited: objectOf<z.output<typeof awaited>>((each) => awaited.safeParse(each).success, "pods"),
    disputed: objectOf<z.output<typeof disputed>>(
      (each) => disputed.safeParse(each).success,
      "pods",
    ),
  })
  .optional();

export const rehearsal = z
  .looseObject({
    atMs: z.number(),
    because: z.string().optional(),
    failures: z.number(),
    reason: z.string().optional(),
    alike: maybe,
    isTold: z.boolean().optional(),
    toldOf: z.string().optional(),
    toldAtMs: maybe,
  })
  .optional();
