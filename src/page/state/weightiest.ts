import type { EventAnswer } from "#http/contract/history.ts";

/** The newest, half of them at least no mere starts: many pods that start at once hide no end. */
export function weightiest(
  newestFirst: readonly EventAnswer[],
  most: number,
): readonly EventAnswer[] {
  const told = newestFirst.filter(({ type }) => type !== "start").slice(0, most / 2);
  const kept = new Set(told);
  const others = newestFirst.filter((each) => !kept.has(each));
  for (const each of others.slice(0, most - told.length)) kept.add(each);
  return newestFirst.filter((each) => kept.has(each));
}
