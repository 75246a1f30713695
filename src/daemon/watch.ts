import type { Queue } from "../effects/queue.ts";
import type { Look } from "../guard/model.ts";
import type { Log } from "../log.ts";
import type { Account, Clock } from "../ports.ts";
import { cycle } from "./cycle.ts";
import type { Guard } from "./guard.ts";

export interface WatchDeps {
  readonly account: Account;
  readonly clock: Clock;
  readonly guard: Guard;
  readonly queue: Queue;
  readonly log: Log;
  readonly pollIntervalMs: number;
  /** Infinity when unbounded. */
  readonly maxRuntimeMs: number;
  readonly once: boolean;
}

/** Why the watch ended; after one cycle, what it saw. */
export type Ended =
  | { readonly kind: "interrupted" }
  | { readonly kind: "max-runtime" }
  | { readonly kind: "once"; readonly look: Look };

/**
 * Looks, decides and starts what is owed, again and again, at an even pace. Ends when interrupted
 * (what runs is ended and stays owed), after the longest runtime or after one cycle (both wait for
 * what is owed, up to its limits).
 */
export async function watch(deps: WatchDeps, interrupted: AbortSignal): Promise<Ended> {
  const { clock, queue, log } = deps;
  const startedAtMs = clock.nowMs();
  const runtime = new AbortController();
  const ending = AbortSignal.any([interrupted, runtime.signal]);
  const runtimeOver = clock
    .sleepUntil(startedAtMs + deps.maxRuntimeMs, ending)
    .then(() => runtime.abort());

  let ended: Ended = { kind: "max-runtime" };
  for (let n = 1; !ending.aborted; n += 1) {
    const nextAtMs = clock.nowMs() + deps.pollIntervalMs;
    const look = await cycle(n, deps, ending);
    if (deps.once) {
      ended = { kind: "once", look };
      break;
    }
    await clock.sleepUntil(nextAtMs, ending);
  }

  runtime.abort();
  await runtimeOver;
  if (!interrupted.aborted) await Promise.race([queue.idle(), onceAborted(interrupted)]);
  await queue.stop();
  if (interrupted.aborted) ended = { kind: "interrupted" };
  log.info({ because: ended.kind }, "watch ended");
  return ended;
}

function onceAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
