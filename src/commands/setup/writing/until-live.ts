import { type Unread, unreadBy } from "#config/in-force.ts";
import type { Settings } from "#config/settings.ts";
import type { Clock } from "#ports.ts";
import { identityOf } from "#process/identity.ts";
import { savedState } from "#report/snapshot.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";

const everyMs = 200;

/** How a guard was found: `live` when it has polled with this config in force. */
export type Liveness =
  | { readonly kind: "live"; readonly pid: number }
  | { readonly kind: "not-running" }
  | { readonly kind: "not-polled"; readonly pid: number }
  | { readonly kind: "old-config"; readonly pid: number; readonly unread: Unread | undefined };

/** Waits until a daemon has polled since then, with these settings in force; no longer than the limit. */
export async function untilLive(
  settings: Settings,
  { sinceMs, readSinceMs = -Infinity, limitMs, clock, signal }: WaitOptions,
): Promise<Liveness> {
  const giveUpAtMs = clock.nowMs() + limitMs;
  for (;;) {
    const found = await livenessOf(settings, { sinceMs, readSinceMs });
    if (found.kind === "live" || clock.nowMs() >= giveUpAtMs || signal.aborted) return found;
    await clock.sleepUntil(Math.min(giveUpAtMs, clock.nowMs() + everyMs), signal);
  }
}

interface WaitOptions {
  readonly sinceMs: number;
  /** It must have read its config and its key since then, and polled with them. */
  readonly readSinceMs?: number | undefined;
  readonly limitMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

async function livenessOf(
  settings: Settings,
  { sinceMs, readSinceMs }: { readonly sinceMs: number; readonly readSinceMs: number },
): Promise<Liveness> {
  const pid = await watcherOf(settings.stateFile, identityOf);
  if (pid === undefined) return { kind: "not-running" };
  const { saved } = await savedState(settings.stateFile);
  const { inForce, lookedAtMs = -Infinity, blind } = saved;
  if (inForce?.pid !== pid) return { kind: "not-polled", pid };
  const unread = unreadBy(inForce, settings);
  if (unread !== undefined) return { kind: "old-config", pid, unread };
  // What it has in force says nothing of its key.
  if (inForce.sinceMs < readSinceMs) return { kind: "old-config", pid, unread };
  const polledAfterMs = readSinceMs === -Infinity ? sinceMs : Math.max(sinceMs, inForce.sinceMs);
  // One that does not see has polled, too: `status` says why it is blind.
  const isPolled = lookedAtMs >= polledAfterMs || blind !== undefined;
  return isPolled ? { kind: "live", pid } : { kind: "not-polled", pid };
}
