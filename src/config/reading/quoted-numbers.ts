import type * as z from "zod";
import { pathOf } from "./explain.ts";

/** The numbers of the Python tool, which let quotes pass. */
const lenientKeys: readonly unknown[] = [
  "below_usd",
  "max_runtime_seconds",
  "poll_interval_seconds",
];

const plainNumber = /^\s*-?\d+(\.\d+)?(e[+-]?\d+)?\s*$/i;

export interface Unquoted {
  readonly raw: unknown;
  readonly warnings: readonly string[];
}

/**
 * Numbers of the Python tool's configs that stand in quotes, taken as what they say, with a warning
 * each: there is no second thing that they could mean.
 */
export function withoutQuotedNumbers(raw: unknown, issues: readonly z.core.$ZodIssue[]): Unquoted {
  const warnings: string[] = [];
  const copy: unknown = structuredClone(raw);
  for (const issue of issues) {
    if (issue.code !== "invalid_type" || !["number", "int"].includes(issue.expected)) continue;
    if (!lenientKeys.includes(issue.path.at(-1))) continue;
    const parent = at(copy, issue.path.slice(0, -1));
    const key = issue.path.at(-1);
    if (typeof parent !== "object" || parent === null || key === undefined) continue;
    const value: unknown = Reflect.get(parent, key);
    if (typeof value !== "string" || !plainNumber.test(value)) continue;
    Reflect.set(parent, key, Number(value));
    warnings.push(`${pathOf(issue.path)}: a number in quotes, taken as ${Number(value)}`);
  }
  return { raw: copy, warnings };
}

function at(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : inner),
    raw,
  );
}
