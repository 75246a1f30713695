import type { Queue } from "#effects/queue.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Input } from "#guard/model/state.ts";
import { nextDueMs } from "#guard/next-look.ts";
import { wordsOf } from "#errors.ts";
import { perHour, usd } from "#guard/text.ts";
import type { Paces } from "#paces.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import { cycle, type CycleDeps } from "./cycle.ts";
import type { Heartbeat } from "./heartbeat.ts";
import type { Recording } from "./recording.ts";
import type { Rehearsing } from "./rehearsing.ts";
import type { SystemdNotify } from "./systemd-notify.ts";
import type { Auditing } from "./auditing.ts";
import type { Briefing } from "./briefing.ts";
import type { Tidying } from "./tidying.ts";

export interface WatchDeps extends CycleDeps {
  readonly clock: Clock;
  readonly queue: Queue;
  readonly recording: Recording;
  readonly tidying: Tidying;
  readonly auditing: Auditing;
  readonly briefing: Briefing;
  readonly rehearsing: Rehearsing;
  readonly systemd: SystemdNotify;
  readonly heartbeat: Heartbeat;
  readonly policy: () => Policy;
  readonly pollIntervalMs: () => number;
  /** When someone last wished for a poll, as something has changed; -Infinity: nobody has. */
  readonly wishedAtMs?: () => number;
  /** Infinity when unbounded. */
  readonly maxRuntimeMs: number;
  readonly once: boolean;
  readonly paces: Pick<
    Paces,
    | "firstRetryMs"
    | "lastBeatMs"
    | "lastNoticesMs"
    | "leastGapMs"
    | "pollLimitMs"
    | "shutdownLimitMs"
  >;
  readonly telling: Telling;
  /** Told when it will poll next, for whoever shows it. */
  readonly planned?: (nextAtMs: number) => void;
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

/** Cycles that may fail in a row before systemd should restart the daemon. */
const brokenInARow = 3;

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
  const { clock, queue, log, systemd, engine, measuring, recording, tidying, telling } = deps;
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
    const look = await lookAndLook(deps, ending);
    if (look !== undefined) ended = { kind: "once", look };
    await untilDone(measuring.idle(), deps, interrupted);
    // What it owes is sent by the same process.
    if (look !== undefined) await untilDone(deps.briefing.idle(), deps, interrupted);
    await finishQueue(deps, interrupted);
    // Where each look is a watch of its own, nobody else would ever tidy.
    if (look !== undefined) await untilDone(tidying.idle(), deps, interrupted);
    if (look !== undefined) await untilDone(deps.auditing.idle(), deps, interrupted);
    if (look !== undefined) await untilDone(deps.rehearsing.idle(), deps, interrupted);
    if (look !== undefined) await untilDone(untilSent(deps), deps, interrupted);
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

/**
 * Waits for agents and ends up to their limits, but for notifications no longer than it may take all
 * together: nobody polls meanwhile. What is still owed is sent by whoever watches next.
 */
async function finishQueue(deps: WatchDeps, interrupted: AbortSignal): Promise<void> {
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
async function untilSent({ heartbeat, clock, paces }: WatchDeps): Promise<void> {
  await withinLimit(heartbeat.idle(), paces.lastBeatMs, clock).catch(() => undefined);
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

/**
 * What comes due is not kept waiting longer for the sake of RunPod's rate windows: for such polls half of
 * them is left.
 */
const duePaceMs = 15_000;

/** The loop. Gives the poll's result with `--once`. */
async function lookAndLook(deps: WatchDeps, ending: AbortSignal): Promise<Look | undefined> {
  const { clock, log, systemd, tidying, rehearsing, once, paces, telling } = deps;
  let broken = 0;
  let blind = 0;
  let isReady = false;
  let status = "starting";
  // RunPod's rate windows may allow no poll as often as it is asked for.
  let paceMs = 0;
  let pausedMs = clock.pausedMs?.() ?? 0;
  for (let n = 1; !ending.aborted; n += 1) {
    pausedMs = followClock(deps, pausedMs);
    const beganAtMs = clock.nowMs();
    let lookedAtMs = beganAtMs;
    let allowedAtMs = beganAtMs;
    try {
      const look = await cycle(n, deps, ending);
      deps.heartbeat.looked(ending);
      tidying.begin(ending);
      deps.auditing.begin(ending);
      deps.briefing.begin(ending);
      rehearsing.begin(look, ending);
      if (once) return look;
      lookedAtMs = look.atMs;
      status = statusOf(look);
      if (isReady) systemd.alive(status);
      else systemd.ready(status);
      isReady = true;
      broken = 0;
      blind = look.kind === "blind" ? blind + 1 : 0;
      if (look.kind === "blind") allowedAtMs = look.atMs + (look.retryAfterMs ?? 0);
      else {
        paceMs = look.paceMs ?? 0;
        allowedAtMs = beganAtMs + Math.min(paceMs, duePaceMs);
      }
    } catch (error) {
      broken += 1;
      log.error({ cycle: n, stack: stackOf(error) }, "poll cycle failed; this is a bug");
      telling.tell(`a poll could not be dealt with, which is a bug: ${wordsOf(error)}`);
      if (broken >= brokenInARow || once) throw error;
    }
    // A failed poll is retried soon, less soon each time, not before RunPod allows it, and never later
    // than the poll interval.
    const retryMs = blind === 0 ? Infinity : paces.firstRetryMs * 2 ** (blind - 1);
    // Asked for again and again: a reload may change the pace while it is waited for.
    const regularAtMs = () => beganAtMs + Math.max(deps.pollIntervalMs(), paceMs);
    const pollAtMs = () => Math.min(regularAtMs(), Math.max(beganAtMs + retryMs, allowedAtMs));
    const notBeforeMs = () => Math.min(regularAtMs(), allowedAtMs);
    await untilNextLook(deps, { beganAtMs, lookedAtMs, pollAtMs, notBeforeMs, status }, ending);
  }
  return undefined;
}

/** Between two polls, so that all times of one poll are by the same clock. */
function followClock({ clock, engine, log }: WatchDeps, pausedBeforeMs: number): number {
  const byMs = clock.follow?.() ?? 0;
  const pausedMs = clock.pausedMs?.() ?? 0;
  const atMs = clock.nowMs();
  // A disk that hangs must not delay the poll.
  const take = (input: Input): void =>
    void engine.take(input).catch((error: unknown) => {
      log.error({ stack: stackOf(error) }, "following the clock failed; this is a bug");
    });
  if (byMs !== 0) {
    log.warn({ byMs }, "the clock was set");
    take({ kind: "stepped", atMs, byMs });
  }
  if (pausedMs > pausedBeforeMs) {
    log.warn({ forMs: Math.round(pausedMs - pausedBeforeMs) }, "nobody looked for a while");
    take({ kind: "paused", atMs });
  }
  return pausedMs;
}

interface Waiting {
  readonly beganAtMs: number;
  readonly lookedAtMs: number;
  readonly pollAtMs: () => number;
  /** RunPod has asked to be left alone until then, whatever comes due. */
  readonly notBeforeMs: () => number;
  readonly status: string;
}

/**
 * Waits for the next poll, or until something comes due, and tells systemd that the daemon is alive.
 */
async function untilNextLook(
  { clock, engine, policy, systemd, planned, wishedAtMs, paces: { leastGapMs } }: WatchDeps,
  { beganAtMs, lookedAtMs, pollAtMs, notBeforeMs, status }: Waiting,
  ending: AbortSignal,
): Promise<void> {
  const fromMs = clock.nowMs();
  let pingAtMs = fromMs + (systemd.watchdogMs ?? Infinity);
  for (let now = fromMs; !ending.aborted; now = clock.nowMs()) {
    const isWished = (wishedAtMs?.() ?? -Infinity) > beganAtMs;
    const dueMs = Math.max(
      isWished ? -Infinity : nextDueMs(engine.state(), policy(), lookedAtMs),
      fromMs + leastGapMs,
      notBeforeMs(),
    );
    const nextMs = Math.min(pollAtMs(), dueMs);
    planned?.(nextMs);
    if (now >= nextMs) return;
    if (now >= pingAtMs) {
      systemd.alive(status);
      pingAtMs = now + (systemd.watchdogMs ?? Infinity);
    }
    // In short waits: what is settled meanwhile may bring something due sooner.
    await clock.sleepUntil(Math.min(nextMs, now + leastGapMs), ending);
  }
}

/** Waits for the work, unless interrupted; systemd must not take that for a hang. */
async function untilDone(
  work: Promise<void>,
  { clock, systemd }: WatchDeps,
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

function statusOf(look: Look): string {
  if (look.kind === "blind") return `poll failed: ${look.because}`;
  const { balanceUsd, burnPerHrUsd } = look;
  const burn = burnPerHrUsd === undefined ? "unknown" : perHour(burnPerHrUsd);
  return `balance ${usd(balanceUsd)}, burn ${burn}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
