import type { Queue } from "#effects/queue.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Beside } from "#daemon/beside/beside.ts";
import type { Engine } from "./engine.ts";
import type { Measuring } from "./measuring.ts";
import type { SystemdNotify } from "./systemd-notify.ts";

export interface FinishingDeps extends Beside {
  readonly clock: Clock;
  readonly log: Log;
  readonly engine: Pick<Engine, "state">;
  readonly queue: Queue;
  readonly measuring: Measuring;
  readonly systemd: SystemdNotify;
  readonly paces: Pick<Paces, "lastBeatMs" | "lastNoticesMs">;
}

/**
 * A watch that ends by itself brings to its end what it has begun; `isOnce`: where each poll is a watch of its own,
 * also what goes on beside the polls, as nobody else would. Waits for nothing any more once interrupted.
 */
export async function finish(
  deps: FinishingDeps,
  isOnce: boolean,
  interrupted: AbortSignal,
): Promise<void> {
  const { measuring, briefing, tidying, auditing, rehearsing } = deps;
  await untilDone(measuring.idle(), deps, interrupted);
  // What it owes is sent by the same process.
  if (isOnce) await untilDone(briefing.idle(), deps, interrupted);
  await finishQueue(deps, interrupted);
  if (!isOnce) return;
  await untilDone(tidying.idle(), deps, interrupted);
  await untilDone(auditing.idle(), deps, interrupted);
  await untilDone(rehearsing.idle(), deps, interrupted);
  await untilDone(untilSent(deps), deps, interrupted);
}

/**
 * Waits for agents and ends up to their limits, but for notifications no longer than it may take all
 * together: nobody polls meanwhile. What is still owed is sent by whoever watches next.
 */
async function finishQueue(deps: FinishingDeps, interrupted: AbortSignal): Promise<void> {
  const { queue, clock, engine, log, paces } = deps;
  const noMoreNotices = new AbortController();
  const over = new AbortController();
  void clock
    .sleepUntil(clock.nowMs() + paces.lastNoticesMs, over.signal)
    .then(() => noMoreNotices.abort());
  await untilDone(queue.finish(noMoreNotices.signal), deps, interrupted);
  over.abort();
  const owed = engine.state().owed.filter(({ kind }) => kind === "notify").length;
  if (owed > 0) log.info({ owed }, "notifications not sent yet; they are owed at the next start");
}

/** A receiver that does not answer holds up no end. */
async function untilSent({ heartbeat, outside, clock, paces }: FinishingDeps): Promise<void> {
  await withinLimit(outside.idle(), paces.lastBeatMs, clock).catch(() => undefined);
  await withinLimit(heartbeat.idle(), paces.lastBeatMs, clock).catch(() => undefined);
}

/** Waits for the work, unless interrupted; systemd must not take that for a hang. */
async function untilDone(
  work: Promise<void>,
  { clock, systemd }: FinishingDeps,
  interrupted: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  void work.then(() => done.abort());
  const over = AbortSignal.any([interrupted, done.signal]);
  while (!over.aborted) {
    await clock.sleepUntil(clock.nowMs() + (systemd.watchdogMs ?? Infinity), over);
    if (!over.aborted) systemd.alive("stopping; waiting for running commands");
  }
}
