import { wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { Channel, Sent } from "./channel.ts";

/** For what a channel does beside its own limit. */
const marginMs = 5_000;

/**
 * The same channel, but nobody waits for it much longer than the limit, whatever becomes of it; and
 * what it throws, which is a bug, is a failure.
 */
export function boundedChannel(channel: Channel, limitMs: number, clock: Clock): Channel {
  return {
    name: channel.name,
    type: channel.type,
    send: (message, signal) =>
      within(limitMs, clock, signal, (over) => channel.send(message, over)),
    probe: (signal) => within(limitMs, clock, signal, (over) => channel.probe(over)),
  };
}

async function within<Answer>(
  limitMs: number,
  clock: Clock,
  signal: AbortSignal,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Promise<Answer | Sent> {
  // What is given up is to end, too. By hand: what AbortSignal.any ties to a signal that lives for months piles up.
  const over = new AbortController();
  const end = (): void => over.abort();
  signal.addEventListener("abort", end);
  if (signal.aborted) end();
  try {
    return await withinLimit(ask(over.signal), limitMs + marginMs, clock, signal);
  } catch (error) {
    if (signal.aborted) return { kind: "interrupted" };
    const because =
      error instanceof GivenUp ? `no answer within ${limitMs / 1_000} s` : wordsOf(error);
    return { kind: "failed", because, isRefused: false };
  } finally {
    signal.removeEventListener("abort", end);
    end();
  }
}
