import { version } from "#package.json";
import { type Answer, type HttpRequest, TransportError } from "#requests/answer.ts";
import { objectTextOf } from "#runpod/answer-text.ts";
import { isJson, type Json } from "#runpod/readings.ts";

const longestAnswerBytes = 4 * 2 ** 20;

export interface GraphqlCreatingOptions {
  readonly url: string;
  readonly apiKey: string;
  /** What carries a request to RunPod. */
  readonly request: HttpRequest;
  readonly timeLimitMs: number;
}

interface Asked {
  readonly query: string;
  readonly variables: Json;
  readonly partOf: string;
}

/** What GraphQL answered, with the status that it came with. */
export interface Replied {
  readonly status: number;
  readonly data: Json;
  readonly errors: readonly unknown[];
}

/** Sends one request, once. Throws a TransportError. */
export async function askGraphql(
  { url, apiKey, request, timeLimitMs }: GraphqlCreatingOptions,
  { query, variables, partOf }: Asked,
  signal: AbortSignal,
): Promise<Replied> {
  const headers = {
    accept: "application/json",
    "content-type": "application/json",
    "user-agent": `runpodboss/${version}`,
    authorization: `Bearer ${apiKey}`,
  };
  const body = JSON.stringify({ query, variables });
  const asked = { method: "POST", headers, body, signal, partOf };
  const limits = { timeLimitMs, maxBytes: longestAnswerBytes };
  return repliedIn(await request(new URL(url), asked, limits), apiKey);
}

function repliedIn(answer: Answer, apiKey: string): Replied {
  const { status } = answer;
  const { data, errors } = parsed(objectTextOf(answer, apiKey), status);
  return {
    status,
    data: isJson(data) ? data : {},
    errors: Array.isArray(errors) ? errors : [],
  };
}

/** The words of the parser are left out: they quote the answer. */
function parsed(text: string, status: number): Json {
  try {
    const body: unknown = JSON.parse(text);
    if (isJson(body)) return body;
  } catch {
    // Below.
  }
  throw new TransportError("the answer is not complete JSON", { status });
}
