import * as z from "zod";
import type { DueRun } from "#guard/model/schedules.ts";
import { maybe, objectOf } from "./schemas.ts";

export const accounted = z
  .looseObject({
    atMs: z.number(),
    balanceUsd: z.number(),
    burnPerHrUsd: maybe,
    dueUsd: z.number(),
    dueFromMs: z.number(),
    fellAtMs: z.number(),
    restUsd: maybe,
    risenUsd: maybe,
    presumedUsd: maybe,
    isAtLeast: z.boolean().optional(),
    doubted: z.looseObject({ atMs: z.number(), usd: z.number() }).optional(),
    toppedUp: z.looseObject({ atMs: z.number(), usd: z.number() }).optional(),
    gap: z.looseObject({ fromMs: z.number(), toMs: z.number(), fellUsd: z.number() }).optional(),
  })
  .optional();

const periods = z.array(
  z.looseObject({
    fromMs: z.number(),
    toMs: z.number(),
    sinceMs: z.number(),
    spentUsd: z.number(),
    estimatedUsd: maybe,
    toppedUpUsd: maybe,
    isAtLeast: z.boolean().optional(),
    nearAtMs: maybe,
    trippedAtMs: maybe,
    unfrozenAtMs: maybe,
    overAtMs: maybe,
    of: z
      .looseObject({
        per: z.enum(["day", "week", "month"]),
        pods: z.array(z.string()).optional(),
      })
      .optional(),
    isKeptTold: z.boolean().optional(),
  }),
);

export function readPeriods(found: unknown): z.output<typeof periods> | undefined {
  return periods.safeParse(found).data;
}

const spans = z.array(
  z.looseObject({
    podId: z.string(),
    beforeMs: maybe,
    fromMs: z.number(),
    toMs: z.number(),
  }),
);

export function readSpans(found: unknown): z.output<typeof spans> | undefined {
  return spans.safeParse(found).data;
}

const stoppedPod = z.looseObject({
  podId: z.string(),
  name: z.string(),
  sinceMs: z.number(),
  watchedSinceMs: maybe,
  unsureSinceMs: maybe,
  warnedAtMs: maybe,
  toldAtMs: maybe,
});

export function readStoppedPod(found: unknown): z.output<typeof stoppedPod> | undefined {
  return stoppedPod.safeParse(found).data;
}

const reminded = z.looseObject({
  firstAtMs: z.number(),
  lastAtMs: z.number(),
  times: z.number(),
  onItAtMs: maybe,
});

export function readReminded(found: unknown): z.output<typeof reminded> | undefined {
  return reminded.safeParse(found).data;
}

const hoursCrossed = z.looseObject({
  aboveMs: maybe,
  aboveAtMs: maybe,
  isOver: z.boolean().optional(),
  belowSinceMs: maybe,
});

export function readHoursCrossed(found: unknown): z.output<typeof hoursCrossed> | undefined {
  return hoursCrossed.safeParse(found).data;
}

const balancePoint = z.looseObject({
  atMs: z.number(),
  sinceMs: z.number(),
  balanceUsd: z.number(),
  podsUsd: maybe,
  lastPodsUsd: maybe,
});

const dueRun = z.looseObject({ run: z.string(), ofMs: z.number() });

const scheduled = z.looseObject({
  rule: z.string(),
  sinceMs: z.number(),
  dealtMs: z.array(z.number()),
  openMs: maybe,
  openedAtMs: maybe,
  isUnknownTold: z.boolean().optional(),
  due: objectOf<DueRun>((each) => dueRun.safeParse(each).success, "runs"),
});

export function readScheduled(found: unknown): z.output<typeof scheduled> | undefined {
  return scheduled.safeParse(found).data;
}
export const falls = z
  .looseObject({
    sinceMs: z.number(),
    atMs: z.number(),
    balanceUsd: z.number(),
    points: z.array(balancePoint),
    podsUsd: maybe,
    rates: z.array(z.looseObject({ untilMs: z.number(), perHrUsd: maybe })),
  })
  .optional();
