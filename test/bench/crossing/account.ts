import { between, type Random } from "../faults/seeded.ts";

const hourMs = 3_600_000;

export interface AccountOptions {
  readonly random: Random;
  /** How often RunPod charges the balance. */
  readonly tickMs: number;
  readonly balanceUsd: number;
  /** What burns from when on, the first from the beginning. */
  readonly burns: readonly Burn[];
}

export interface Burn {
  readonly fromMs: number;
  readonly perHrUsd: number;
}

/** An account that burns, and charges for it in ticks that come up to half a second early or late. */
export interface SimulatedAccount {
  burnAt(atMs: number): number;
  /** As RunPod shows it. */
  balanceAt(atMs: number): number;
  /** With what has burned and is not charged yet. */
  leftAt(atMs: number): number;
  /** When RunPod first shows less than this. */
  shownBelowMs(lineUsd: number): number;
}

export function createAccount(options: AccountOptions): SimulatedAccount {
  const { random, tickMs, balanceUsd, burns } = options;
  const phaseMs = random() * tickMs;
  const jitterMs = tickMs < 10_000 ? 0 : 500;
  const jitter = new Map<number, number>();

  function tickAtMs(n: number): number {
    const known = jitter.get(n);
    const byMs = known ?? between(random, -jitterMs, jitterMs);
    if (known === undefined) jitter.set(n, byMs);
    return phaseMs + n * tickMs + byMs;
  }

  function burnAt(atMs: number): number {
    return burns.findLast(({ fromMs }) => fromMs <= atMs)?.perHrUsd ?? 0;
  }

  function leftAt(atMs: number): number {
    const burnt = burns.map(({ fromMs, perHrUsd }, n) => {
      const untilMs = Math.min(atMs, burns[n + 1]?.fromMs ?? Infinity);
      return (Math.max(0, untilMs - fromMs) / hourMs) * perHrUsd;
    });
    return balanceUsd - burnt.reduce((sum, each) => sum + each, 0);
  }

  function balanceAt(atMs: number): number {
    let n = Math.floor((atMs - phaseMs) / tickMs) + 1;
    while (tickAtMs(n) > atMs) n -= 1;
    return leftAt(Math.max(0, tickAtMs(n)));
  }

  return {
    burnAt,
    balanceAt,
    leftAt,
    shownBelowMs(lineUsd) {
      let n = Math.max(0, Math.floor((firstBelow(leftAt, lineUsd) - phaseMs) / tickMs) - 2);
      while (!(tickAtMs(n) >= 0 && leftAt(tickAtMs(n)) < lineUsd)) n += 1;
      return tickAtMs(n);
    },
  };
}

/** When what is left, which only falls, is first below the line. */
function firstBelow(leftAt: (atMs: number) => number, lineUsd: number): number {
  let [aboveMs, belowMs] = [0, 1_000];
  while (leftAt(belowMs) >= lineUsd) belowMs *= 2;
  while (belowMs - aboveMs > 0.01) {
    const middleMs = (aboveMs + belowMs) / 2;
    if (leftAt(middleMs) < lineUsd) belowMs = middleMs;
    else aboveMs = middleMs;
  }
  return belowMs;
}
