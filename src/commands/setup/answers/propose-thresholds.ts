import { usd } from "#guard/text.ts";

/** A threshold of the config, as far as the guided start cares. */
export interface Threshold {
  readonly name: string;
  readonly belowUsd: number;
  /** It has a backstop, which stops pods by itself. */
  readonly stopsPods: boolean;
}

/** By place from below: the lowest is for the last minutes, the highest warns in time to top up. */
const hoursOf = [0.25, 1, 4, 8, 12] as const;

/**
 * For each threshold, highest first, an amount that lasts long enough at this burn; never less than what
 * is there now. An unknown burn, or none, is no reason to change anything.
 */
export function proposeThresholds(
  now: readonly Threshold[],
  burnPerHrUsd: number | undefined,
): readonly number[] {
  if (burnPerHrUsd === undefined || !(burnPerHrUsd > 0)) {
    return now.map(({ belowUsd }) => belowUsd);
  }
  const upwards = now.toReversed().reduce<readonly number[]>((below, { belowUsd }, place) => {
    const hours = hoursOf[place] ?? place * 4;
    const wanted = Math.max(belowUsd, roundUp(burnPerHrUsd * hours));
    const lower = below.at(-1);
    // Two of one amount would be one threshold.
    return [...below, lower !== undefined && wanted <= lower ? nextAbove(lower) : wanted];
  }, []);
  return upwards.toReversed();
}

/**
 * The same with no backstop's threshold at or above the balance, where it would stop every pod as soon as
 * the guard runs: half of what is left, in its place. Undefined: there is no such amount.
 */
export function heldBelow(
  now: readonly Pick<Threshold, "stopsPods">[],
  amounts: readonly number[],
  balanceUsd: number,
): readonly number[] | undefined {
  const held = amounts.reduce<readonly number[]>((above, amount, n) => {
    const upper = above.at(-1) ?? Infinity;
    const limit = now[n]?.stopsPods === true ? Math.min(upper, balanceUsd) : upper;
    return [...above, amount < limit ? amount : halfOf(limit)];
  }, []);
  return held.every((amount) => amount > 0) ? held : undefined;
}

/** Down to an amount that people would choose, cents below a dollar. */
function halfOf(amountUsd: number): number {
  const half = amountUsd / 2;
  const steps = half < 1 ? 100 : half < 10 ? 2 : 1;
  return Math.floor(half * steps) / steps;
}

/** To an amount that people would choose: half dollars below 5, dollars below 20, then fives and tens. */
function roundUp(amountUsd: number): number {
  const step = amountUsd < 5 ? 0.5 : amountUsd < 20 ? 1 : amountUsd < 100 ? 5 : 10;
  return Math.ceil(Number((amountUsd / step).toFixed(6))) * step;
}

function nextAbove(amountUsd: number): number {
  return roundUp(amountUsd + 0.01);
}

/** `10, 2, 0.5`; or what is wrong with it, in words. */
export function parseThresholds(
  text: string,
  names: readonly string[],
): { readonly amounts: readonly number[] } | { readonly fault: string } {
  const words = text
    .split(/[\s,;]+/)
    .map((word) => word.replace(/^\$/, ""))
    .filter((word) => word !== "");
  const isOne = names.length === 1;
  const asked = `${names.length} ${isOne ? "amount" : "amounts"} in dollars${isOne ? "" : ", highest first"}: ${names.join(", ")}`;
  if (words.length !== names.length) return { fault: `Give ${asked} (got ${words.length})` };
  const wrong = words.find((word) => !/^\d+(\.\d+)?$/.test(word) || !(Number(word) > 0));
  if (wrong !== undefined) {
    return { fault: `Give ${asked}; each must be more than 0 (got ${JSON.stringify(wrong)})` };
  }
  const amounts = words.map(Number);
  const misplaced = amounts.findIndex((amount, n) => n > 0 && amount >= (amounts[n - 1] ?? 0));
  return misplaced < 0
    ? { amounts }
    : {
        fault: `Highest first: ${usd(amounts[misplaced] ?? 0)} must be less than ${usd(amounts[misplaced - 1] ?? 0)}`,
      };
}

/** How the amounts are typed. */
export function amountsText(amounts: readonly number[]): string {
  return amounts.map(String).join(", ");
}
