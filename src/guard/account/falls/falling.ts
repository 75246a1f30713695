import { isRunning, isEveryRunKnown, type Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { BalancePoint, Falling, PodsRate } from "#guard/model/spend.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";

/** RunPod charges at least so often. */
const chargedEveryMs = 5 * minuteMs;
/** Less is no move of the balance. */
const leastMoveUsd = 0.000_001;
/** Falls that are closer together count as one. */
const apartMs = minuteMs;
/** What is told from a balance is told over so long at the least. */
export const measuredMs = 15 * minuteMs;

/** Follows how the balance falls. A rise, a time without looks and a change-over begin it anew. */
export function followBalance(state: GuardState, look: Seen, policy: Policy): Decision {
  const { falls: before, crossing } = state;
  if (look.isRiseDoubted === true || crossing?.before !== undefined) {
    return { state: before === undefined ? state : { ...state, falls: undefined }, events: [] };
  }
  const rate: PodsRate = { untilMs: look.atMs, perHrUsd: podsPerHrUsd(look) };
  const isOn = before !== undefined && goesOn(before, look, policy);
  return {
    state: { ...state, falls: isOn ? next(before, look, rate) : begun(look, rate) },
    events: [],
  };
}

function goesOn(before: Falling, { atMs, balanceUsd }: Seen, { podGuards }: Policy): boolean {
  const apart = atMs - before.atMs;
  const isRisen = balanceUsd - before.balanceUsd > leastMoveUsd;
  return apart > 0 && apart <= podGuards.gapMs && !isRisen;
}

function begun({ atMs, balanceUsd }: Seen, rate: PodsRate): Falling {
  return { sinceMs: atMs, atMs, balanceUsd, points: [], podsUsd: 0, rates: [rate] };
}

function next(before: Falling, { atMs, balanceUsd }: Seen, rate: PodsRate): Falling {
  // What was seen to run last may have run until now, and what was charged late may have run a while ago.
  const rates = before.rates
    .map((each, n, all) => (n === all.length - 1 ? { ...each, untilMs: atMs } : each))
    .filter(({ untilMs }) => untilMs >= before.atMs - chargedEveryMs);
  const dearest = Math.max(...[...rates, rate].map(worth));
  const lastPodsUsd = known((dearest * (atMs - before.atMs)) / hourMs);
  const podsUsd = sum(before.podsUsd, lastPodsUsd);
  const kept = {
    ...before,
    atMs,
    rates: [...rates.filter((each) => worth(each) > worth(rate)), rate],
  };
  if (before.balanceUsd - balanceUsd <= leastMoveUsd) return { ...kept, podsUsd };
  const point = { atMs, sinceMs: before.atMs, balanceUsd, podsUsd, lastPodsUsd };
  return { ...kept, balanceUsd, podsUsd: 0, points: withPoint(before.points, point) };
}

function worth({ perHrUsd = Infinity }: PodsRate): number {
  return perHrUsd;
}

function known(usd: number): number | undefined {
  return usd === Infinity ? undefined : usd;
}

/** Unknown where one of the two is. */
function sum(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? undefined : one + other;
}

/** Without those that no measure needs any more. */
function withPoint(points: readonly BalancePoint[], point: BalancePoint): readonly BalancePoint[] {
  const [other, last] = [points.at(-2), points.at(-1)];
  const isClose = other !== undefined && last !== undefined && point.atMs - other.atMs < apartMs;
  const all = isClose
    ? [...points.slice(0, -1), { ...point, podsUsd: sum(last.podsUsd, point.podsUsd) }]
    : [...points, point];
  const from = all.findLastIndex(({ atMs }) => point.atMs - atMs >= measuredMs);
  return all.slice(Math.max(0, from));
}

/** The falls of the last quarter of an hour or a little more, each from the one before. */
export function measuredFalls(
  falls: Falling | undefined,
): { readonly first: BalancePoint; readonly last: BalancePoint } | undefined {
  const [first, last] = [falls?.points[0], falls?.points.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  return last.atMs - first.atMs >= measuredMs ? { first, last } : undefined;
}

/** What the running pods cost together; unknown where any pod's part in it is. */
function podsPerHrUsd(look: Seen): number | undefined {
  if (look.pods === "unknown" || !isEveryRunKnown(look)) return undefined;
  return look.pods
    .filter(isRunning)
    .map(({ costPerHrUsd }) => costPerHrUsd)
    .reduce(sum, 0);
}
