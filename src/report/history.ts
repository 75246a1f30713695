import { UserError, wordsOf } from "#errors.ts";
import type { HistoryRecord } from "#guard/model/run.ts";
import { type OpenHistory, openHistory } from "#store/history/history-reading.ts";
import { asRecorded } from "./as-recorded.ts";
import { createSumming, type HistorySummary } from "./history-summary.ts";

export interface HistoryQuery {
  /** From when on. */
  readonly sinceMs: number;
  /** Only these pods: see `PodsAsked`. */
  readonly pod?: string | undefined;
  /** Only what has this reason, or one that begins so. */
  readonly reason?: string | undefined;
  /** Nobody waits for it any more. */
  readonly signal?: AbortSignal | undefined;
}

export interface HistoryReport {
  readonly pods: PodsAsked;
  /**
   * The events, the oldest first, some at a time; none when it is not clear which pods are meant. They
   * are read for it and not kept: to be asked for once.
   */
  readonly events: () => AsyncGenerator<readonly HistoryRecord[]>;
  /**
   * The same, the newest first, with where each stands: whoever has enough may stop asking, and go on later
   * behind the last one. Where nothing that is asked for stands, nothing is behind it.
   */
  readonly latest: (behind?: number) => AsyncGenerator<readonly PlacedRecord[]>;
  /** What stands there in the file, whether it is asked for or not. */
  readonly at: (place: number) => Promise<HistoryRecord | undefined>;
  readonly isAsked: (place: number) => boolean;
  /** What the events that were given so far come to. */
  readonly summary: () => HistorySummary;
  /** Lines that could not be read, as far as was read. */
  readonly unreadable: () => number;
}

export interface PlacedRecord {
  readonly record: HistoryRecord;
  readonly place: number;
}

/**
 * The pods that are called so: by an id, by a name, which several may have had one after the other,
 * or by the beginning of one id only. Among those that something happened to in the time asked for.
 */
export type PodsAsked =
  | { readonly kind: "all" }
  | { readonly kind: "some"; readonly ids: readonly string[] }
  | { readonly kind: "none" }
  | { readonly kind: "unclear"; readonly pods: readonly NamedPod[] };

interface NamedPod {
  readonly podId: string;
  /** The last it had. */
  readonly name: string;
}

/** So many records are held at once. */
const heldAtOnce = 200;

/**
 * What happened, for whoever shows it. Goes back from the end of the history as far as is asked for, and
 * then keeps the place of each record only. What `use` asks for is to be asked for before it resolves.
 * Throws a UserError when the file cannot be read.
 */
export async function withHistory<Result>(
  path: string,
  query: HistoryQuery,
  nowMs: number,
  use: (report: HistoryReport) => Promise<Result>,
): Promise<Result> {
  const history = await reading(path, openHistory(path));
  try {
    return await use(await reading(path, reportOf(path, history, query, nowMs)));
  } finally {
    await history.close();
  }
}

async function reportOf(
  path: string,
  history: OpenHistory,
  { sinceMs, pod, reason, signal }: HistoryQuery,
  nowMs: number,
): Promise<HistoryReport> {
  const summing = createSumming();
  const all = await placesSince(sinceMs, history, signal);
  const {
    pods,
    places,
    unreadable: more,
  } = pod === undefined
    ? ({ ...all, pods: { kind: "all" }, unreadable: 0 } as const)
    : await ofPods(pod, all.places, history, signal);
  let unreadable = all.unreadable + more;

  function isTaken(record: HistoryRecord | undefined): record is HistoryRecord {
    if (record === undefined) {
      unreadable += 1;
      return false;
    }
    const isEvent = reason === undefined || record.reason?.startsWith(reason) === true;
    summing.add(record, isEvent);
    return isEvent;
  }

  async function* placed(those: readonly number[]): AsyncGenerator<readonly PlacedRecord[]> {
    for (const some of inParts(those)) {
      signal?.throwIfAborted();
      const found = await reading(path, history.at(some));
      const records = found.flatMap((record, n) =>
        isTaken(record) ? [{ record, place: some[n] ?? 0 }] : [],
      );
      if (records.length > 0) yield records;
    }
  }

  async function* oldestFirst(): AsyncGenerator<readonly HistoryRecord[]> {
    for await (const some of placed(places)) yield some.map(({ record }) => record);
  }

  return {
    pods,
    events: oldestFirst,
    latest: (behind) =>
      placed(
        (behind === undefined
          ? places
          : places.slice(0, Math.max(0, places.indexOf(behind)))
        ).toReversed(),
      ),
    at: async (place) => (await reading(path, history.at([place])))[0],
    isAsked: (place) => places.includes(place),
    summary: () => summing.summary(nowMs),
    unreadable: () => unreadable,
  };
}

