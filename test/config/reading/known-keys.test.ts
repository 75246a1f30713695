import { expect, it } from "vitest";
import * as z from "zod";
import { knownKeys } from "#config/reading/known-keys.ts";

const leaf = z.strictObject({ c: z.number() });
const schema = z.strictObject({
  plain: leaf,
  optional: leaf.optional(),
  nullish: leaf.nullish(),
  defaulted: leaf.prefault({ c: 1 }),
  list: z.array(z.strictObject({ inner: leaf.nullable().default(null), b: z.string() })),
});

it.each<[readonly PropertyKey[], readonly string[]]>([
  [[], ["plain", "optional", "nullish", "defaulted", "list"]],
  [["plain"], ["c"]],
  [["optional"], ["c"]],
  [["nullish"], ["c"]],
  [["defaulted"], ["c"]],
  [
    ["list", 3],
    ["inner", "b"],
  ],
  [["list", 3, "inner"], ["c"]],
  [["plain", "c"], []],
  [["nowhere", "else"], []],
  [["constructor"], []],
])("at %j they are %j", (path, keys) => {
  expect(knownKeys(schema, path)).toEqual(keys);
});
