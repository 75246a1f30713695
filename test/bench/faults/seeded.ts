/** The same numbers from 0 to 1 for the same seed, everywhere. Marsaglia's xorshift, mixed at the start. */
export type Random = () => number;

export function seeded(seed: number): Random {
  let state = Math.imul((seed >>> 0) + 1, 2_654_435_761) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state / 2 ** 32;
  };
  for (let n = 0; n < 8; n += 1) next();
  return next;
}

export function between(random: Random, least: number, most: number): number {
  return least + random() * (most - least);
}

/** A whole number from 0 to below `count`. */
export function below(random: Random, count: number): number {
  return Math.floor(random() * count);
}

export function oneOf<Item>(random: Random, items: readonly Item[]): Item {
  return items[below(random, items.length)] as Item;
}
