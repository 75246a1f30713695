import { wordsOf } from "#errors.ts";
import { textWithin } from "#outside/text-within.ts";
import { type Answer, type HttpRequest, TransportError } from "#requests/answer.ts";
import { retryAfterMs } from "#requests/retry-after.ts";

/** Carries requests where there is nothing but `fetch`, within the same limits. No redirect is followed. */
export const fetchRequest: HttpRequest = async (url, asked, { timeLimitMs, maxBytes }) => {
  const { method = "GET", headers = {}, body, signal, partOf } = asked;
  const over = new AbortController();
  let because = "the connection closed without an answer";
  const end = (why: string) => (): void => {
    because = why;
    over.abort();
  };
  const onInterrupt = end(`${partOf} interrupted`);
  const timer = setTimeout(end(`no complete answer within ${timeLimitMs / 1_000} s`), timeLimitMs);
  signal?.addEventListener("abort", onInterrupt);
  if (signal?.aborted === true) onInterrupt();
  try {
    const init = { method, headers, redirect: "manual", signal: over.signal } as const;
    const response = await fetch(url, body === undefined ? init : { ...init, body });
    const text = await textOf(response, maxBytes);
    return answerOf(response, text);
  } catch (error) {
    if (error instanceof TransportError) throw error;
    throw new TransportError(over.signal.aborted ? because : wordsOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onInterrupt);
  }
};

async function textOf({ body, status }: Response, maxBytes: number): Promise<string> {
  if (body === null) return "";
  const text = await textWithin(body, maxBytes);
  if (text !== undefined) return text;
  throw new TransportError(`the answer is over ${maxBytes / 2 ** 20} MiB`, { status });
}

function answerOf({ status, headers }: Response, text: string): Answer {
  const given = Object.fromEntries(headers.entries());
  const { location, "content-type": type = "no content type" } = given;
  const waitMs = retryAfterMs(status, given);
  return { status, type, text, location, retryAfterMs: waitMs, headers: given };
}
