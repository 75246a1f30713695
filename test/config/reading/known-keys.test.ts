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
  kinds: z.array(
    z.discriminatedUnion("type", [
      z.strictObject({ type: z.literal("x"), leaf }),
      z.strictObject({ type: z.enum(["y", "z"]), d: z.string() }),
    ]),
  ),
});
const value = { kinds: [{ type: "x" }, { type: "z" }, { type: "?" }, "x"] };

it.each<[readonly PropertyKey[], readonly string[]]>([
  [[], ["plain", "optional", "nullish", "defaulted", "list", "kinds"]],
  [["plain"], ["c"]],
  [["optional"], ["c"]],
  [["nullish"], ["c"]],
  [["defaulted"], ["c"]],
  [
    ["list", 3],
    ["inner", "b"],
  ],
  [["list", 3, "inner"], ["c"]],
  [
    ["kinds", 0],
    ["type", "leaf"],
  ],
  [["kinds", 0, "leaf"], ["c"]],
  [
    ["kinds", 1],
    ["type", "d"],
  ],
  [["kinds", 2], []],
  [["kinds", 3], []],
  [["kinds", 4], []],
  [["plain", "c"], []],
  [["nowhere", "else"], []],
  [["constructor"], []],
])("at %j they are %j", (path, keys) => {
  expect(knownKeys(schema, path, value)).toEqual(keys);
});
