import type { Context } from "hono";
import * as z from "zod";
import type { HttpEnv } from "#http/asker.ts";
import type { Failure } from "#http/contract/failure.ts";
import { cleanName } from "#control-characters.ts";

/** A moment in a query: ISO 8601, or seconds since the epoch. Gives milliseconds. */
export const moment = z
  .union([z.iso.datetime({ offset: true }), z.string().regex(/^\d{1,11}(?:\.\d{1,3})?$/)], {
    error: "must be a time such as 2026-11-27T09:00:00Z, or seconds since the epoch",
  })
  .transform((text) => (text.includes("T") ? Date.parse(text) : Number(text) * 1_000));

/** What of the query is asked for, or one clear answer of what is wrong with it. */
export function askedIn<Query extends z.ZodType>(
  c: Context<HttpEnv>,
  schema: Query,
):
  | { readonly kind: "asked"; readonly asked: z.output<Query> }
  | { readonly kind: "failed"; readonly failure: Failure } {
  const given = Object.entries(c.req.queries());
  const twice = given.find(([, values]) => values.length > 1);
  if (twice !== undefined) return failing(`${cleanName(twice[0])}: is given more than once`);
  const query = Object.fromEntries(given.map(([key, values]) => [key, values[0]]));
  const read = schema.safeParse(query);
  if (read.success) return { kind: "asked", asked: read.data };
  return failing(read.error.issues.slice(0, 5).map(wordsOf).join("; "));
}

function wordsOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    return `${issue.keys.slice(0, 5).map(cleanName).join(", ")}: is not known here`;
  }
  const where = issue.path.map(String).join(".");
  return where === "" ? issue.message : `${where}: ${issue.message}`;
}

function failing(words: string) {
  const failure: Failure = {
    error: `The query cannot be used: ${words}.`,
    hint: "See /api/openapi.json.",
  };
  return { kind: "failed", failure } as const;
}
