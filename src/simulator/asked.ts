import type { IncomingMessage } from "node:http";

const maxBytes = 1024 * 1024;

/** What a GraphQL request asks for. */
export interface Asked {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

/** Undefined where the body is no GraphQL request. Rejects where it does not end, or is over 1 MiB. */
export async function readAsked(request: IncomingMessage): Promise<Asked | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error("The request is too large");
    chunks.push(chunk);
  }
  return askedIn(Buffer.concat(chunks).toString("utf8"));
}

function askedIn(body: string): Asked | undefined {
  const parsed = parsedJson(body);
  if (!isObject(parsed) || typeof parsed["query"] !== "string") return undefined;
  const { query, variables, operationName } = parsed;
  return {
    query,
    variables: isObject(variables) ? variables : {},
    operationName: typeof operationName === "string" ? operationName : undefined,
  };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
