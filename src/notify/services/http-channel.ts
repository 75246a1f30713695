import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import { type Answer, type HttpRequest, TransportError } from "#requests/answer.ts";
import { version } from "#package.json";
import type { Clock } from "#ports.ts";
import { createRedactor } from "#redact.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { Reading } from "./answer.ts";
import type { Channel, Sent } from "#notify/channel.ts";
import { characters, fit } from "#notify/words/fit.ts";
import { basic, channelSecrets, decoded } from "#notify/secrets.ts";
import type { Service, ServiceRequest } from "./service.ts";
import type { ChannelSettings } from "#notify/settings.ts";

/** More of an answer is not read. */
const mostBytes = 64 * 1024;
/** Below this, the redactor of the log would blank out ordinary words; an answer has few of them. */
const shortSecret = 6;
/** Below this, it would be one by chance in every word. */
const shortestSecret = 3;
/** More of a service's words is not shown. */
const longestWords = 200;

export interface ChannelDeps {
  readonly request: HttpRequest;
  readonly clock: Clock;
}

/** A channel that is one request a message. Its time limit holds even where the request never settles. */
export function createHttpChannel(
  settings: ChannelSettings,
  serviceOf: () => Service,
  { request, clock }: ChannelDeps,
): Channel {
  const { name, type, timeLimitMs } = settings;
  const shown = createShown(channelSecrets(settings));

  async function ask(
    asked: ServiceRequest,
    read: (answer: Answer) => Reading,
    signal: AbortSignal,
  ): Promise<Sent> {
    const { url, headers } = withoutCredentials(asked);
    const { method, body } = asked;
    const limits = { timeLimitMs, maxBytes: mostBytes };
    const answering = request(
      url,
      {
        method,
        headers: { "user-agent": `runpodboss/${version}`, ...headers },
        body,
        signal,
        partOf: "notification",
      },
      limits,
    );
    return sentBy(read(await withinLimit(answering, timeLimitMs, clock, signal)));
  }

  function sentBy(reading: Reading): Sent {
    return reading.kind === "taken"
      ? { kind: "sent", answer: shown(reading.answer) }
      : { ...reading, because: shown(reading.because) };
  }

  function broken(error: unknown, isByStatus: boolean, signal: AbortSignal): Sent {
    if (signal.aborted) return { kind: "interrupted" };
    const status = error instanceof TransportError ? error.headStatus : undefined;
    if (isByStatus && status !== undefined && status >= 200 && status < 300) {
      return { kind: "sent", answer: `HTTP ${status}` };
    }
    const words =
      error instanceof GivenUp
        ? `no complete answer within ${timeLimitMs / 1_000} s`
        : wordsOf(error);
    const because = shown(status === undefined ? words : `HTTP ${status}: ${words}`);
    // No request can be made of these settings: an address or a header that is none.
    return { kind: "failed", because, isRefused: error instanceof TypeError };
  }

  return {
    name,
    type,
    async send(message, signal) {
      let isByStatus = false;
      try {
        const service = serviceOf();
        isByStatus = service.isByStatus ?? false;
        return await ask(await service.requestFor(message), service.read, signal);
      } catch (error) {
        return broken(error, isByStatus, signal);
      }
    },
    async probe(signal) {
      let last: Sent | { readonly kind: "untried" } = { kind: "untried" };
      try {
        for (const { request: asked, read } of serviceOf().probes) {
          last = await ask(asked, read, signal);
          if (last.kind !== "sent") return last;
        }
        return last;
      } catch (error) {
        return broken(error, false, signal);
      }
    },
  };
}

/** A name and password in the address go into a header: not every client takes them as they stand. */
function withoutCredentials({ url: text, headers }: ServiceRequest): Pick<
  ServiceRequest,
  "headers"
> & {
  readonly url: URL;
} {
  const url = new URL(text);
  const { username, password } = url;
  if (username === "" && password === "") return { url, headers };
  url.username = "";
  url.password = "";
  const authorization = `Basic ${basic(decoded(username), decoded(password))}`;
  return { url, headers: { authorization, ...headers } };
}

/**
 * What is shown of words from outside, in one line and without secrets, as services repeat what they were
 * sent. Short secrets go too, which the log's own redactor would let stand; the status stays.
 */
function createShown(secrets: readonly string[]): (words: string) => string {
  const redact = createRedactor(secrets);
  const short = secrets.filter(({ length }) => length >= shortestSecret && length < shortSecret);
  return (text) => {
    const status = /^HTTP \d+(?:: )?/.exec(text)?.[0] ?? "";
    const words = redact(oneLine(text.slice(status.length)));
    const without = short.reduce((left, secret) => left.replaceAll(secret, "[redacted]"), words);
    return status + fit(without.trim(), longestWords, characters);
  };
}
