import { crossedAtUsd } from "#guard/account/lines/line.ts";
import { backstopAtMs } from "#guard/account/backstop.ts";
import type { Pod } from "#guard/model/account.ts";
import type { Threshold } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";

/** What a pod costs, and until when. */
export interface Spending {
  readonly pod: Pod;
  readonly costPerHrUsd: number;
  /** By a guard of its own; Infinity: none will for sure. */
  readonly endsAtMs: number;
  /** A backstop may end it. */
  readonly isBacked: boolean;
}

interface From {
  readonly fromMs: number;
  readonly balanceUsd: number;
  /** What burns beside them, which nothing here ends. */
  readonly otherPerHrUsd: number;
  /** RunPod ends what is left when nothing is left. */
  readonly endsAtZero: boolean;
  readonly state: Pick<GuardState, "fired" | "trippedAtMs" | "hoursCrossed">;
  /** Highest first. */
  readonly thresholds: readonly Threshold[];
}

/** What it all comes to until the last pod has ended. */
export interface Spent {
  /** Undefined: there is no limit. */
  readonly usd: number | undefined;
  readonly untilMs: number | undefined;
  /** The threshold whose backstop has ended some of it. */
  readonly by: string | undefined;
  /** What has no end but that of the money. */
  readonly endless: readonly Pod[];
}

/** Lets the pods run until the last of them has ended, from one end to the next. */
export function spendThrough(spending: readonly Spending[], from: From): Spent {
  const { fromMs, state, endsAtZero } = from;
  const ordered = spending.toSorted((a, b) => compare(a.endsAtMs, b.endsAtMs));
  const rates = ratesFrom(ordered);
  const kept = ratesFrom(
    ordered.map((each) => (each.isBacked ? { ...each, costPerHrUsd: 0 } : each)),
  );
  const backed = from.thresholds.filter(({ backstop }) => backstop !== undefined);
  let armed = backed.filter((each) => backstopAtMs(each, state) === undefined);
  let due = backed
    .map((each) => ({
      name: each.name,
      atMs: Math.max(fromMs, backstopAtMs(each, state) ?? Infinity),
    }))
    .toSorted((a, b) => compare(a.atMs, b.atMs))[0];
  let by: string | undefined;
  let next = 0;
  let atMs = fromMs;
  let balanceUsd = from.balanceUsd;
  let untilMs: number | undefined;

  for (;;) {
    const left = by === undefined ? rates : kept;
    const podsRate = left[next] ?? 0;
    if (podsRate <= 0) break;
    const rate = podsRate + from.otherPerHrUsd;
    const [line] = armed;
    const meetsMs = (usd: number): number => atMs + (Math.max(0, balanceUsd - usd) / rate) * hourMs;
    const endMs = Math.max(fromMs, ordered[next]?.endsAtMs ?? Infinity);
    const crossMs =
      by === undefined && line !== undefined
        ? meetsMs(crossedAtUsd(line, rate) ?? -Infinity)
        : Infinity;
    const dueMs = by === undefined ? (due?.atMs ?? Infinity) : Infinity;
    const zeroMs = endsAtZero ? meetsMs(0) : Infinity;
    const thenMs = Math.min(endMs, crossMs, dueMs, zeroMs);
    // It takes longer than any time, or for ever.
    if (thenMs === Infinity) return result(endsAtZero ? from.balanceUsd : undefined, undefined);
    balanceUsd -= (rate * (thenMs - atMs)) / hourMs;
    atMs = thenMs;
    untilMs = thenMs;
    if (zeroMs <= thenMs) return result(from.balanceUsd, untilMs);
    if (endMs <= thenMs) next += 1;
    else if (dueMs <= thenMs) by = due?.name;
    else if (line !== undefined) {
      const afterMs = atMs + (line.backstop?.afterMs ?? 0);
      if (due === undefined || afterMs < due.atMs) due = { name: line.name, atMs: afterMs };
      armed = armed.slice(1);
    }
  }
  return result(from.balanceUsd - balanceUsd, untilMs);

  function result(usd: number | undefined, until: number | undefined): Spent {
    return { usd, untilMs: until, by, endless: endlessIn() };
  }

  function endlessIn(): readonly Pod[] {
    return ordered
      .filter((each) => each.endsAtMs === Infinity && !(each.isBacked && by !== undefined))
      .map(({ pod }) => pod);
  }
}

/** What all from that one on cost together in an hour. */
function ratesFrom(ordered: readonly Pick<Spending, "costPerHrUsd">[]): readonly number[] {
  const rates: number[] = [];
  let sum = 0;
  for (const { costPerHrUsd } of ordered.toReversed()) rates.push((sum += costPerHrUsd));
  return rates.toReversed();
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
