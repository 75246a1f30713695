import { crossedAtUsd } from "#guard/account/lines/line.ts";
import type { BudgetStanding } from "#guard/budgets/standing.ts";
import { isRunning, type Pod } from "#guard/model/account.ts";
import type { Threshold } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { isAmong } from "#guard/protect.ts";
import { aheadOfNow } from "#report/ahead/ahead.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import type { Price, Wanted } from "./price.ts";

/** What becomes of the balance with one more pod, if all else goes on as it does. */
export interface Estimate {
  readonly wanted: Wanted;
  readonly price: Price;
  readonly atMs: number;
  /** When its lease would end. */
  readonly endsAtMs: number;
  readonly balanceUsd: number;
  /** Undefined: it is not known what burns now, nor then what is left. */
  readonly burnPerHrUsd: number | undefined;
  readonly balanceAtEndUsd: number | undefined;
  readonly reached: readonly Reached[];
  readonly budgets: readonly BudgetStanding[];
  /** Undefined: nobody knows. */
  readonly lasts: boolean | undefined;
  /** Why it does not last, or why nobody knows. */
  readonly because: string | undefined;
}

/** A line of money, and when it is reached with this pod. */
export interface Reached {
  readonly kind: "threshold" | "budget" | "zero";
  readonly name: string;
  readonly levelUsd: number | undefined;
  /** `never`: not as things stand, or not in the budget's period. */
  readonly is: "reached" | "ahead" | "never" | "unknown";
  /** Of one that is ahead. */
  readonly atMs: number | undefined;
}

/** What burns while it runs, and after that. */
interface Rates {
  readonly withItPerHrUsd: number;
  readonly afterPerHrUsd: number;
  readonly forMs: number;
}

export function estimateOf(
  wanted: Wanted,
  price: Price,
  podName: string,
  snapshot: SeenSnapshot,
): Estimate {
  const { look, nowMs: atMs, policy } = snapshot;
  const { balanceUsd } = look;
  const { forMs } = wanted;
  const burnPerHrUsd = look.burnPerHrUsd ?? addedUp(look.pods);
  const rates = burnPerHrUsd === undefined ? undefined : ratesOf(burnPerHrUsd, price, forMs);
  const { budgets } = aheadOfNow({ ...snapshot, schedules: [] });
  const { thresholds } = policy;
  const balanceAtEndUsd = rates && balanceUsd - (rates.withItPerHrUsd * forMs) / hourMs;
  return {
    wanted,
    price,
    atMs,
    endsAtMs: atMs + forMs,
    balanceUsd,
    burnPerHrUsd,
    balanceAtEndUsd,
    reached: [
      ...thresholds.map((line) => thresholdReached(line, balanceUsd, rates, atMs)),
      ...budgets.map((standing) => budgetReached(standing, podName, price, rates, atMs)),
      { ...spent("zero", "$0", 0, balanceUsd, rates, atMs) },
    ],
    budgets,
    ...lasting(thresholds.at(-1), balanceAtEndUsd, { balanceUsd, rates, price, look }),
  };
}

function ratesOf(burnPerHrUsd: number, { perHrUsd }: Price, forMs: number): Rates {
  return { withItPerHrUsd: burnPerHrUsd + perHrUsd, afterPerHrUsd: burnPerHrUsd, forMs };
}

/** Undefined where the cost of one that runs is not known. */
function addedUp(pods: readonly Pod[]): number | undefined {
  const costs = pods.filter(isRunning).map(({ costPerHrUsd }) => costPerHrUsd);
  return costs.reduce<number | undefined>(
    (sum, cost) => (sum === undefined || cost === undefined ? undefined : sum + cost),
    0,
  );
}

function thresholdReached(
  line: Threshold,
  balanceUsd: number,
  rates: Rates | undefined,
  atMs: number,
): Reached {
  const levelUsd = crossedAtUsd(line, rates?.withItPerHrUsd);
  const named = { kind: "threshold", name: line.name } as const;
  if (levelUsd === undefined) return { ...named, levelUsd, is: "unknown", atMs: undefined };
  return spent("threshold", line.name, levelUsd, balanceUsd, rates, atMs);
}

