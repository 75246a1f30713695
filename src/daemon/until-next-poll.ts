import type { Policy } from "#guard/model/policy.ts";
import { nextDueMs } from "#guard/next-look.ts";
import type { Paces } from "#paces.ts";
import type { Clock } from "#ports.ts";
import type { Engine } from "./engine.ts";
import type { NextPoll } from "./pace.ts";
import type { SystemdNotify } from "./systemd-notify.ts";

export interface WaitDeps {
  readonly clock: Clock;
  readonly engine: Pick<Engine, "state">;
  readonly policy: () => Policy;
  readonly systemd: Pick<SystemdNotify, "watchdogMs" | "alive">;
  readonly paces: Pick<Paces, "leastGapMs">;
  /** When someone last wished for a poll, as something has changed; -Infinity: nobody has. */
  readonly wishedAtMs?: () => number;
  /** Told when it will poll next, for whoever shows it. */
  readonly planned?: (nextAtMs: number) => void;
}

interface LastPoll {
  readonly beganAtMs: number;
  readonly lookedAtMs: number;
  readonly next: NextPoll;
  /** For systemd, in words. */
  readonly status: string;
}

/** Waits for the next poll, or until something comes due, and tells systemd that the daemon is alive. */
export async function untilNextPoll(
  { clock, engine, policy, systemd, planned, wishedAtMs, paces: { leastGapMs } }: WaitDeps,
  { beganAtMs, lookedAtMs, next, status }: LastPoll,
  ending: AbortSignal,
): Promise<void> {
  const fromMs = clock.nowMs();
  let pingAtMs = fromMs + (systemd.watchdogMs ?? Infinity);
  for (let now = fromMs; !ending.aborted; now = clock.nowMs()) {
    const isWished = (wishedAtMs?.() ?? -Infinity) > beganAtMs;
    const dueMs = Math.max(
      isWished ? -Infinity : nextDueMs(engine.state(), policy(), lookedAtMs),
      fromMs + leastGapMs,
      next.notBeforeMs(),
    );
    const nextMs = Math.min(next.pollAtMs(), dueMs);
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
