import * as z from "zod";
import { eventNames, severities } from "#guard/model/effect.ts";
import { agentGuardNames, podGuardNames, reminds } from "#guard/model/policy.ts";
import { recordTypes } from "#guard/model/run.ts";

/*
 * Objects are loose: a key that a newer version has put into one stays in it, and is written back
 * with it.
 */
export const maybe = z.number().optional();
/** What a date can be: the history writes these as such. */
const time = z.number().min(-8.64e15).max(8.64e15);

export function readFlag(found: unknown): boolean | undefined {
  // The Python tool may have written numbers.
  if (found === true || found === 1) return true;
  return found === false || found === 0 ? false : undefined;
}

export function readTime(found: unknown): number | undefined {
  return typeof found === "number" && Number.isFinite(found) ? found : undefined;
}

const owed = {
  id: z.string(),
  because: z.string(),
  tries: z.int().nonnegative(),
  notBeforeMs: z.number(),
};

/** In dollars an hour. */
const burnBefore = {
  costPerHrUsd: maybe,
  burnPerHrUsd: maybe,
  unexplainedPerHrUsd: maybe,
};

/** An end is owed whatever of this can be read. */
const endBurnBefore = z.looseObject(burnBefore).optional().catch(undefined);

const line = { belowUsd: maybe, belowHours: maybe };

const next = z.looseObject({ what: z.string(), atMs: maybe });

const remedy = z.looseObject({ words: z.string(), command: z.string().optional() });

const guard = z.enum(podGuardNames);
const action = z.enum(["stop", "terminate"]);

export const effect = z.discriminatedUnion("kind", [
  z.looseObject({
    ...owed,
    kind: z.literal("notify"),
    event: z.enum(eventNames),
    name: z.string(),
    threshold: z.string().optional(),
    atMs: maybe,
    topic: z.string().optional(),
    podIds: z.array(z.string()).optional(),
    failedBecause: z.string().optional(),
    channel: z.string().optional(),
    // It is owed whatever of these can be read.
    severity: z.enum(severities).optional().catch(undefined),
    incident: z.string().optional().catch(undefined),
    isResolution: z.boolean().optional().catch(undefined),
    toldBy: z.array(z.string()).optional().catch(undefined),
    knownWays: z.array(z.string()).optional().catch(undefined),
    next: z.array(next).optional().catch(undefined),
    remedy: remedy.optional().catch(undefined),
    burnPerHrUsd: maybe.catch(undefined),
    balanceUsd: maybe,
    ...line,
  }),
  z.looseObject({
    ...owed,
    kind: z.literal("call-agent"),
    threshold: z.string(),
    ...line,
    balanceUsd: z.number(),
  }),
  z.looseObject({
    ...owed,
    kind: z.literal("call-budget-agent"),
    budget: z.string(),
    periodMs: z.number(),
  }),
  z.looseObject({
    ...owed,
    kind: z.literal("end-stopped"),
    reason: z.string(),
    podId: z.string(),
    podName: z.string(),
    stoppedSinceMs: z.number(),
  }),
  z.looseObject({
    ...owed,
    kind: z.literal("end-pod"),
    threshold: z.string(),
    ...line,
    podId: z.string(),
    action,
    burnBefore: endBurnBefore,
  }),
  z.looseObject({
    ...owed,
    kind: z.literal("call-pod-agent"),
    guard: z.enum(agentGuardNames),
    reason: z.string(),
    podId: z.string(),
    podName: z.string(),
  }),
  z.looseObject({
    ...owed,
    kind: z.literal("end-run"),
    guard,
    reason: z.string(),
    podId: z.string(),
    podName: z.string(),
    memberIds: z.array(z.string()).optional(),
    action,
    putOffUntilMs: maybe,
    burnBefore: endBurnBefore,
  }),
]);

const effectKinds: readonly unknown[] = effect.options.flatMap((option) => [
  ...option.shape.kind.values,
]);

/** An effect that another version of this program knows: of a kind, event or guard that we do not. */
export function isForeignEffect(row: unknown): boolean {
  return (
    isUnknownWord(row, "kind", effectKinds) ||
    isUnknownWord(row, "event", eventNames) ||
    isUnknownWord(row, "guard", podGuardNames)
  );
}

export function isForeignRecord(row: unknown): boolean {
  return isUnknownWord(row, "type", recordTypes);
}

function isUnknownWord(row: unknown, key: string, known: readonly unknown[]): boolean {
  if (typeof row !== "object" || row === null || !Object.hasOwn(row, key)) return false;
  const word: unknown = Reflect.get(row, key);
  return typeof word === "string" && !known.includes(word);
}

/** Not z.record: it drops an own `__proto__`, and refuses the names of guards that we do not know. */
export function objectOf<Value>(isOne: (each: unknown) => boolean, what: string) {
  return z
    .custom<Readonly<Record<string, Value>>>(
      (found) =>
        typeof found === "object" &&
        found !== null &&
        !Array.isArray(found) &&
        Object.values(found).every(isOne),
      `must be an object of ${what}`,
    )
    .transform((found) => Object.fromEntries(Object.entries(found)));
}

const times = objectOf<number>((each) => readTime(each) !== undefined, "numbers");
const words = objectOf<string>((each) => typeof each === "string", "words");

