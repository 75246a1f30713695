import * as z from "zod";
import { wishAsked, wished } from "#http/contract/ahead.ts";
import { balanceAnswer } from "#http/contract/balance.ts";
import { failure } from "#http/contract/failure.ts";
import { event, historyAnswer } from "#http/contract/history.ts";
import { endAsked, extendAsked, operation } from "#http/contract/operation.ts";
import { statusAnswer } from "#http/contract/status.ts";
import { iso } from "#http/contract/time.ts";

type JsonSchema = Readonly<Record<string, unknown>>;

const health = z.object({
  is_healthy: z.boolean(),
  because: z.string(),
  last_good_at: iso.nullable(),
  limit_seconds: z.number().describe("Healthy while the last poll that worked is younger."),
});

const named = {
  Status: statusAnswer,
  History: historyAnswer,
  Event: event,
  Balance: balanceAnswer,
  Operation: operation,
  Extend: extendAsked,
  End: endAsked,
  Wish: wishAsked,
  Wished: wished,
  Health: health,
  Failure: failure,
} as const;

export type SchemaName = keyof typeof named;

/** All shapes by name, made of the ones that the answers are checked against. */
export function componentSchemas(): Readonly<Record<string, JsonSchema>> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, { uri: (id) => `#/components/schemas/${id}` });
  return Object.fromEntries(
    Object.entries(schemas).map(([id, { $id: _id, $schema: _schema, ...schema }]) => [id, schema]),
  );
}

export function reference(name: SchemaName): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** The parameters of a query, by what reads it. */
export function queryParameters(query: z.ZodObject): readonly JsonSchema[] {
  const { properties = {}, required = [] } = z.toJSONSchema(query, { io: "input" });
  return Object.entries(properties).map(([name, schema]) => {
    const { description, ...rest } = typeof schema === "object" ? schema : {};
    return {
      name,
      in: "query",
      required: required.includes(name),
      ...(description !== undefined && { description }),
      schema: rest,
    };
  });
}
