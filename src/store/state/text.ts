import * as z from "zod";
import type { KeyOf } from "#guard/model/slices.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { ownerKey } from "#store/owner-key.ts";
import {
  audited,
  effect,
  inForce,
  isForeignEffect,
  isForeignRecord,
  lostNotice,
  openIncident,
  readFlag,
  readKept,
  readTime,
  readTrouble,
  record,
  run,
  unconfirmed,
  unseen,
} from "./schemas.ts";
import { crossing, rehearsal, shown, source, unseenBy } from "./source-schemas.ts";
import {
  accounted,
  falls,
  readHoursCrossed,
  readPeriods,
  readReminded,
  readScheduled,
  readSpans,
  readStoppedPod,
} from "./spend-schemas.ts";
import { armedAnew } from "./lost-effects.ts";
import { named, optional, type ReadSlice, rows, single } from "./slices.ts";

/** Files of version 0.1 have no version in them, and everything in one. */
const version = 2;

const maybe = z.number().optional();

const durable = {
  fired: named(readFlag),
  owed: rows(effect, isForeignEffect),
  trippedAtMs: named(readTime),
  blind: single(unseen, undefined),
  podsBlind: single(unseen, undefined),
  unmeasured: single(unseen, undefined),
  zeroSinceMs: single(maybe, undefined),
  unconfirmed: rows(unconfirmed),
  source: single(source, undefined),
  crossing: single(crossing, undefined),
  postpaidSinceMs: single(maybe, undefined),
  kept: named(readKept),
  guardEndsAtMs: single<readonly number[]>(z.array(z.number()), []),
  unrecorded: rows(record, isForeignRecord),
  recordCount: single(z.number(), 0),
  lostNotices: rows(lostNotice),
  openIncidents: optional(rows(openIncident)),
  accounted: single(accounted, undefined),
  budgets: optional(named(readPeriods)),
  podsCounted: optional(named(readSpans)),
  scheduled: optional(named(readScheduled)),
  stoppedPods: optional(named(readStoppedPod)),
  reminded: optional(named(readReminded)),
  estimatedAtMs: optional(named(readTime)),
  hoursCrossed: optional(named(readHoursCrossed)),
  tookBackId: single(z.string().optional(), undefined),
  briefedDay: single(z.string().optional(), undefined),
} satisfies Record<KeyOf<"durable">, ReadSlice<unknown>>;

const learned = {
  saidAtMs: named(readTime),
  troubles: optional(named(readTrouble)),
  inForce: single(inForce, undefined),
  falls: single(falls, undefined),
  shown: single(shown.optional(), undefined),
  unseenBy: single(unseenBy, undefined),
  rehearsal: single(rehearsal, undefined),
  runs: rows(run),
  lookedAtMs: single(maybe, undefined),
  podsSeenAtMs: single(maybe, undefined),
  podsKnownAtMs: single(maybe, undefined),
  emptySinceMs: single(maybe, undefined),
  audited: single(audited, undefined),
} satisfies Record<KeyOf<"learned">, ReadSlice<unknown>>;

export type Durable = Pick<GuardState, KeyOf<"durable">>;
export type Learned = Pick<GuardState, KeyOf<"learned">>;

/** What another version of this program has written and we do not know: written back as it is. */
export interface Foreign {
  readonly version: number;
  readonly keys: Readonly<Record<string, unknown>>;
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
}

export const noForeign: Foreign = { version, keys: {}, rows: {} };

/** A file, as far as it can be read. */
export interface ReadText<Part> {
  readonly kind: "read";
  readonly part: Part;
  readonly foreign: Foreign;
  /** What could not be read; the rest stays. */
  readonly faults: readonly string[];
}

export type Unreadable = { readonly kind: "unreadable"; readonly because: string };

/** The text of a state file. One of version 0.1 or of the Python tool has the learned part in it too. */
export function readDurable(
  text: string,
): (ReadText<Durable> & { readonly learned: ReadText<Learned> | undefined }) | Unreadable {
  const found = objectIn(text);
  if (found.kind === "unreadable") return found;
  const { object } = found;
  if (!Object.hasOwn(object, "fired")) return { kind: "unreadable", because: 'it has no "fired"' };
  const isOfOne = Object.hasOwn(object, "runs") || Object.hasOwn(object, "saidAtMs");
  const old = isOfOne ? Object.keys(learned) : [];
  const read = readParts<Durable>(object, durable, old);
  return {
    ...read,
    part: armedAnew(read.part, object["owed"]),
    learned: isOfOne ? asLearned(readParts(object, learned, Object.keys(object))) : undefined,
  };
}

