import { createClock } from "#clock.ts";
import type { HeartbeatSettings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import { exchange } from "#requests/exchange.ts";
import { sendBeat } from "#notify/beat.ts";
import { AlreadyGuarded } from "#store/lock/pid-lock.ts";
import type { Context } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { withinLimit } from "#within-limit.ts";
import { PollFailed } from "./outcome.ts";

/** For a request that does not heed its own limit. */
const graceMs = 1_000;

/**
 * Says to whoever listens for the heartbeat that the daemon has ended by a fault, or could not start. `heartbeat` is not asked where nothing is to be said.
 * Not so while another daemon guards, which has a heartbeat of its own. Never throws.
 */
export async function failBeat(
  error: unknown,
  heartbeat: () => Promise<HeartbeatSettings | undefined>,
  context: Context,
): Promise<void> {
  const {
    interrupted,
    paces: { lastBeatMs: timeLimitMs },
  } = context;
  if (interrupted.aborted) return;
  if (error instanceof AlreadyGuarded || error instanceof PollFailed) return;
  const beat = { kind: "fail", because: "the guard has ended by a fault" } as const;
  const send = async () => {
    const settings = await heartbeat();
    if (settings === undefined) return undefined;
    const { url } = settings;
    return sendBeat(beat, { url, request: exchange, timeLimitMs, signal: interrupted });
  };
  try {
    // What listens will miss the daemon anyway.
    const giveUpMs = timeLimitMs + graceMs;
    const sent = await withinLimit(send(), giveUpMs, createClock(), interrupted);
    if (sent?.kind === "failed") warn(`the heartbeat could not say so: ${sent.because}`, context);
  } catch (fault) {
    warn(`the heartbeat could not say so: ${wordsOf(fault)}`, context);
  }
}
