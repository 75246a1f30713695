import { crossedAtUsd } from "#guard/account/lines/line.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Line } from "#guard/model/policy.ts";
import { dayMs, hourMs } from "#guard/model/time.ts";

/** Nobody plans further with the burn of now. */
export const farthestMs = 366 * dayMs;

type Burning = Pick<Seen, "atMs" | "balanceUsd" | "burnPerHrUsd"> & {
  readonly billingMode?: Seen["billingMode"] | undefined;
};

export interface ForecastSources {
  /** The account as it is now, and how it is billed; undefined: it is not seen. */
  readonly look: Burning | undefined;
  readonly thresholds: readonly (Line & { readonly name: string })[];
}

export interface Forecast {
  /** From now to where it meets the last threshold or $0, with a point at each; empty: there is none. */
  readonly line: readonly { readonly atMs: number; readonly balanceUsd: number }[];
  /** The thresholds that the balance meets, the first first. */
  readonly meets: readonly { readonly name: string; readonly atMs: number }[];
  /** When $0 is met. Undefined: never, unknown, or RunPod ends nothing for it (POSTPAID). */
  readonly zeroAtMs: number | undefined;
}

const none: Forecast = { line: [], meets: [], zeroAtMs: undefined };

/** At the present burn. There is none where nothing burns, the burn is unknown, or nothing is left. */
export function forecast({ look, thresholds }: ForecastSources): Forecast {
  if (look === undefined) return none;
  const { atMs, balanceUsd, burnPerHrUsd, billingMode } = look;
  if (burnPerHrUsd === undefined || !(burnPerHrUsd > 0) || !(balanceUsd > 0)) return none;
  const inMs = (usd: number): number => ((balanceUsd - usd) / burnPerHrUsd) * hourMs;
  const isNear = (usd: number): boolean => usd <= balanceUsd && inMs(usd) <= farthestMs;
  const lines = thresholds.flatMap(({ name, ...line }) => {
    const belowUsd = crossedAtUsd(line, burnPerHrUsd);
    return belowUsd === undefined ? [] : [{ name, belowUsd }];
  });
  const met = lines
    .filter(({ belowUsd }) => isNear(belowUsd))
    .toSorted((a, b) => b.belowUsd - a.belowUsd);
  const endsAtZero = billingMode !== "POSTPAID";
  const zeroAtMs = endsAtZero && isNear(0) ? atMs + inMs(0) : undefined;
  const lowestUsd = Math.min(...lines.map(({ belowUsd }) => belowUsd), Infinity);
  const endUsd = endsAtZero ? 0 : lowestUsd;
  // Billed afterwards, and below every threshold: nothing more is met.
  if (endUsd > balanceUsd) return none;
  const far = {
    atMs: atMs + farthestMs,
    balanceUsd: balanceUsd - (burnPerHrUsd * farthestMs) / hourMs,
  };
  const corners = [
    balanceUsd,
    ...met.map(({ belowUsd }) => belowUsd),
    ...(isNear(endUsd) ? [endUsd] : []),
  ];
  const line = [...new Set(corners)].map((usd) => ({ atMs: atMs + inMs(usd), balanceUsd: usd }));
  return {
    line: isNear(endUsd) ? line : [...line, far],
    meets: met.map(({ name, belowUsd }) => ({ name, atMs: atMs + inMs(belowUsd) })),
    zeroAtMs,
  };
}
