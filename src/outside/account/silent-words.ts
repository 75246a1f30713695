import { perHour, spanWords, usd } from "#guard/text.ts";
import type { Beat } from "#outside/beat/beat.ts";
import type { StandIn } from "./stand-in.ts";

/** What people are told of the silence, and what is done about it. */
export function silentWords(
  { host, look }: Beat,
  heardAtMs: number,
  standIn: StandIn,
  nowMs: number,
): string {
  const { acts, because } = standIn;
  const balance = look.balanceUsd === undefined ? "an unknown balance" : usd(look.balanceUsd);
  const burn = look.burnPerHrUsd === undefined ? "an unknown burn" : perHour(look.burnPerHrUsd);
  const does =
    acts === "guards"
      ? "I look every minute now, and stop pods by its rules until it is back"
      : `I look every minute now, and stop nothing${because === undefined ? "" : `: ${because}`}`;
  return `nothing was heard of the guard on ${host} for ${spanWords(nowMs - heardAtMs)}. It last saw ${balance} and ${burn}. ${does}`;
}
