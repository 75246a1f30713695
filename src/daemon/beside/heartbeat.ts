import { wordsOf } from "#errors.ts";
import { type Sight, sightOf } from "#guard/account/blind.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Input } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Engine } from "#daemon/engine.ts";

/** Says outside that the guard lives and sees, beside the polling and never in its way. */
export interface Heartbeat {
  /** The daemon begins. */
  start(signal: AbortSignal): void;
  /** The guard has taken in a poll: a beat, if one is due. What is under way ends when aborted. */
  looked(signal: AbortSignal): void;
  /** Resolves when no beat is under way or waits for its turn. */
  idle(): Promise<void>;
}

type Beat =
  | { readonly kind: "start" }
  | { readonly kind: "good" }
  | { readonly kind: "fail"; readonly because: string };

/** How a beat went; `isRefused`: what answers does not know the address. */
type Sent =
  | { readonly kind: "sent" | "interrupted" }
  | {
      readonly kind: "failed";
      readonly because: string;
      readonly isRefused: boolean;
      /** What it asked to wait. */
      readonly waitMs?: number | undefined;
    };

export interface HeartbeatDeps {
  /** Undefined: none is wanted. */
  readonly settings: () => { readonly url: string; readonly everyMs: number } | undefined;
  /** Sends it once, within its own limit. */
  readonly send: (beat: Beat, url: string, signal: AbortSignal) => Promise<Sent>;
  readonly engine: Pick<Engine, "state">;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: (input: Input) => Promise<unknown>;
}

/** More than any beat takes by its own limit. */
const limitMs = 15_000;
/** A beat that failed is tried again with the first poll after this, if none is due sooner. */
const againMs = minuteMs;
/** A poll that comes so much early makes its beat: with the next one it may come too late. */
const mostEarlyMs = 15_000;
/** Nobody is told of what fails for less, unless it was refused twice. */
const troubleAfterMs = 5 * minuteMs;
const longestWaitMs = 15 * minuteMs;
const what = "the heartbeat";

interface Due {
  readonly beat: Beat;
  readonly url: string;
  readonly signal: AbortSignal;
}

export function createHeartbeat(deps: HeartbeatDeps): Heartbeat {
  const { settings, send, engine, policy, clock, log, take } = deps;
  let sending: Promise<void> | undefined;
  /** Where the one under way goes, and what ends it. */
  let current: { readonly url: string; readonly end: () => void } | undefined;
  /** What waits for it: of several the last. */
  let next: Due | undefined;
  let last:
    { readonly url: string; readonly kind: Beat["kind"]; readonly atMs: number } | undefined;
  let dueAtMs = -Infinity;
  let failing:
    { readonly sinceMs: number; readonly refusals: number; readonly againAtMs: number } | undefined;
  /** People may have been told, perhaps by the process before, that it does not work. */
  let mayBeTold = true;

  function offer(due: Due): void {
    if (sending !== undefined) {
      next = due;
      // Nobody is interested in what goes to an address that is no longer in the config.
      if (current?.url !== due.url) current?.end();
      return;
    }
    sending = one(due)
      .catch((error: unknown) => log.error({ because: wordsOf(error) }, "this is a bug"))
      .finally(() => {
        sending = undefined;
        const waiting = next;
        next = undefined;
        if (waiting !== undefined) offer(waiting);
      });
  }

  async function one({ beat, url, signal }: Due): Promise<void> {
    if (signal.aborted) return;
    const sent = await sentWithin(beat, url, signal);
    if (signal.aborted || sent.kind === "interrupted") return;
    // Not every receiver knows a start, and the next beat says more.
    if (sent.kind === "failed" && beat.kind === "start")
      log.warn({ because: sent.because }, "heartbeat's start not sent");
    else if (sent.kind === "failed") await failed(sent);
    else if (beat.kind !== "start") await worked();
  }

  async function sentWithin(beat: Beat, url: string, signal: AbortSignal): Promise<Sent> {
    const over = new AbortController();
    const end = (): void => over.abort();
    signal.addEventListener("abort", end);
    current = { url, end };
    try {
      return await withinLimit(send(beat, url, over.signal), limitMs, clock, over.signal);
    } catch (error) {
      if (over.signal.aborted) return { kind: "interrupted" };
      return { kind: "failed", because: wordsOf(error), isRefused: false };
    } finally {
      signal.removeEventListener("abort", end);
      end();
      current = undefined;
    }
  }

  async function failed({
    because,
    isRefused,
    waitMs = 0,
  }: Sent & { kind: "failed" }): Promise<void> {
    const atMs = clock.nowMs();
    const { sinceMs = atMs, refusals = 0 } = failing ?? {};
    failing = {
      sinceMs,
      refusals: isRefused ? refusals + 1 : 0,
      againAtMs: Math.max(
        Math.min(dueAtMs, atMs + againMs),
        atMs + Math.min(waitMs, longestWaitMs),
      ),
    };
    log.warn({ because }, "heartbeat not sent");
    if (atMs - sinceMs < troubleAfterMs && failing.refusals < 2) return;
    mayBeTold = true;
    const words = `it cannot be sent: ${because}. Whoever listens for it may take the guard for dead`;
    await take({ kind: "trouble", what, atMs, because: words });
  }

  async function worked(): Promise<void> {
    failing = undefined;
    if (!mayBeTold) return;
    mayBeTold = false;
    await take({ kind: "recovered", what, atMs: clock.nowMs() });
  }

  async function idle(): Promise<void> {
    if (sending === undefined) return;
    await sending;
    await idle();
  }

  /** Another address, another word, or a clock that was set back. */
  function isNew(url: string, kind: Beat["kind"], nowMs: number): boolean {
    return last?.url !== url || last.kind !== kind || nowMs < last.atMs;
  }

  function isDue(everyMs: number, nowMs: number): boolean {
    if (failing !== undefined) return nowMs >= failing.againAtMs;
    return nowMs >= dueAtMs - Math.min(everyMs / 4, mostEarlyMs);
  }

  return {
    start(signal) {
      const wanted = settings();
      if (wanted !== undefined) offer({ beat: { kind: "start" }, url: wanted.url, signal });
    },
    looked(signal) {
      const wanted = settings();
      if (wanted === undefined) {
        last = undefined;
        if (mayBeTold) void worked();
        return;
      }
      const nowMs = clock.nowMs();
      const beat = beatOf(sightOf(engine.state(), nowMs, policy()));
      const { url, everyMs } = wanted;
      if (signal.aborted || beat === undefined) return;
      const isFirst = isNew(url, beat.kind, nowMs);
      if (!isFirst && !isDue(everyMs, nowMs)) return;
      // In step with the first one, however early each is.
      dueAtMs = (isFirst ? nowMs : Math.max(dueAtMs, nowMs)) + everyMs;
      last = { url, kind: beat.kind, atMs: nowMs };
      offer({ beat, url, signal });
    },
    idle,
  };
}

function beatOf(sight: Sight): Beat | undefined {
  switch (sight.kind) {
    case "whole":
      return { kind: "good" };
    case "partial":
      return undefined;
    case "blind":
      return { kind: "fail", because: sight.because };
  }
}
