import type { BalanceAnswer } from "#http/contract/balance.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import type { Known } from "./points.ts";

const secondsPerHour = 3_600;

export interface Meeting {
  readonly name: string;
  readonly atS: number;
  readonly usd: number;
}

export interface Forecast {
  /** At the present burn, from now on; empty: there is none. */
  readonly line: readonly Known[];
  /** What it meets, the first first; $0 has that for a name. */
  readonly meets: readonly Meeting[];
}

const none: Forecast = { line: [], meets: [] };
const zeroName = "$0";

/**
 * As the newest status has it: it is gone as soon as the balance or the burn is not known. Whether
 * it ends at $0 only the curve's answer says, as it does not for an account that is billed afterwards.
 */
export function forecastOf(
  status: StatusAnswer | undefined,
  answer: BalanceAnswer | undefined,
): Forecast {
  if (status === undefined) return answer === undefined ? none : asAnswered(answer);
  const { balance_usd: balanceUsd, burn_per_hr_usd: burnUsd, thresholds } = status;
  const seenAt = status.poll.last_good_at ?? status.at;
  const atS = secondsOf(seenAt);
  if (balanceUsd === null || burnUsd === null || !(balanceUsd > 0) || !(burnUsd > 0)) return none;
  const met = thresholds.flatMap(({ name, crosses_at_usd: usd, meets_at: at }) =>
    at === null || usd === null || usd > balanceUsd ? [] : [{ name, usd, atS: secondsOf(at) }],
  );
  const zero: readonly Meeting[] = endsAtZero(answer)
    ? [{ name: zeroName, usd: 0, atS: atS + (balanceUsd / burnUsd) * secondsPerHour }]
    : [];
  const meets = [...met, ...zero].toSorted((a, b) => a.atS - b.atS);
  return meets.length === 0
    ? none
    : { line: [[atS, balanceUsd], ...meets.map((each) => [each.atS, each.usd] as const)], meets };
}

/** A point of the curve that is newer than the forecast's first takes its place. */
export function joined(forecast: Forecast, last: Known | undefined): Forecast {
  const [first] = forecast.line;
  if (first === undefined || last === undefined || first[0] >= last[0]) return forecast;
  return { ...forecast, line: [last, ...forecast.line.filter(([atS]) => atS > last[0])] };
}

function asAnswered({ forecast, thresholds }: BalanceAnswer): Forecast {
  const named = [...thresholds, { name: zeroName, below_usd: 0 }];
  const meets = forecast.flatMap(([atS, usd], n) =>
    named
      .filter(({ below_usd: below }) => below === usd && (n > 0 || forecast.length > 1))
      .map(({ name }) => ({ name, atS, usd })),
  );
  return { line: forecast, meets };
}

function endsAtZero(answer: BalanceAnswer | undefined): boolean {
  return answer?.forecast.at(-1)?.[1] === 0;
}

function secondsOf(at: string): number {
  return Date.parse(at) / 1000;
}
