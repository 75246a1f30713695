import type { ExchangeLimits, HttpRequest } from "#requests/answer.ts";
import { objectTextOf } from "#runpod/answer-text.ts";

export interface Limits extends ExchangeLimits {
  /** Blanked out where an answer repeats it, before anything of that is cut or shown. */
  readonly secret: string;
}

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
    const answer = await request(new URL(input), asked, limits);
    return answerOf(answer.status, objectTextOf(answer, limits.secret), answer.retryAfterMs);
  };
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