/** When a balance comes down to a level. */
function spent(
  kind: Reached["kind"],
  name: string,
  levelUsd: number,
  balanceUsd: number,
  rates: Rates | undefined,
  atMs: number,
): Reached {
  const found = { kind, name, levelUsd };
  if (balanceUsd < levelUsd || balanceUsd <= 0) return { ...found, is: "reached", atMs: undefined };
  if (rates === undefined) return { ...found, is: "unknown", atMs: undefined };
  const inMs = spendMs(balanceUsd - levelUsd, rates);
  return inMs === undefined
    ? { ...found, is: "never", atMs: undefined }
    : { ...found, is: "ahead", atMs: atMs + inMs };
}

/** How long so much money lasts; undefined: for ever. */
function spendMs(usd: number, { withItPerHrUsd, afterPerHrUsd, forMs }: Rates): number | undefined {
  const whileItRunsUsd = (withItPerHrUsd * forMs) / hourMs;
  if (usd <= whileItRunsUsd) return withItPerHrUsd > 0 ? (usd / withItPerHrUsd) * hourMs : 0;
  if (afterPerHrUsd <= 0) return undefined;
  return forMs + ((usd - whileItRunsUsd) / afterPerHrUsd) * hourMs;
}

function budgetReached(
  { budget, period, spentUsd, burnPerHrUsd, trippedAtMs }: BudgetStanding,
  podName: string,
  price: Price,
  ofAccount: Rates | undefined,
  atMs: number,
): Reached {
  const { name, limitUsd, pods } = budget;
  const found = { kind: "budget", name, levelUsd: limitUsd } as const;
  if (period === undefined) return { ...found, is: "unknown", atMs: undefined };
  if (trippedAtMs !== undefined || spentUsd >= limitUsd) {
    return { ...found, is: "reached", atMs: trippedAtMs };
  }
  const rates = pods === undefined ? ofAccount : ratesOfPods();
  if (rates === undefined) return { ...found, is: "unknown", atMs: undefined };
  const inMs = spendMs(limitUsd - spentUsd, rates) ?? Infinity;
  return atMs + inMs < period.toMs
    ? { ...found, is: "ahead", atMs: atMs + inMs }
    : { ...found, is: "never", atMs: undefined };

  function ratesOfPods(): Rates | undefined {
    if (burnPerHrUsd === undefined) return undefined;
    const isMeant = isAmong({ id: "", name: podName, rawName: podName }, pods ?? []);
    const mine = isMeant ? price : { ...price, perHrUsd: 0 };
    return ratesOf(burnPerHrUsd, mine, ofAccount?.forMs ?? Infinity);
  }
}

/** Whether there is money for an hour, and for the whole lease above the most severe threshold. */
function lasting(
  mostSevere: Threshold | undefined,
  balanceAtEndUsd: number | undefined,
  known: {
    readonly balanceUsd: number;
    readonly rates: Rates | undefined;
    readonly price: Price;
    readonly look: Pick<SeenSnapshot["look"], "billingMode">;
  },
): Pick<Estimate, "lasts" | "because"> {
  const { balanceUsd, rates, price, look } = known;
  // It gets a bill, and nothing of it is stopped for want of a balance.
  if (look.billingMode === "POSTPAID") return { lasts: true, because: undefined };
  if (balanceUsd < price.perHrUsd) {
    return { lasts: false, because: "the balance is less than what its first hour costs" };
  }
  if (balanceAtEndUsd === undefined || rates === undefined) {
    return { lasts: undefined, because: "what burns now is not known" };
  }
  const levelUsd = (mostSevere && crossedAtUsd(mostSevere, rates.withItPerHrUsd)) ?? 0;
  if (balanceAtEndUsd >= levelUsd) return { lasts: true, because: undefined };
  const below = mostSevere === undefined ? "$0" : `threshold ${mostSevere.name}`;
  return { lasts: false, because: `the balance would be below ${below} before its lease ends` };
}
