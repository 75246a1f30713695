import type { BalanceAnswer } from "#http/contract/balance.ts";
import type { Moments } from "#page/words/moments.ts";
import { usd } from "#page/words/money.ts";
import type { Meeting } from "./forecast.ts";
import { gapsIn, known, type Known, type Point, rises } from "./points.ts";
import type { Range } from "./ranges.ts";

const longestName = 24;

/** Names are other people's, and may be long. */
export function shortName(name: string): string {
  const letters = Array.from(name);
  return letters.length <= longestName ? name : `${letters.slice(0, longestName - 1).join("")}…`;
}

/** When, in words: by the clock of where it is read. */
export type When = (atS: number) => string;

export function whenAt(moments: Moments, nowMs: number): When {
  return (atS) => moments(atS * 1000, nowMs);
}

/** `warning at about 16:40`. */
export function meetingWords({ name, atS }: Meeting, when: When): string {
  return `${shortName(name)} at about ${when(atS)}`;
}

/** What a person who cannot see the curve should know of it. */
export function summary(points: readonly Point[], { words }: Range, when: When): string {
  const all = known(points);
  const [first, last] = [all[0], all.at(-1)];
  if (first === undefined || last === undefined) return "";
  const start = `In ${words} the balance went from ${usd(first[1])} (${when(first[0])}) to ${usd(last[1])} (${when(last[0])})`;
  const lowest = all.reduce((low, each) => (each[1] < low[1] ? each : low));
  const isDip = lowest[1] < Math.min(first[1], last[1]);
  const dip = isDip ? `, at its lowest ${usd(lowest[1])} (${when(lowest[0])})` : "";
  const parts = [`${start}${dip}`, ...riseWords(rises(points), when), ...gapWords(points)];
  return `${parts.join(". ")}.`;
}

function riseWords(all: readonly Known[], when: When): readonly string[] {
  const last = all.at(-1);
  if (last === undefined) return [];
  const words = `by ${usd(last[1])} at about ${when(last[0])}`;
  return [all.length === 1 ? `It rose ${words}` : `It rose ${all.length} times, last ${words}`];
}

function gapWords(points: readonly Point[]): readonly string[] {
  const count = gapsIn(points);
  if (count === 0) return [];
  return [count === 1 ? "In one gap nobody looked" : `In ${count} gaps nobody looked`];
}

/** Why there is no curve, or only a part of it; undefined: all of it is there. */
export function whyNotAll(
  { since }: Pick<BalanceAnswer, "since">,
  points: readonly Point[],
  range: Range,
  { nowMs, when }: { readonly nowMs: number; readonly when: When },
): string | undefined {
  if (since === null) {
    return "No balance is known yet: the curve begins with the first poll that sees one.";
  }
  const sinceMs = Date.parse(since);
  if (points.length === 0) {
    return `No balance of ${range.words} is known: nobody looked, or every poll failed.`;
  }
  return sinceMs > nowMs - 0.9 * range.ms
    ? `Nothing before ${when(sinceMs / 1000)} is known.`
    : undefined;
}

/** What one point of the curve says. */
export function readingWords(
  [atS, balanceUsd]: Known,
  isForecast: boolean,
  when: When,
  meets: readonly Meeting[],
): string {
  const met = meets.filter((each) => each.atS === atS).map(({ name }) => shortName(name));
  const what = met.length === 0 ? "" : `, meets ${met.join(", ")}`;
  return isForecast
    ? `About ${when(atS)}, at the present burn: ${usd(balanceUsd)}${what}`
    : `${when(atS)}: ${usd(balanceUsd)}`;
}