export const run = z.looseObject({
  podId: z.string(),
  name: z.string(),
  isCluster: z.boolean().optional(),
  costPerHrUsd: maybe,
  gpuType: z.string().optional(),
  region: z.string().optional(),
  firstSeenAtMs: z.number(),
  namedAtMs: maybe,
  startedAtMs: z.number(),
  startFrom: z.enum(["uptime", "last-started", "begun", "first-seen"]),
  isSaved: z.boolean().optional(),
  disputedMs: maybe,
  lastStartedAtMs: maybe,
  notRunningAtMs: maybe,
  isStarting: z.boolean().optional(),
  runsSinceMs: maybe,
  stoppedAtMs: maybe,
  unsureSinceMs: maybe,
  isRecorded: z.boolean().optional(),
  idleMs: z.number().nonnegative(),
  idleAtMs: maybe,
  idleSeenAtMs: maybe,
  lostIdleMs: maybe,
  notIdleAtMs: maybe,
  probeFault: z.string().optional(),
  takenAtMs: maybe,
  loadKnownAtMs: maybe,
  counters: times.optional(),
  lease: z.looseObject({ endsAtMs: z.number(), givenAtMs: z.number(), saidAtMs: maybe }).optional(),
  touchedAtMs: maybe,
  warnedAtMs: times,
  warnedOfMs: times.optional(),
  warnedActions: words.optional(),
  warnedNames: words.optional(),
  actedAtMs: times,
});

export const record = z.looseObject({
  id: z.string(),
  atMs: time,
  type: z.enum(recordTypes),
  reason: z.string().nullable(),
  run: z
    .looseObject({
      podId: z.string(),
      podName: z.string(),
      gpuType: z.string().optional(),
      region: z.string().optional(),
      uptimeMs: maybe,
      costUsd: maybe,
      costPerHrUsd: maybe,
      capAtMs: time.optional(),
    })
    .optional(),
  because: z.string(),
  channel: z.string().optional(),
  balanceUsd: maybe,
  belowUsd: maybe,
  endsAtMs: time.optional(),
  ranAtMs: time.optional(),
  notBeforeMs: time.optional(),
});

export const openIncident = z.looseObject({
  incident: z.string(),
  way: z.string(),
  atMs: z.number(),
});

export const lostNotice = z.looseObject({
  atMs: z.number(),
  message: z.string(),
  channel: z.string().optional(),
  because: z.string(),
});

export const unconfirmed = z.looseObject({
  ...burnBefore,
  podId: z.string(),
  name: z.string(),
  isCluster: z.boolean().optional(),
  endedAtMs: z.number(),
  toldAtMs: maybe,
});

const kept = z.looseObject({
  name: z.string(),
  rule: z.string(),
  renamedTo: z.string().optional(),
});

export function readKept(found: unknown): z.output<typeof kept> | undefined {
  return kept.safeParse(found).data;
}

export const unseen = z
  .looseObject({
    sinceMs: z.number(),
    triedSinceMs: maybe,
    toldAtMs: maybe,
    lastBalanceUsd: maybe,
    lastBurnPerHrUsd: maybe,
  })
  .optional();

const repeats = {
  remind: z.enum(reminds).optional(),
  tellsResolved: z.boolean().optional(),
};

const podGuard = {
  ...repeats,
  pods: z.array(z.string()),
  clusters: z.array(z.string()).optional(),
  action: z.enum(["notify", "agent", "stop", "terminate"]),
};

function isZone(name: string): boolean {
  try {
    Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const inForce = z
  .object({
    pid: z.number(),
    sinceMs: z.number(),
    configPath: z.string().optional(),
    timeZone: z.string().refine(isZone).optional().catch(undefined),
    marks: z.record(z.string(), z.string()),
    policy: z.object({
      thresholds: z.array(
        z.object({
          name: z.string(),
          ...line,
          ...repeats,
          answers: z.array(z.enum(["notify", "call-agent"])),
          backstop: z.object({ action, afterMs: z.number() }).optional(),
        }),
      ),
      protect: z.array(z.string()),
      budgets: z
        .array(
          z.object({
            ...repeats,
            name: z.string(),
            limitUsd: z.number(),
            per: z.enum(["day", "week", "month"]),
            pods: z.array(z.string()).optional(),
            action: z.enum(["notify", "agent", "stop"]),
            freezes: z.boolean(),
          }),
        )
        .optional(),
      tripsOnEstimate: z.boolean().optional(),
      podGuards: z.object({
        hardTimeout: z.object({ ...podGuard, afterMs: z.number() }).optional(),
        lease: z.object({ ...podGuard, defaultMs: maybe, maxMs: z.number() }).optional(),
        idle: z
          .object({
            ...podGuard,
            afterMs: z.number(),
            gpuPercent: z.number(),
            cpuPercent: z.number(),
            gpuMemoryPercent: z.number(),
            bootGraceMs: z.number(),
            hasProbes: z.boolean(),
          })
          .optional(),
        stopped: z
          .object({
            ...repeats,
            afterMs: z.number(),
            action: z.enum(["notify", "terminate"]),
            losesData: z.boolean(),
            pods: z.array(z.string()),
          })
          .optional(),
        schedules: z
          .array(
            z.object({
              name: z.string(),
              action: z.enum(["notify", "stop"]),
              pods: z.array(z.string()),
            }),
          )
          .optional(),
        foreign: z.enum(["notify", "ignore"]).optional(),
        warnMs: z.number(),
        maxEndsPerHour: z.number(),
        gapMs: z.number(),
      }),
    }),
  })
  .optional();

export const audited = z.looseObject({ atMs: z.number(), words: z.string().optional() }).optional();

const trouble = z.looseObject({ sinceMs: z.number(), because: z.string() });

export function readTrouble(found: unknown): z.output<typeof trouble> | undefined {
  return trouble.safeParse(found).data;
}