/** Where the records are, the oldest first. There may be a million: a few bytes for each. */
async function placesSince(sinceMs: number, history: OpenHistory, signal: AbortSignal | undefined) {
  const at: number[] = [];
  const times: number[] = [];
  let unreadable = 0;
  for await (const part of history.back(sinceMs)) {
    signal?.throwIfAborted();
    unreadable += part.unreadable;
    for (const place of part.places) {
      at.push(place.at);
      times.push(place.atMs);
    }
  }
  const asWritten = Array.from(at, (_, n) => at.length - 1 - n);
  const order = asRecorded(asWritten, (n) => ({ atMs: times[n] ?? 0 }));
  return { places: order.map((n) => at[n] ?? 0), unreadable };
}

function* inParts(places: readonly number[]): Generator<readonly number[]> {
  for (let from = 0; from < places.length; from += heldAtOnce) {
    yield places.slice(from, from + heldAtOnce);
  }
}

/** A pod that something happened to. */
interface Candidate extends NamedPod {
  /** Whether it ever had the name that was asked for. */
  readonly isNamed: boolean;
}

/** Which pods are asked for, and where what happened to them stands. */
async function ofPods(
  asked: string,
  places: readonly number[],
  history: OpenHistory,
  signal: AbortSignal | undefined,
) {
  const candidates = new Map<string, Candidate>();
  /** Of each place. */
  const podIds: (string | undefined)[] = [];
  let unreadable = 0;
  for (const some of inParts(places)) {
    signal?.throwIfAborted();
    for (const record of await history.at(some)) {
      const { podId, podName: name } = record?.run ?? {};
      podIds.push(podId);
      if (record === undefined) unreadable += 1;
      if (podId === undefined || name === undefined) continue;
      const isNamed = name === asked || candidates.get(podId)?.isNamed === true;
      candidates.set(podId, { podId, name, isNamed });
    }
  }
  const pods = podsAsked(asked, candidates);
  const ids = new Set<string | undefined>(pods.kind === "some" ? pods.ids : []);
  return { pods, places: places.filter((_, n) => ids.has(podIds[n])), unreadable };
}

function podsAsked(asked: string, candidates: ReadonlyMap<string, Candidate>): PodsAsked {
  if (candidates.has(asked)) return { kind: "some", ids: [asked] };
  const all = [...candidates.values()];
  const named = all.filter(({ isNamed }) => isNamed);
  if (named.length > 0) return { kind: "some", ids: named.map(({ podId }) => podId) };
  const begun = asked === "" ? [] : all.filter(({ podId }) => podId.startsWith(asked));
  if (begun.length === 0) return { kind: "none" };
  return begun.length === 1
    ? { kind: "some", ids: begun.map(({ podId }) => podId) }
    : { kind: "unclear", pods: begun };
}

async function reading<Result>(path: string, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    throw new UserError(`The history file ${path} cannot be read: ${wordsOf(error)}.`, {
      hint: "Let this user read it, or move it away.",
      cause: error,
    });
  }
}
