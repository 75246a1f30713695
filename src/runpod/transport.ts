import type { IncomingMessage } from "node:http";
import { wordsOf } from "../errors.ts";

export interface Limits {
  /** For the whole exchange, the last byte of the answer included. */
  readonly timeLimitMs: number;
  readonly maxBytes: number;
  /** Blanked out where an answer repeats it, before anything of that is cut or shown. */
  readonly secret: string;
}

/** Anything shorter stands in ordinary words and numbers. */
const shortestSecret = 6;

/** The answer cannot be a GraphQL one. `status` is undefined when the line broke before its end. */
export class TransportError extends Error {
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "TransportError";
    this.status = options.status;
  }
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

/**
 * A `fetch` for graphql-request that ends within its limits and only lets through what may be a
 * JSON object; anything else is a TransportError whose words say what came instead. It stands on
 * node:http because Node's own `fetch` costs a third of a cold start and of the memory.
 */
export function limitedFetch(limits: Limits): typeof fetch {
  return async (input, init = {}) => {
    const { status, type, ...answer } = await exchange(new URL(input), init, limits);
    const text = without(limits.secret, answer.text);
    if (!text.trimStart().startsWith("{")) {
      const start = JSON.stringify(text.trim().slice(0, 80));
      const words = `HTTP ${status} with ${without(limits.secret, type)}: ${start}`;
      throw new TransportError(words, { status });
    }
    return answerOf(status, text);
  };
}

function without(secret: string, text: string): string {
  return secret.length < shortestSecret ? text : text.replaceAll(secret, "[redacted]");
}

/** The parts of a Response that graphql-request reads. */
function answerOf(status: number, text: string): Response {
  const answer: Pick<Response, "ok" | "status" | "text"> & { headers: Pick<Headers, "get"> } = {
    ok: status >= 200 && status < 300,
    status,
    headers: { get: (name) => (name.toLowerCase() === "content-type" ? "application/json" : null) },
    text: () => Promise.resolve(text),
  };
  return answer as Response;
}

async function exchange(url: URL, init: RequestInit, limits: Limits): Promise<Answer> {
  const { timeLimitMs, maxBytes } = limits;
  const http = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve, reject) => {
    const request = http.request(url, {
      method: init.method ?? "GET",
      headers: Object.fromEntries(init.headers as Iterable<readonly [string, string]>),
      agent: false,
    });
    const giveUp = (because: string) => () => request.destroy(new TransportError(because));
    const onTimeLimit = giveUp(`no whole answer within ${timeLimitMs / 1000} s`);
    const onInterrupt = giveUp("the look was interrupted");
    const timeLimit = setTimeout(onTimeLimit, timeLimitMs);
    // By hand: what AbortSignal.any ties to a signal that lives for months piles up.
    init.signal?.addEventListener("abort", onInterrupt);

    const end = (): void => {
      clearTimeout(timeLimit);
      init.signal?.removeEventListener("abort", onInterrupt);
      request.destroy();
    };
    const fail = (cause: unknown): void => {
      end();
      reject(
        cause instanceof TransportError
          ? cause
          : new TransportError(networkWords(cause), { cause }),
      );
    };
    request.on("error", fail);
    request.on("response", (response) => {
      readText(response, maxBytes).then((text) => {
        end();
        const type = response.headers["content-type"] ?? "no content type";
        resolve({ status: response.statusCode ?? 0, type, text });
      }, fail);
    });
    if (init.signal?.aborted === true) onInterrupt();
    else request.end(init.body);
  });
}

async function readText(response: IncomingMessage, maxBytes: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new TransportError(`the answer is over ${maxBytes / 2 ** 20} MiB`, {
        status: response.statusCode ?? 0,
      });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** When every address of a host failed, the words are in the parts. */
function networkWords(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(wordsOf).join("; ") : wordsOf(error);
}
