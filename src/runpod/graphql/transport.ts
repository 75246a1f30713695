import { type ExchangeLimits, type HttpRequest, TransportError } from "#http-answer.ts";
import { shapeFault } from "#runpod/json-shape.ts";

export interface Limits extends ExchangeLimits {
  /** Blanked out where an answer repeats it, before anything of that is cut or shown. */
  readonly secret: string;
}

/** Anything shorter stands in ordinary words and numbers. */
const shortestSecret = 6;

/**
 * A `fetch` for graphql-request that ends within its limits and only lets through what may be a
 * JSON object of a bearable size; anything else is a TransportError whose words say what came instead.
 */
export function limitedFetch(request: HttpRequest, limits: Limits): typeof fetch {
  return async (input, init = {}) => {
    const asked = {
      method: init.method,
      headers: Object.fromEntries(init.headers as Iterable<readonly [string, string]>),
      body: init.body as string | undefined,
      signal: init.signal ?? undefined,
      partOf: "poll",
    };
    const { status, type, retryAfterMs, ...answer } = await request(new URL(input), asked, limits);
    const text = without(limits.secret, answer.text);
    if (!text.trimStart().startsWith("{")) {
      const start = JSON.stringify(text.trim().slice(0, 80));
      const words = `HTTP ${status} with ${without(limits.secret, type)}: ${start}`;
      throw new TransportError(words, { status, retryAfterMs });
    }
    const fault = shapeFault(text);
    if (fault !== undefined) {
      throw new TransportError(`the answer ${fault}`, { status, retryAfterMs });
    }
    return answerOf(status, text, retryAfterMs);
  };
}

function without(secret: string, text: string): string {
  return secret.length < shortestSecret ? text : text.replaceAll(secret, "[redacted]");
}

/** In milliseconds, once it is read; see `Answer`. */
export const retryAfterHeader = "x-retry-after-ms";

/** The parts of a Response that graphql-request reads, and how long RunPod asks to be left alone. */
function answerOf(status: number, text: string, retryAfterMs: number | undefined): Response {
  const headers = new Map([["content-type", "application/json"]]);
  if (retryAfterMs !== undefined) headers.set(retryAfterHeader, String(retryAfterMs));
  const answer: Pick<Response, "ok" | "status" | "text"> & { headers: Pick<Headers, "get"> } = {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => headers.get(name.toLowerCase()) ?? null },
    text: () => Promise.resolve(text),
  };
  return answer as Response;
}
