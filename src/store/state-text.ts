import * as z from "zod";
import type { Effect, GuardState } from "../guard/model.ts";

type Flags = Readonly<Record<string, boolean | 0 | 1>>;

/** Not z.record: it drops an own `__proto__`, and threshold names are the user's to choose. */
const fired = z
  .custom<Flags>(isFlags, "must be an object of true and false")
  .transform((flags) =>
    fromEntries(Object.entries(flags).map(([name, on]) => [name, on === true || on === 1])),
  );

const effect = z.strictObject({
  kind: z.enum({ notify: "notify", "call-agent": "call-agent" } satisfies {
    readonly [Kind in Effect["kind"]]: Kind;
  }),
  id: z.string(),
  threshold: z.string(),
  belowUsd: z.number(),
  balanceUsd: z.number(),
  because: z.string(),
}) satisfies z.ZodType<Effect>;

/** Files of the Python tool hold no `owed`; keys that we do not know are left out. */
const file = z.object({ fired, owed: z.array(effect).default([]) });

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

/** The text of a state file: the same state gives the same text. */
export function writeState(state: GuardState): string {
  const byName = Object.entries(state.fired).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ fired: fromEntries(byName), owed: state.owed }, null, 2)}\n`;
}

function isFlags(found: unknown): found is Flags {
  if (typeof found !== "object" || found === null || Array.isArray(found)) return false;
  return Object.values(found).every((on) => typeof on === "boolean" || on === 0 || on === 1);
}

/** Makes own properties of every name, `__proto__` included. */
function fromEntries(
  entries: readonly (readonly [string, boolean])[],
): Readonly<Record<string, boolean>> {
  return Object.fromEntries(entries);
}
