import { wordsOf } from "#errors.ts";
import { isAuditDue } from "#guard/account/audited.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Engine } from "#daemon/engine.ts";

/** Looks for what burns when no pod explains it, beside the polling and never in its way. */
export interface Auditing {
  /** Begins if that is due, at most once an hour; ends early when aborted. Never throws. */
  begin(signal: AbortSignal): void;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
}

export interface AuditingDeps {
  /** What was found, in short words; undefined when there is nothing to say. */
  readonly audit: (signal: AbortSignal) => Promise<string | undefined>;
  readonly engine: Pick<Engine, "state" | "take">;
  readonly clock: Clock;
  readonly log: Log;
}

const limitMs = 2 * minuteMs;

export function createAuditing({ audit, engine, clock, log }: AuditingDeps): Auditing {
  let isRunning = false;
  let triedAtMs = -Infinity;
  let done: Promise<void> = Promise.resolve();

  async function look(signal: AbortSignal): Promise<void> {
    const late = new AbortController();
    const end = (): void => late.abort();
    signal.addEventListener("abort", end);
    try {
      const words = await withinLimit(audit(late.signal), limitMs, clock, signal);
      if (signal.aborted) return;
      await engine.take({ kind: "audited", atMs: clock.nowMs(), words });
    } catch (error) {
      // The notice goes without it, and says where to look.
      if (!signal.aborted) log.warn({ because: wordsOf(error) }, "audit failed");
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  return {
    begin(signal) {
      const nowMs = clock.nowMs();
      const agoMs = nowMs - triedAtMs;
      if (isRunning || signal.aborted || (agoMs >= 0 && agoMs < hourMs)) return;
      if (!isAuditDue(engine.state(), nowMs)) return;
      isRunning = true;
      triedAtMs = nowMs;
      done = look(signal).finally(() => (isRunning = false));
    },
    idle: () => done,
  };
}
