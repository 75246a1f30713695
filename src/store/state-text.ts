import * as z from "zod";
import { eventNames } from "#guard/model/effect.ts";
import { podGuardNames } from "#guard/model/policy.ts";
import { recordTypes } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";

/** Not z.record: it drops an own `__proto__`, and threshold names are the user's to choose. */
function namesTo<Value>(read: (found: unknown) => Value | undefined) {
  return z
    .custom<Readonly<Record<string, unknown>>>(
      (found) =>
        typeof found === "object" &&
        found !== null &&
        !Array.isArray(found) &&
        Object.values(found).every((value) => read(value) !== undefined),
      "must be an object with the right values",
    )
    .transform((found) =>
      Object.fromEntries(
        Object.entries(found).flatMap(([name, value]) => {
          const kept = read(value);
          return kept === undefined ? [] : [[name, kept] as const];
        }),
      ),
    );
}

const fired = namesTo((found) => {
  if (found === true || found === 1) return true;
  return found === false || found === 0 ? false : undefined;
});
const times = namesTo((found) =>
  typeof found === "number" && Number.isFinite(found) ? found : undefined,
);

const owed = {
  id: z.string(),
  because: z.string(),
  tries: z.int().nonnegative(),
  notBeforeMs: z.number(),
};
const maybe = z.number().optional();

const guard = z.enum(podGuardNames);
const action = z.enum(["stop", "terminate"]);

const effect = z.discriminatedUnion("kind", [
  z.strictObject({
    ...owed,
    kind: z.literal("notify"),
    event: z.enum(eventNames),
    name: z.string(),
    balanceUsd: maybe,
    belowUsd: maybe,
  }),
  z.strictObject({
    ...owed,
    kind: z.literal("call-agent"),
    threshold: z.string(),
    belowUsd: z.number(),
    balanceUsd: z.number(),
  }),
  z.strictObject({
    ...owed,
    kind: z.literal("end-pod"),
    threshold: z.string(),
    belowUsd: z.number(),
    podId: z.string(),
    action,
  }),
  z.strictObject({
    ...owed,
    kind: z.literal("call-pod-agent"),
    guard,
    reason: z.string(),
    podId: z.string(),
    podName: z.string(),
  }),
  z.strictObject({
    ...owed,
    kind: z.literal("end-run"),
    guard,
    reason: z.string(),
    podId: z.string(),
    podName: z.string(),
    action,
  }),
]);

const byGuard = z.partialRecord(guard, z.number());

const run = z.strictObject({
  podId: z.string(),
  name: z.string(),
  costPerHrUsd: maybe,
  gpuType: z.string().optional(),
  region: z.string().optional(),
  firstSeenAtMs: z.number(),
  startedAtMs: z.number(),
  startFrom: z.enum(["uptime", "last-started", "begun", "first-seen"]),
  lastStartedAtMs: maybe,
  unsureSinceMs: maybe,
  isRecorded: z.boolean().optional(),
  idleMs: z.number().nonnegative(),
  idleAtMs: maybe,
  takenAtMs: maybe,
  loadKnownAtMs: maybe,
  counters: times.optional(),
  lease: z.strictObject({ endsAtMs: z.number(), givenAtMs: z.number() }).optional(),
  touchedAtMs: maybe,
  warnedAtMs: byGuard,
  actedAtMs: byGuard,
});

const record = z.strictObject({
  id: z.string(),
  atMs: z.number(),
  type: z.enum(recordTypes),
  reason: z.string().nullable(),
  run: z
    .strictObject({
      podId: z.string(),
      podName: z.string(),
      gpuType: z.string().optional(),
      region: z.string().optional(),
      uptimeMs: maybe,
      costUsd: maybe,
      costPerHrUsd: maybe,
      capAtMs: maybe,
    })
    .optional(),
  because: z.string(),
  balanceUsd: maybe,
  belowUsd: maybe,
  endsAtMs: maybe,
  ranAtMs: maybe,
  notBeforeMs: maybe,
});

const unseen = z
  .strictObject({
    sinceMs: z.number(),
    toldAtMs: maybe,
    lastBalanceUsd: maybe,
    lastBurnPerHrUsd: maybe,
  })
  .optional();

/** Files of the Python tool hold only `fired`; keys that we do not know are left out. */
const file = z.object({
  fired,
  owed: z.array(effect).default([]),
  trippedAtMs: times.default({}),
  blind: unseen,
  podsBlind: unseen,
  saidAtMs: times.default({}),
  // A list: pod ids come from outside, and none of them is to be a key.
  runs: z
    .array(run)
    .default([])
    .transform((runs) => Object.fromEntries(runs.map((each) => [each.podId, each]))),
  lookedAtMs: maybe,
  podsSeenAtMs: maybe,
  unmeasured: unseen,
  guardEndsAtMs: z.array(z.number()).default([]),
  unrecorded: z.array(record).default([]),
  recordCount: z.number().default(0),
});

export type ReadState =
  | { readonly kind: "state"; readonly state: GuardState }
  | { readonly kind: "corrupt"; readonly because: string };

export function readState(text: string): ReadState {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own words quote the file.
    return { kind: "corrupt", because: text === "" ? "it is empty" : "it is not JSON" };
  }
  const parsed = file.safeParse(json);
  if (parsed.success) return { kind: "state", state: parsed.data };
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  return { kind: "corrupt", because: `it has a wrong shape: ${faults.slice(0, 3).join("; ")}` };
}

/** The text of a state file: the same state gives the same text. What was last seen or read is not kept. */
export function writeState(state: GuardState): string {
  const { fired: flags, trippedAtMs, saidAtMs, runs } = state;
  const kept = {
    ...state,
    lastSeen: undefined,
    leaseBook: undefined,
    runs: undefined,
    fired: byName(flags),
    trippedAtMs: byName(trippedAtMs),
    saidAtMs: byName(saidAtMs),
  };
  // One key and one run on each line, to be readable.
  const lines = Object.entries(kept)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${[...lines, `  "runs": ${runsText(runs)}`].join(",\n")}\n}\n`;
}

/** Most looks change no run, and there may be thousands. */
const writtenRuns = new WeakMap<GuardState["runs"], string>();

function runsText(runs: GuardState["runs"]): string {
  const written = writtenRuns.get(runs);
  if (written !== undefined) return written;
  const lines = Object.values(runs).map((each) => `    ${JSON.stringify(each)}`);
  const text = lines.length === 0 ? "[]" : `[\n${lines.join(",\n")}\n  ]`;
  writtenRuns.set(runs, text);
  return text;
}

function byName<Value>(values: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}