export function readLearned(text: string): ReadText<Learned> | Unreadable {
  const found = objectIn(text);
  return found.kind === "unreadable" ? found : asLearned(readParts(found.object, learned, []));
}

/** The same state gives the same text. A key a line and a row a line: to be read by people. */
export function* durableText(state: Durable, foreign: Foreign): Generator<string> {
  yield "{\n";
  yield* textOf(state, Object.keys(durable), foreign);
}

/** Begins with `start`, which says whose it is. */
export function* learnedText(state: Learned, foreign: Foreign, start = "{\n"): Generator<string> {
  yield start;
  yield* textOf({ ...state, runs: Object.values(state.runs) }, Object.keys(learned), foreign);
}

type Readers = Readonly<Record<string, ReadSlice<unknown>>>;

function readParts<Part>(
  object: Readonly<Record<string, unknown>>,
  readers: Readers,
  notOurs: readonly string[],
): ReadText<Part> {
  const read = Object.entries(readers).map(([key, reader]) => [key, reader(object[key])] as const);
  const known = new Set([ownerKey, "version", ...Object.keys(readers), ...notOurs]);
  const { version: written } = object;
  return {
    kind: "read",
    part: Object.fromEntries(
      read.flatMap(([key, { value }]) => (value === undefined ? [] : [[key, value] as const])),
    ) as Part,
    foreign: {
      version: typeof written === "number" && written > version ? written : version,
      keys: Object.fromEntries(Object.entries(object).filter(([key]) => !known.has(key))),
      rows: Object.fromEntries(
        read.flatMap(([key, { kept }]) => (kept.length === 0 ? [] : [[key, kept] as const])),
      ),
    },
    faults: read.flatMap(([key, { faults }]) => faults.map((fault) => `${key}: ${fault}`)),
  };
}

/**
 * A list on the disk: pod ids are other people's text, and none of them is to be a key there. Where
 * runs are missing, nobody knows how long their pods have run: they must not count as just begun.
 */
function asLearned(
  read: ReadText<Omit<Learned, "runs"> & { readonly runs: readonly GuardState["runs"][string][] }>,
): ReadText<Learned> {
  const { runs, podsSeenAtMs, podsKnownAtMs, ...rest } = read.part;
  const isWhole = !read.faults.some((fault) => /^(?:runs|podsSeenAtMs)\b/.test(fault));
  const known = isWhole
    ? runs
    : runs.map((each) => ({
        ...each,
        unsureSinceMs: each.unsureSinceMs ?? podsSeenAtMs ?? each.firstSeenAtMs,
      }));
  return {
    ...read,
    part: {
      ...rest,
      runs: Object.fromEntries(known.map((each) => [each.podId, each])),
      ...(isWhole && podsSeenAtMs !== undefined && { podsSeenAtMs }),
      ...(isWhole && podsKnownAtMs !== undefined && { podsKnownAtMs }),
    },
  };
}

function objectIn(
  text: string,
): { readonly kind: "object"; readonly object: Readonly<Record<string, unknown>> } | Unreadable {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    // The parser's own words quote the file.
    return { kind: "unreadable", because: text === "" ? "it is empty" : "it is not JSON" };
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) {
    return { kind: "unreadable", because: "it is not an object" };
  }
  return { kind: "object", object: json as Readonly<Record<string, unknown>> };
}

function* textOf(
  part: object,
  keys: readonly string[],
  { version: written, keys: others, rows: keptRows }: Foreign,
): Generator<string> {
  yield `  "version": ${written}`;
  for (const key of keys) {
    const value: unknown = Reflect.get(part, key);
    const kept = keptRows[key] ?? [];
    if (Array.isArray(value)) yield* rowsText(key, [...(value as readonly unknown[]), ...kept]);
    else if (value !== undefined)
      yield `,\n  ${JSON.stringify(key)}: ${JSON.stringify(sorted(value))}`;
  }
  for (const [key, value] of Object.entries(others)) {
    yield `,\n  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
  }
  yield "\n}\n";
}

function* rowsText(key: string, list: readonly unknown[]): Generator<string> {
  yield `,\n  ${JSON.stringify(key)}: [`;
  for (const [n, row] of list.entries()) yield `${n === 0 ? "" : ","}\n    ${JSON.stringify(row)}`;
  yield list.length === 0 ? "]" : "\n  ]";
}

/** By name, so that the order in which things came about makes no other text. */
function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The parts of a state that has both. */
export function joined(state: Durable | undefined, also: Learned | undefined): GuardState {
  return { ...emptyState, ...state, ...also };
}
