import { dayMs, hourMs, minuteMs } from "#guard/model/time.ts";

/** The money at which the plot has a word: at equal steps of 1, 2 or 5, from the lowest to the highest. */
export function moneyTicks(lowestUsd: number, highestUsd: number, most: number): readonly number[] {
  const least = (highestUsd - lowestUsd) / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = power * ([1, 2, 5].find((each) => each * power >= least) ?? 10);
  const first = Math.ceil(lowestUsd / step);
  const last = Math.floor(highestUsd / step);
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * step);
}

/** `$40`, `$0.50`: as many cents as the steps need. */
export function moneyWords(usd: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const digits = step >= 1 ? 0 : step >= 0.01 ? 2 : 4;
  return `${usd < 0 ? "-" : ""}$${Math.abs(usd).toFixed(digits)}`;
}

const steps = [
  10 * minuteMs,
  30 * minuteMs,
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * hourMs),
  ...[1, 2, 4, 7, 14].map((days) => days * dayMs),
];

export interface TimeTick {
  readonly atMs: number;
  readonly words: string;
}

/** The times at which the plot has a word: full hours or days of the clock on the wall. */
export function timeTicks(fromMs: number, toMs: number, most: number): readonly TimeTick[] {
  const least = (toMs - fromMs) / Math.max(1, most);
  const step = steps.find((each) => each >= least) ?? steps.at(-1) ?? dayMs;
  const midnight = new Date(fromMs);
  midnight.setHours(0, 0, 0, 0);
  const ticks: TimeTick[] = [];
  for (let n = 0; ; n += 1) {
    // A day need not have 24 hours.
    const at = new Date(midnight);
    if (step >= dayMs) at.setDate(at.getDate() + (n * step) / dayMs);
    else at.setTime(at.getTime() + n * step);
    const atMs = at.getTime();
    if (atMs > toMs) return ticks;
    if (atMs >= fromMs) ticks.push({ atMs, words: step >= dayMs ? dateOf(at) : clockOf(at) });
  }
}

const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

function dateOf(at: Date): string {
  return `${at.getDate()} ${months[at.getMonth()] ?? ""}`;
}

function clockOf(at: Date): string {
  return [at.getHours(), at.getMinutes()].map((each) => String(each).padStart(2, "0")).join(":");
}
