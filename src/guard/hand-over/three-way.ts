import { own } from "#guard/own-value.ts";

/** What became of one value on both sides since `base`: the one's word, the other's, or what joins them. */
export type Merge<Value> = (mine: Value, base: Value, theirs: Value) => Value;

/** Who alone has changed it has the word; where both have, `join` says. */
export function threeWay<Value>(
  join: (mine: Value, theirs: Value, base: Value) => Value,
): Merge<Value> {
  return (mine, base, theirs) => {
    if (isSame(theirs, base) || isSame(mine, theirs)) return mine;
    return isSame(mine, base) ? theirs : join(mine, theirs, base);
  };
}

/** Where both sides have changed it, ours holds: we look again in a moment. */
export function ours<Value>(): Merge<Value> {
  return threeWay((mine) => mine);
}

/** Each key by itself. */
export function byKey<Value>(
  merge: Merge<Value | undefined>,
): Merge<Readonly<Record<string, Value>>> {
  return (mine, base, theirs) => {
    const keys = new Set([...Object.keys(mine), ...Object.keys(theirs)]);
    return Object.fromEntries(
      [...keys].flatMap((key) => {
        const value = merge(own(mine, key), own(base, key), own(theirs, key));
        return value === undefined ? [] : [[key, value] as const];
      }),
    );
  };
}

/** The same of what may not be there at all. */
export function byKeyOrNone<Value>(
  merge: Merge<Value | undefined>,
): Merge<Readonly<Record<string, Value>> | undefined> {
  const merged = byKey(merge);
  return (mine, base, theirs) =>
    mine === undefined && theirs === undefined
      ? undefined
      : merged(mine ?? {}, base ?? {}, theirs ?? {});
}

/** Rows, each by its name: ours in their order, then what they have besides. */
export function rows<Row>(
  nameOf: (row: Row) => string,
  merge: Merge<Row | undefined> = ours(),
): Merge<readonly Row[]> {
  const named = (list: readonly Row[]) =>
    Object.fromEntries(list.map((row) => [nameOf(row), row] as const));
  const merged = byKey(merge);
  return (mine, base, theirs) => {
    const result = merged(named(mine), named(base), named(theirs));
    const names = [...new Set([...mine, ...theirs].map(nameOf))];
    return names.flatMap((name) => own(result, name) ?? []);
  };
}

function isSame(one: unknown, other: unknown): boolean {
  return one === other || text(one) === text(other);
}

/** Without what is undefined, and whatever the order of the keys. */
function text(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
