import type { IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import { wordsOf } from "#errors.ts";
import { type Answer, type Asked, type ExchangeLimits, TransportError } from "./answer.ts";
import { proxyOf } from "./proxy.ts";
import type { LookUp } from "./name-lookups.ts";
import { retryAfterMs } from "./retry-after.ts";

/**
 * For one address of a host, when it has several. Node's own 250 ms are less than a distant host needs
 * to connect, which then cannot be reached at all.
 */
const connectAttemptMs = 5_000;

/**
 * One request and its whole answer, whatever its status, on a connection of its own and within the
 * limits; a redirect is not followed. Its host is found by `lookUp`, if given. It goes through the proxy that the environment names. Settles on
 * every path that the connection can take, at the time limit at the latest, whatever Node reports by
 * then. Throws a TransportError, or what Node throws when no request can be made of the URL. It stands
 * on node:http because Node's own `fetch` costs a third of a cold start and of the memory.
 */
export async function exchange(
  url: URL,
  asked: Asked,
  limits: ExchangeLimits,
  lookUp?: LookUp,
): Promise<Answer> {
  const { timeLimitMs, maxBytes } = limits;
  const { method = "GET", headers = {}, body, signal, onPiece, partOf } = asked;
  const proxy = proxyOf(url, process.env);
  if (proxy.kind === "unusable") throw new TransportError(proxy.because);
  const over = new AbortController();
  const http = await (url.protocol === "https:" ? import("node:https") : import("node:http"));
  const agent =
    proxy.kind === "none"
      ? false
      : (await import("./proxy-agent.ts")).proxyAgent(url, proxy.url, over.signal);
  return new Promise((resolve, reject) => {
    // Handed on to the socket; Node's types do not know it here.
    const connecting = {
      autoSelectFamilyAttemptTimeout: Math.min(connectAttemptMs, Math.ceil(timeLimitMs / 2)),
    };
    const lookup: LookupFunction | undefined =
      lookUp && ((...host) => lookUp(over.signal, ...host));
    const request = http.request(url, { method, headers, agent, lookup, ...connecting });
    let headStatus: number | undefined;
    const end = (): void => {
      clearTimeout(timeLimit);
      signal?.removeEventListener("abort", onInterrupt);
      request.destroy();
      over.abort();
    };
    const fail = (cause: unknown): void => {
      end();
      reject(
        cause instanceof TransportError
          ? cause
          : new TransportError(networkWords(cause), { cause, headStatus }),
      );
    };
    const failWith = (because: string) => () => fail(new TransportError(because, { headStatus }));
    const onInterrupt = failWith(`${partOf} interrupted`);
    const onTimeLimit = failWith(
      `no complete answer within ${Number((timeLimitMs / 1000).toFixed(2))} s`,
    );
    const timeLimit = setTimeout(onTimeLimit, timeLimitMs);
    // By hand: what AbortSignal.any ties to a signal that lives for months piles up.
    signal?.addEventListener("abort", onInterrupt);
    // An error of a request that is over has no other listener.
    request.on("error", fail);
    request.on("upgrade", ({ statusCode }: IncomingMessage, socket) => {
      socket.destroy();
      const status = statusCode ?? 0;
      const because = `HTTP ${status}: a change of protocol that nobody asked for`;
      fail(new TransportError(because, { status }));
    });
    const onClose = failWith("the connection closed without an answer");
    request.on("close", onClose);
    request.on("response", (response) => {
      request.off("close", onClose);
      headStatus = response.statusCode;
      readText(response, maxBytes, onPiece).then((text) => {
        end();
        const { location, "content-type": type = "no content type" } = response.headers;
        const status = response.statusCode ?? 0;
        const given = headersOf(response);
        const waitMs = retryAfterMs(status, given);
        resolve({ status, type, text, location, retryAfterMs: waitMs, headers: given });
      }, fail);
    });
    if (signal?.aborted === true) onInterrupt();
    else request.end(body);
  });
}

function headersOf({ headers }: IncomingMessage): Answer["headers"] {
  const entries = Object.entries(headers).map(
    ([name, value = ""]) => [name, String(value)] as const,
  );
  return Object.fromEntries(entries);
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
