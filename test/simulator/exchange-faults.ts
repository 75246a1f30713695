import type { Exchange } from "#simulator/exchange.ts";
import { graphqlFaults } from "./graphql-schema.ts";
import { restFaults } from "./rest-schema.ts";

/**
 * What RunPod's own schemas do not know of a request and, unless a fault was ordered for it, of its
 * answer. Without a copy of RunPod's OpenAPI file nothing of REST is checked: `schemaSource` says so.
 */
export function exchangeFaults(exchange: Exchange): readonly string[] {
  try {
    return exchange.api === "rest" ? restFaults(exchange) : graphqlFaults(exchange);
  } catch (error) {
    return [`${exchange.method} ${exchange.path}: ${String(error)}`];
  }
}
