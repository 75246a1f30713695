import { UserError } from "#errors.ts";
import { cleanName } from "#control-characters.ts";
import { listedPods } from "#guard/text.ts";
import type { HistoryAnswer } from "#http/contract/history.ts";
import type { HistoryQuery } from "#http/deps.ts";
import type { Clock } from "#ports.ts";
import { type PlacedRecord, withHistory } from "#report/history.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import { eventAnswer } from "./event-answer.ts";
import { cursorOf, placeOf } from "./history-cursor.ts";

const mostEvents = 500;
/** So many wait for their turn; more are told to come back. */
const mostWaiting = 10;
const limitMs = 10_000;

type Ask = (query: HistoryQuery, signal: AbortSignal) => Promise<HistoryAnswer>;

/** Reads the history for whoever asks, one after the other, each within a limit. */
export function createHistoryAsking(path: string, clock: Clock): Ask {
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (query, signal) => {
    if (waiting >= mostWaiting) throw busy();
    waiting += 1;
    const mine = last.then(() => {
      signal.throwIfAborted();
      return readWithin(path, query, clock, signal);
    });
    last = mine.catch(() => undefined);
    try {
      return await mine;
    } finally {
      waiting -= 1;
    }
  };
}

/** Too much is asked for at once: nothing is wrong with what was asked. */
export class Busy extends UserError {}

function busy(): UserError {
  return new Busy("The history is being read for others.", { hint: "Try again in a few seconds." });
}

async function readWithin(
  path: string,
  query: HistoryQuery,
  clock: Clock,
  signal: AbortSignal,
): Promise<HistoryAnswer> {
  const limit = new AbortController();
  try {
    return await withinLimit(read(path, query, clock, limit.signal), limitMs, clock, signal);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    throw new Busy(`The history could not be read in ${limitMs / 1_000} s.`, {
      hint: "Ask for less of it: a later since.",
      cause: error,
    });
  } finally {
    limit.abort();
  }
}

async function read(
  path: string,
  { sinceMs, podId, type, before }: HistoryQuery,
  clock: Clock,
  signal: AbortSignal,
): Promise<HistoryAnswer> {
  const asked = { sinceMs, pod: podId, signal };
  return withHistory(path, asked, clock.nowMs(), async (report) => {
    const { pods, latest, unreadable } = report;
    if (pods.kind === "unclear") {
      const clean = pods.pods.map((pod) => ({
        podId: cleanName(pod.podId),
        name: cleanName(pod.name),
      }));
      throw new UserError(`${cleanName(podId ?? "")} matches ${listedPods(clean)}.`, {
        hint: "Give more of the id.",
      });
    }
    const behind = before && (await placeOf(before, report, sinceMs));
    const found: PlacedRecord[] = [];
    for await (const some of latest(behind)) {
      found.push(...some.filter(({ record }) => type === undefined || record.type === type));
      if (found.length > mostEvents) break;
    }
    const given = found.slice(0, mostEvents);
    const last = given.at(-1);
    const isCut = found.length > mostEvents;
    return {
      events: given.map(({ record }) => eventAnswer(record)),
      is_cut: isCut,
      next_before: isCut && last !== undefined ? cursorOf(last) : null,
      unreadable: unreadable(),
    };
  });
}
