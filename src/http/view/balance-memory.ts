import { crossedAtUsd } from "#guard/account/lines/line.ts";
import type { Policy } from "#guard/model/policy.ts";
import { dayMs, minuteMs } from "#guard/model/time.ts";
import { rounded } from "#guard/text.ts";
import type { BalanceAnswer } from "#http/contract/balance.ts";
import type { BalanceQuery } from "#http/deps.ts";
import type { BalanceSample } from "#ports.ts";
import { curveOf } from "#report/curve/curve.ts";
import { forecast, type ForecastSources } from "#report/curve/forecast.ts";
import { isoOrNull } from "#report/iso.ts";

/** The balance of the last 30 days, as far as anybody looked. */
export interface BalanceMemory {
  readonly add: (sample: BalanceSample) => void;
  /** What was known before this process. */
  readonly addOlder: (samples: readonly BalanceSample[]) => void;
  readonly latest: () => BalanceSample | undefined;
  readonly answer: (query: BalanceQuery, now: BalanceNow) => BalanceAnswer;
}

interface BalanceNow {
  readonly nowMs: number;
  readonly policy: Policy;
  /** The account as it is now; undefined: it is not seen. */
  readonly look: ForecastSources["look"];
}

/** For so long they are kept. */
export const keptForMs = 30 * dayMs;
/** One a minute, as in the file. */
const most = 43_200;

export function createBalanceMemory(): BalanceMemory {
  let samples: BalanceSample[] = [];
  /** It is none of them yet: the next may be of the same minute. */
  let newest: BalanceSample | undefined;

  function all(): readonly BalanceSample[] {
    return newest === undefined || samples.at(-1) === newest ? samples : [...samples, newest];
  }

  function dropOld(nowMs: number): void {
    const isOld = (sample: BalanceSample | undefined) =>
      sample !== undefined && sample.atMs < nowMs - keptForMs;
    // Once a day's worth has gathered: nothing is copied for one.
    if (samples.length > most || isOld(samples[1_440])) {
      samples = samples.filter((each) => !isOld(each)).slice(-most);
    }
  }

  return {
    add(sample) {
      const last = samples.at(-1);
      if (last === undefined || minuteOf(last) !== minuteOf(sample)) samples.push(sample);
      newest = sample;
      dropOld(sample.atMs);
    },
    addOlder(older) {
      const firstMs = samples[0]?.atMs ?? Infinity;
      samples = [...older.filter(({ atMs }) => atMs < firstMs), ...samples].slice(-most);
      newest ??= samples.at(-1);
    },
    latest: () => newest,
    answer({ fromMs, toMs, points }, { nowMs, policy, look }) {
      const { gapMs } = policy.podGuards;
      const curve = curveOf(all(), { fromMs, toMs, points, nowMs, gapMs });
      return {
        from: isoOrNull(fromMs) ?? epoch,
        to: isoOrNull(toMs) ?? epoch,
        points: curve.map(({ atMs, balanceUsd }) => [
          secondsOf(atMs),
          balanceUsd === undefined ? null : rounded(balanceUsd),
        ]),
        since: isoOrNull(samples[0]?.atMs),
        thresholds: policy.thresholds.flatMap(({ name, ...line }) => {
          const at = crossedAtUsd(line, look?.burnPerHrUsd);
          return at === undefined ? [] : [{ name, below_usd: at }];
        }),
        forecast: forecast({ look, thresholds: policy.thresholds }).line.map(
          ({ atMs, balanceUsd }) => [secondsOf(atMs), rounded(balanceUsd)],
        ),
      };
    },
  };
}

const epoch = new Date(0).toISOString();

function minuteOf({ atMs }: BalanceSample): number {
  return Math.floor(atMs / minuteMs);
}

function secondsOf(atMs: number): number {
  return Math.round(atMs) / 1_000;
}
