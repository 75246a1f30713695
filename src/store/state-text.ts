import * as z from "zod";
import { eventNames, type GuardState } from "../guard/model.ts";

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
    action: z.enum(["stop", "terminate"]),
  }),
]);

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

/** The text of a state file: the same state gives the same text. What was last seen is not kept. */
export function writeState(state: GuardState): string {
  const { fired: flags, trippedAtMs, saidAtMs } = state;
  const kept = {
    ...state,
    lastSeen: undefined,
    fired: byName(flags),
    trippedAtMs: byName(trippedAtMs),
    saidAtMs: byName(saidAtMs),
  };
  return `${JSON.stringify(kept, null, 2)}\n`;
}

function byName<Value>(record: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
