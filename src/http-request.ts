import type { IncomingMessage } from "node:http";
import { wordsOf } from "./errors.ts";

export interface ExchangeLimits {
  /** For the whole exchange, the last byte of the answer included. */
  readonly timeLimitMs: number;
  readonly maxBytes: number;
}

export interface Asked {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Gets a good answer's body piece by piece, in place of `text`; the next piece waits for it. */
  readonly onPiece?: ((piece: Buffer) => Promise<void>) | undefined;
  /** What it is part of, for the words of an interruption: `poll`. */
  readonly partOf: string;
}

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  /** Where it says that the page has moved. */
  readonly location?: string | undefined;
}

/** No usable answer. `status` is undefined when the connection broke before the end of the answer. */
export class TransportError extends Error {
  readonly status: number | undefined;

  constructor(message: string, options: { status?: number; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "TransportError";
    this.status = options.status;
  }
}

/**
 * One request and its whole answer, whatever its status, on a connection of its own and within the
 * limits; a redirect is not followed. Throws a TransportError, or what Node throws when no request
 * can be made of the URL. It stands on node:http because Node's own `fetch` costs a third of a cold
 * start and of the memory.
 */
export async function exchange(url: URL, asked: Asked, limits: ExchangeLimits): Promise<Answer> {
  const { timeLimitMs, maxBytes } = limits;
  const { method = "GET", headers = {}, body, signal, onPiece, partOf } = asked;
  const http = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method, headers, agent: false });
    const giveUp = (because: string) => () => request.destroy(new TransportError(because));
    const onTimeLimit = giveUp(`no complete answer within ${timeLimitMs / 1000} s`);
    const onInterrupt = giveUp(`${partOf} interrupted`);
    const timeLimit = setTimeout(onTimeLimit, timeLimitMs);
    // By hand: what AbortSignal.any ties to a signal that lives for months piles up.
    signal?.addEventListener("abort", onInterrupt);

    const end = (): void => {
      clearTimeout(timeLimit);
      signal?.removeEventListener("abort", onInterrupt);
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
      readText(response, maxBytes, onPiece).then((text) => {
        end();
        const { location, "content-type": type = "no content type" } = response.headers;
        resolve({ status: response.statusCode ?? 0, type, text, location });
      }, fail);
    });
    if (signal?.aborted === true) onInterrupt();
    else request.end(body);
  });
}

async function readText(
  response: IncomingMessage,
  maxBytes: number,
  onPiece: Asked["onPiece"],
): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw new TransportError(`the answer is over ${maxBytes / 2 ** 20} MiB`, {
        status: response.statusCode ?? 0,
      });
    }
    if (onPiece === undefined) chunks.push(chunk);
    else if (response.statusCode === 200) await onPiece(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** When every address of a host failed, the words are in the parts. */
function networkWords(error: unknown): string {
  return error instanceof AggregateError ? error.errors.map(wordsOf).join("; ") : wordsOf(error);
}
