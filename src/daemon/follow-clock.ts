import { stackOf } from "#errors.ts";
import type { Input } from "#guard/model/state.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import type { Engine } from "./engine.ts";

export interface FollowDeps {
  readonly clock: Clock;
  readonly engine: Pick<Engine, "take">;
  readonly log: Log;
}

/**
 * To be called between two polls, so that all times of one poll are by the same clock: follows the wall clock, and
 * tells the guard when that was set, or when nobody has looked for a while.
 */
export function clockFollower({ clock, engine, log }: FollowDeps): () => void {
  let pausedBeforeMs = clock.pausedMs?.() ?? 0;
  // A disk that hangs must not delay the poll.
  const take = (input: Input): void =>
    void engine.take(input).catch((error: unknown) => {
      log.error({ stack: stackOf(error) }, "following the clock failed; this is a bug");
    });
  return () => {
    const byMs = clock.follow?.() ?? 0;
    const pausedMs = clock.pausedMs?.() ?? 0;
    const atMs = clock.nowMs();
    if (byMs !== 0) {
      log.warn({ byMs }, "the clock was set");
      take({ kind: "stepped", atMs, byMs });
    }
    if (pausedMs > pausedBeforeMs) {
      log.warn({ forMs: Math.round(pausedMs - pausedBeforeMs) }, "nobody looked for a while");
      take({ kind: "paused", atMs });
    }
    pausedBeforeMs = pausedMs;
  };
}
