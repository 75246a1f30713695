import { wordsOf } from "#errors.ts";
import type { Look } from "#guard/model/account.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import type { Input } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { oneAtATime } from "#within-limit.ts";

/** Tries REST v2 beside the polls of GraphQL and never in their way: at the start and once an hour. */
export interface Rehearsing {
  /** Begins if that is due and the last poll saw; ends early when aborted. Never throws. */
  begin(look: Look, signal: AbortSignal): void;
  /** Resolves when none goes on. */
  idle(): Promise<void>;
}

export interface RehearsingDeps {
  /** Whether GraphQL decides, and REST may be asked. */
  readonly isWanted: () => boolean;
  /** Undefined: there was nothing to compare with. */
  readonly rehearse: (signal: AbortSignal) => Promise<RehearsalOutcome | undefined>;
  /** When another process did it last, if this one lives for one poll only. */
  readonly lastAtMs: number | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: (input: Input) => Promise<unknown>;
}

/** All requests of one by their own limits, and some more. */
const limitMs = 5 * minuteMs;
/** Where there was nothing to compare with. */
const againMs = 10 * minuteMs;

export function createRehearsing(deps: RehearsingDeps): Rehearsing {
  const { isWanted, rehearse, clock, log, take } = deps;
  const within = oneAtATime(limitMs, clock);
  let dueAtMs = (deps.lastAtMs ?? -Infinity) + hourMs;
  let isRunning = false;
  let done: Promise<void> = Promise.resolve();

  async function outcomeOf(signal: AbortSignal): Promise<RehearsalOutcome | undefined> {
    const late = new AbortController();
    const end = (): void => late.abort();
    signal.addEventListener("abort", end);
    try {
      return await within(() =>
        late.signal.aborted ? Promise.resolve(undefined) : rehearse(late.signal),
      );
    } catch (error) {
      return { kind: "failed", because: wordsOf(error) };
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  async function one(signal: AbortSignal): Promise<void> {
    const outcome = await outcomeOf(signal);
    const atMs = clock.nowMs();
    if (outcome === undefined) dueAtMs = Math.min(dueAtMs, atMs + againMs);
    // It was told to end, or REST decides by now: there is nothing to rehearse.
    if (outcome === undefined || signal.aborted || !isWanted()) return;
    if (outcome.kind === "worked") log.info({}, "rehearsal of REST v2 worked");
    else log.warn({ because: outcome.because }, "rehearsal of REST v2 failed");
    await take({ kind: "rehearsed", atMs, outcome });
  }

  return {
    begin(look, signal) {
      const nowMs = clock.nowMs();
      // A clock that has gone back says nothing of when it is due.
      const isDue = nowMs >= dueAtMs || dueAtMs - nowMs > hourMs;
      if (isRunning || look.kind === "blind" || !isDue || !isWanted()) return;
      isRunning = true;
      dueAtMs = nowMs + hourMs;
      done = one(signal)
        .catch((error: unknown) => log.error({ because: wordsOf(error) }, "this is a bug"))
        .finally(() => (isRunning = false));
    },
    idle: () => done,
  };
}
