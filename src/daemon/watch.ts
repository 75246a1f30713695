import { wordsOf } from "#errors.ts";
import type { Look } from "#guard/model/account.ts";
import type { Paces } from "#paces.ts";
import { withinLimit } from "#within-limit.ts";
import { finish, type FinishingDeps } from "./finishing.ts";
import { type PollingDeps, pollUntil } from "./polling.ts";
import type { Recording } from "./recording.ts";

export interface WatchDeps extends PollingDeps, FinishingDeps {
  readonly engine: PollingDeps["engine"];
  readonly systemd: PollingDeps["systemd"];
  readonly recording: Recording;
  /** Infinity when unbounded. */
  readonly maxRuntimeMs: number;
  readonly paces: PollingDeps["paces"] & FinishingDeps["paces"] & Pick<Paces, "shutdownLimitMs">;
  readonly telling: Telling;
}

/** Tells people of what keeps the daemon itself from its work, and waits for nothing. */
interface Telling {
  tell(because: string): void;
  idle(): Promise<void>;
}

/** Why the watch ended; after one cycle, what it saw. */
export type Ended =
  | { readonly kind: "interrupted" }
  | { readonly kind: "max-runtime" }
  | { readonly kind: "once"; readonly look: Look };

/** What the last steps of a shutdown, such as removing the lock, may still take of its time. */
const lastStepsMs = 800;
/** Of an end that nobody is waiting for. */
const patientEndMs = 60_000;

/**
 * The daemon's loop: polls, decides and starts effects, at every poll interval and when something comes
 * due. Ends when interrupted (running effects are ended and tried again at the next start), after
 * max_runtime_seconds or after one cycle (both wait for running effects, up to their limits). Throws
 * what failed three cycles in a row. Nothing that it waits for can keep it from polling or from its end.
 */
export async function watch(deps: WatchDeps, interrupted: AbortSignal): Promise<Ended> {
  const { clock, queue, log, systemd, engine, recording, telling } = deps;
  const runtime = new AbortController();
  const ending = AbortSignal.any([interrupted, runtime.signal]);
  const runtimeOver = clock
    .sleepUntil(clock.nowMs() + deps.maxRuntimeMs, ending)
    .then(() => runtime.abort());

  let ended: Ended = { kind: "max-runtime" };
  try {
    // A disk that hangs must not delay the first poll.
    void engine.take({ kind: "daemon", atMs: clock.nowMs(), because: "daemon started" });
    // Where each look is a watch of its own, only what it saw is of interest.
    if (!deps.once) deps.heartbeat.start(ending);
    await deps.outside.hello(ending);
    const look = await pollUntil(ending, deps);
    if (look !== undefined) ended = { kind: "once", look };
    await finish(deps, look !== undefined, interrupted);
  } finally {
    runtime.abort();
    const withinRest = restOfTime(deps, interrupted);
    await withinRest(runtimeOver);
    systemd.stopping();
    await withinRest(queue.stop());
    if (interrupted.aborted) ended = { kind: "interrupted" };
    const because = `daemon stopped: ${ended.kind}`;
    await withinRest(engine.take({ kind: "daemon", atMs: clock.nowMs(), because }));
    await withinRest(recording.idle());
    await withinRest(engine.idle());
    await withinRest(telling.idle());
    await withinRest(systemd.idle());
  }
  log.info({ because: ended.kind }, "daemon stopped");
  return ended;
}

/** Waits for the steps of the end, all together no longer than there is time for. Never throws. */
function restOfTime(
  { clock, log, paces }: WatchDeps,
  interrupted: AbortSignal,
): (step: Promise<unknown>) => Promise<void> {
  const limitMs = interrupted.aborted ? paces.shutdownLimitMs - lastStepsMs : patientEndMs;
  const untilMs = clock.nowMs() + limitMs;
  return async (step) => {
    try {
      await withinLimit(step, Math.max(0, untilMs - clock.nowMs()), clock);
    } catch (error) {
      log.warn({ because: wordsOf(error) }, "stopped without waiting any longer");
    }
  };
}
