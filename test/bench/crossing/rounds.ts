import { between, type Random, seeded } from "../faults/seeded.ts";
import { type Burn, createAccount } from "./account.ts";
import { type Watched, watched } from "./watched.ts";

const hourMs = 3_600_000;

export interface Kind {
  readonly name: string;
  readonly tickMs: number;
  /** In dollars an hour, drawn from between the two. */
  readonly burn: readonly [least: number, most: number];
  /** Whether pods start and stop, on average every half hour. */
  readonly jumps: boolean;
}

/** The same accounts and lines, watched at a fixed pace and at one that adapts. */
export interface Round {
  readonly fixed: readonly Watched[];
  readonly adaptive: readonly Watched[];
}

export function roundOf(kind: Kind, accounts: number, seed: number): Round {
  const watch = (n: number, isAdaptive: boolean): Watched => {
    // Each draws the same, however it is watched.
    const random = seeded(seed + n);
    const burns = burnsOf(kind, random);
    const hours = between(random, 0.02, 3);
    const first = burns[0]?.perHrUsd ?? 0;
    const lineUsd = between(random, 0.5, 50);
    const balanceUsd = lineUsd + hours * first;
    const account = createAccount({
      random: seeded(seed - n),
      tickMs: kind.tickMs,
      balanceUsd,
      burns,
    });
    return watched({ random, account, lineUsd, isAdaptive });
  };
  const all = Array.from({ length: accounts }, (_, n) => n);
  return { fixed: all.map((n) => watch(n, false)), adaptive: all.map((n) => watch(n, true)) };
}

function burnsOf({ burn, jumps }: Kind, random: Random): readonly Burn[] {
  // As many small accounts as large ones.
  const draw = (): number => Math.exp(between(random, Math.log(burn[0]), Math.log(burn[1])));
  const burns: Burn[] = [{ fromMs: 0, perHrUsd: draw() }];
  if (!jumps) return burns;
  for (let fromMs = 0; fromMs < 100 * hourMs;) {
    fromMs += between(random, 0, hourMs);
    burns.push({ fromMs, perHrUsd: draw() });
  }
  return burns;
}
