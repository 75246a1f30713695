import { createClock } from "#clock.ts";
import type { Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import { exchange } from "#http-request.ts";
import { sendBeat } from "#notify/beat.ts";
import { AlreadyGuarded } from "#store/lock/pid-lock.ts";
import type { Context } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { withinLimit } from "#within-limit.ts";
import { PollFailed } from "./outcome.ts";

/** For a request that does not heed its own limit. */
const graceMs = 1_000;

/**
 * Says to whoever listens for the heartbeat that the daemon has ended by a fault, or could not start.
 * Not so while another daemon guards, which has a heartbeat of its own. Never throws.
 */
export async function failBeat(
  error: unknown,
  settings: Settings | undefined,
  context: Context,
): Promise<void> {
  const {
    interrupted,
    paces: { lastBeatMs: timeLimitMs },
  } = context;
  if (settings?.heartbeat === undefined || settings.dryRun || interrupted.aborted) return;
  if (error instanceof AlreadyGuarded || error instanceof PollFailed) return;
  const { url } = settings.heartbeat;
  const beat = { kind: "fail", because: "the guard has ended by a fault" } as const;
  try {
    const asked = { url, request: exchange, timeLimitMs, signal: interrupted };
    // What listens will miss the daemon anyway.
    const giveUpMs = timeLimitMs + graceMs;
    const sent = await withinLimit(sendBeat(beat, asked), giveUpMs, createClock(), interrupted);
    if (sent.kind === "failed") warn(`the heartbeat could not say so: ${sent.because}`, context);
  } catch (fault) {
    warn(`the heartbeat could not say so: ${wordsOf(fault)}`, context);
  }
}
