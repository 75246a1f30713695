import * as z from "zod";
import type { Launch, StartedBy } from "#guard/model/launch.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { ownerKey } from "./owner-key.ts";
import { isoOf, isoTime } from "./time-text.ts";

/** Not z.record: it drops an own `__proto__`, and a pod's id or a name is what RunPod, or a person, says. */
function byName<Value>(schema: z.ZodType<Value>, named = "pod id") {
  return z
    .custom<Readonly<Record<string, unknown>>>(
      (found) => typeof found === "object" && found !== null && !Array.isArray(found),
      `must be an object by ${named}`,
    )
    .transform((found, context): Readonly<Record<string, Value>> => {
      const kept: (readonly [string, Value])[] = [];
      for (const [podId, value] of Object.entries(found)) {
        const read = schema.safeParse(value);
        if (read.success) kept.push([podId, read.data]);
        for (const { path, message } of read.error?.issues ?? []) {
          context.addIssue({ code: "custom", path: [podId, ...path], message });
        }
      }
      return Object.fromEntries(kept);
    });
}

const lease = z
  .strictObject({ ends_at: isoTime, given_at: isoTime })
  .transform(({ ends_at, given_at }) => ({ endsAtMs: ends_at, givenAtMs: given_at }));

/** Of one line, and so long that no book of launches comes near the size that a file may have. */
function words(most = 128) {
  return z
    .string()
    .max(most, `must have at most ${most} characters`)
    .regex(/^\P{Cc}*$/u, "must have no control characters");
}

const startedBy = z.strictObject({
  kind: z.enum(["person", "agent"]),
  agent: words().optional(),
  session: words().optional(),
  host: words(),
});

const launch = z
  .strictObject({
    name: words(256),
    at: isoTime,
    ends_at: isoTime,
    by: startedBy,
    pod_id: words().optional(),
    failed_at: isoTime.optional(),
    adopted: z.literal(true).optional(),
  })
  .transform(({ name, at, ends_at, by, pod_id, failed_at, adopted }): Omit<Launch, "id"> => ({
    name,
    atMs: at,
    endsAtMs: ends_at,
    by,
    ...(pod_id !== undefined && { podId: pod_id }),
    ...(failed_at !== undefined && { failedAtMs: failed_at }),
    ...(adopted && { isAdopted: adopted }),
  }));

/**
 * A program from before one of these keys was known takes a file with it for broken: until it is as new, or the
 * file is moved away, what could be put off by a lease stops nothing there.
 */
const file = z.strictObject({
  [ownerKey]: z.string().optional(),
  leases: byName(lease),
  touched: byName(isoTime),
  ended: byName(isoTime).optional(),
  skipped: byName(isoTime, "schedule").optional(),
  unfrozen: byName(isoTime, "budget").optional(),
  launches: byName(launch, "lease id").optional(),
});

export type ReadLeaseBook =
  | {
      readonly kind: "book";
      readonly book: LeaseBook;
      /** What its first line says; nothing in a file of version 0.1. */
      readonly owner: string | undefined;
    }
  | { readonly kind: "broken"; readonly because: string };

/** Strict: a lease given by hand must not be lost because the file was only partly understood. */
export function readLeaseBook(text: string): ReadLeaseBook {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own words quote the file.
    return { kind: "broken", because: text === "" ? "it is empty" : "it is not JSON" };
  }
  const parsed = file.safeParse(json);
  if (parsed.success) {
    const { leases, touched, ended, skipped, unfrozen, launches, [ownerKey]: owner } = parsed.data;
    const book = {
      leases,
      touchedAtMs: touched,
      ...(ended && { endedAtMs: ended }),
      ...(skipped && { skippedMs: skipped }),
      ...(unfrozen && { unfrozenAtMs: unfrozen }),
      ...(launches && { launches: mapped(launches, (row, id) => ({ id, ...row })) }),
    };
    return { kind: "book", book, owner };
  }
  const faults = parsed.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.join(".")}: ${message}`,
  );
  return { kind: "broken", because: faults.slice(0, 3).join("; ") };
}

/** Without the first line, which says whose it is. */
export function writeLeaseBook(book: LeaseBook): string {
  const { leases, touchedAtMs, endedAtMs, skippedMs, unfrozenAtMs, launches } = book;
  const rows = {
    leases: mapped(leases, ({ endsAtMs, givenAtMs }) => ({
      ends_at: isoOf(endsAtMs),
      given_at: isoOf(givenAtMs),
    })),
    touched: mapped(touchedAtMs, isoOf),
    ...(endedAtMs && { ended: mapped(endedAtMs, isoOf) }),
    ...(skippedMs && { skipped: mapped(skippedMs, isoOf) }),
    ...(unfrozenAtMs && { unfrozen: mapped(unfrozenAtMs, isoOf) }),
    ...(launches && { launches: mapped(launches, launchRow) }),
  };
  return `${JSON.stringify(rows, null, 2)}\n`;
}

function launchRow({ name, atMs, endsAtMs, by, podId, failedAtMs, isAdopted }: Launch) {
  return {
    name,
    at: isoOf(atMs),
    ends_at: isoOf(endsAtMs),
    by: byRow(by),
    ...(podId !== undefined && { pod_id: podId }),
    ...(failedAtMs !== undefined && { failed_at: isoOf(failedAtMs) }),
    ...(isAdopted === true && { adopted: true }),
  };
}

function byRow({ kind, agent, session, host }: StartedBy): StartedBy {
  return { kind, agent, session, host };
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Readonly<Record<string, To>> {
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => [name, change(value, name)] as const),
  );
}
