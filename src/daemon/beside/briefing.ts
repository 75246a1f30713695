import { wordsOf } from "#errors.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Engine } from "#daemon/engine.ts";

/** Gives people the brief of the day when its time has come, beside the polling and never in its way. */
export interface Briefing {
  /** Begins if it is due; ends early when aborted. Never throws. */
  begin(signal: AbortSignal): void;
  /** Resolves when none is being made. */
  idle(): Promise<void>;
}

export interface BriefingDeps {
  /** The day whose brief is due now; undefined: none is, or none is wanted. */
  readonly dueDay: (nowMs: number, briefedDay: string | undefined) => string | undefined;
  /** What it says. Whatever cannot be had is said to be unknown. */
  readonly build: (nowMs: number, signal: AbortSignal) => Promise<string>;
  /** While the account is not seen it is put off for so long: a machine that wakes has no network yet. */
  readonly patienceMs: number;
  readonly engine: Pick<Engine, "state" | "take">;
  readonly clock: Clock;
  readonly log: Log;
}

/** More than its parts take by their own limits. */
const limitMs = 2 * minuteMs;

export function createBriefing(deps: BriefingDeps): Briefing {
  const { dueDay, build, patienceMs, engine, clock, log } = deps;
  let isRunning = false;
  /** Since when it is due and the account is not seen. */
  let putOffSinceMs: number | undefined;
  let done: Promise<void> = Promise.resolve();

  async function give(day: string, signal: AbortSignal): Promise<void> {
    const because = await wordsWithin(signal);
    if (signal.aborted) return;
    await engine.take({ kind: "brief", atMs: clock.nowMs(), day, because });
  }

  /** People who wait for it hear of it, also when it could not be made. */
  async function wordsWithin(signal: AbortSignal): Promise<string> {
    const late = new AbortController();
    const end = (): void => late.abort();
    signal.addEventListener("abort", end);
    try {
      return await withinLimit(build(clock.nowMs(), late.signal), limitMs, clock, signal);
    } catch (error) {
      const because = wordsOf(error);
      if (!signal.aborted) log.error({ because }, "the brief could not be made");
      return `It could not be made: ${because}. Run runpodboss brief`;
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  function isPutOff(nowMs: number): boolean {
    if (engine.state().blind === undefined) return false;
    putOffSinceMs ??= nowMs;
    // One in the future is by a clock that was set back since.
    return nowMs >= putOffSinceMs && nowMs - putOffSinceMs < patienceMs;
  }

  return {
    begin(signal) {
      if (isRunning || signal.aborted) return;
      try {
        const nowMs = clock.nowMs();
        const day = dueDay(nowMs, engine.state().briefedDay);
        if (day === undefined || isPutOff(nowMs)) return;
        putOffSinceMs = undefined;
        isRunning = true;
        done = give(day, signal)
          .catch((error: unknown) => log.error({ because: wordsOf(error) }, "this is a bug"))
          .finally(() => (isRunning = false));
      } catch (error) {
        log.error({ because: wordsOf(error) }, "this is a bug");
      }
    },
    idle: () => done,
  };
}
