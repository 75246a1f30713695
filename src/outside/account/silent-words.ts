import { perHour, spanWords, usd } from "#guard/text.ts";
import { silentFromMs } from "#outside/beat/silence.ts";
import type { ReadBeat } from "./received.ts";
import type { StandIn } from "./stand-in.ts";

/** What people are told of the silence, or of a guard that sees nothing, and what is done about it. */
export function silentWords(
  { atMs, blindSinceMs, beat }: ReadBeat,
  { acts, because }: StandIn,
  nowMs: number,
): string {
  const { host, look, nextInMs } = beat;
  const isSilent = nowMs >= silentFromMs({ atMs, nextInMs });
  const what = isSilent
    ? `nothing was heard of the guard on ${host} for ${spanWords(nowMs - atMs)}`
    : `the guard on ${host} runs, and has seen nothing of the account for ${spanWords(nowMs - (blindSinceMs ?? nowMs))}`;
  const balance = look.balanceUsd === undefined ? "an unknown balance" : usd(look.balanceUsd);
  const burn = look.burnPerHrUsd === undefined ? "an unknown burn" : perHour(look.burnPerHrUsd);
  const until = isSilent ? "until it is back" : "until it sees again";
  const does =
    acts === "guards"
      ? `I look every minute now, and stop pods by its rules ${until}`
      : `I look every minute now, and stop nothing${because === undefined ? "" : `: ${because}`}`;
  return `${what}. It last saw ${balance} and ${burn}. ${does}`;
}
