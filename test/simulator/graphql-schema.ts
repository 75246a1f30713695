import { readFileSync } from "node:fs";
import { join } from "node:path";
import { buildSchema, parse, validate } from "graphql";
import type { Exchange } from "#simulator/exchange.ts";
import { schema as simulated } from "#simulator/graphql/schema.ts";
import { apiSpecs } from "./api-specs.ts";

const published =
  apiSpecs === undefined
    ? simulated
    : buildSchema(readFileSync(join(apiSpecs, "runpod.graphql"), "utf8"));

/** What RunPod's GraphQL schema does not know of the document that was sent. */
export function graphqlFaults({ requestBody }: Exchange): readonly string[] {
  const { query } = JSON.parse(requestBody) as { readonly query: string };
  return validate(published, parse(query)).map(({ message }) => message);
}
