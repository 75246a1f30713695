import type * as z from "zod";

/** A part of a file, read by itself: what cannot be read takes nothing else with it. */
interface Slice<Value> {
  readonly value: Value;
  /** Rows of another version of this program, to be written back as they are. */
  readonly kept: readonly unknown[];
  /** What could not be read, and why. */
  readonly faults: readonly string[];
}

export type ReadSlice<Value> = (found: unknown) => Slice<Value>;

/** One value, or what stands in for one that is not there or cannot be read. */
export function single<Value>(schema: z.ZodType<Value>, otherwise: Value): ReadSlice<Value> {
  return (found) => {
    if (found === undefined) return { value: otherwise, kept: [], faults: [] };
    const parsed = schema.safeParse(found);
    return parsed.success
      ? { value: parsed.data, kept: [], faults: [] }
      : { value: otherwise, kept: [], faults: faultsOf(parsed.error) };
  };
}

/** Values by name, each read by itself. Not z.record: it drops an own `__proto__`, and names are the user's. */
export function named<Value>(
  read: (found: unknown) => Value | undefined,
): ReadSlice<Readonly<Record<string, Value>>> {
  return (found) => {
    if (found === undefined) return { value: {}, kept: [], faults: [] };
    if (typeof found !== "object" || found === null || Array.isArray(found)) {
      return { value: {}, kept: [], faults: ["must be an object"] };
    }
    const values = Object.entries(found).map(([name, each]) => [name, read(each)] as const);
    return {
      value: Object.fromEntries(
        values.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
      ),
      kept: [],
      faults: values.flatMap(([name, value]) =>
        value === undefined ? [`${JSON.stringify(name)} has a wrong value`] : [],
      ),
    };
  };
}

/** What need not be there. */
export function optional<Value>(read: ReadSlice<Value>): ReadSlice<Value | undefined> {
  return (found) =>
    found === undefined ? { value: undefined, kept: [], faults: [] } : read(found);
}

/** A list, each row read by itself; `isForeign` tells what another version of this program has written. */
export function rows<Value>(
  schema: z.ZodType<Value>,
  isForeign: (row: unknown) => boolean = () => false,
): ReadSlice<readonly Value[]> {
  return (found) => {
    if (found === undefined) return { value: [], kept: [], faults: [] };
    if (!Array.isArray(found)) return { value: [], kept: [], faults: ["must be a list"] };
    const value: Value[] = [];
    const kept: unknown[] = [];
    const faults: string[] = [];
    for (const [n, row] of found.entries()) {
      if (isForeign(row)) {
        kept.push(row);
        continue;
      }
      const parsed = schema.safeParse(row);
      if (parsed.success) value.push(parsed.data);
      else faults.push(...faultsOf(parsed.error).map((fault) => `${n}.${fault}`));
    }
    return { value, kept, faults };
  };
}

function faultsOf({ issues }: z.ZodError): readonly string[] {
  return issues.map(({ path, message }) =>
    path.length === 0 ? message : `${path.map(String).join(".")}: ${message}`,
  );
}
