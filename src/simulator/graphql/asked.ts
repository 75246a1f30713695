import { isObject, parsedJson } from "#simulator/json.ts";

/** What a GraphQL request asks for. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

/** Undefined where the body is no GraphQL request. */
export function askedIn(body: string): Asked | undefined {
  const parsed = parsedJson(body);
  if (!isObject(parsed) || typeof parsed["query"] !== "string") return undefined;
  const { query, variables, operationName } = parsed;
  return {
    query,
    variables: isObject(variables) ? variables : {},
    operationName: typeof operationName === "string" ? operationName : undefined,
  };
}
