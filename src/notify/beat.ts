import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import { type Answer, type HttpRequest, TransportError } from "#requests/answer.ts";
import { createRedactor } from "#redact.ts";
import type { Sent } from "./channel.ts";

/** What is said to whoever listens for the guard outside. */
export type Beat =
  /** The daemon has begun, and has seen nothing yet. */
  | { readonly kind: "start" }
  /** It has just seen the whole account. */
  | { readonly kind: "good" }
  /** It is blind, or it has ended by a fault; why, in a few words without a secret. */
  | { readonly kind: "fail"; readonly because: string };

export interface BeatRequest {
  /** As the config has it. */
  readonly url: string;
  readonly request: HttpRequest;
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
}

const maxBytes = 64 * 1024;
const longestWords = 120;
/** What asks to try again, beside the answers of a server that is broken itself. */
const passing: readonly number[] = [408, 425, 429];

/**
 * Sends one beat, once. Never throws. `isRefused`: what answers does not know this address. Nothing of
 * the address, which is a secret, stands in the words, but for its host.
 */
export async function sendBeat(beat: Beat, { url, ...asked }: BeatRequest): Promise<Sent> {
  return sendTo(() => beatAddress(url, beat), url, asked);
}

async function sendTo(
  addressOf: () => URL | undefined,
  url: string,
  { request, timeLimitMs, signal }: Omit<BeatRequest, "url">,
): Promise<Sent> {
  try {
    const address = addressOf();
    if (address === undefined) return { kind: "sent", answer: "nothing to say" };
    const asked = { signal, partOf: "heartbeat" };
    return sentBy(await request(address, asked, { timeLimitMs, maxBytes }), url);
  } catch (error) {
    if (signal.aborted) return { kind: "interrupted" };
    const status = error instanceof TransportError ? error.status : undefined;
    const because = withoutAddress(wordsOf(error), url);
    return { kind: "failed", because, isRefused: isForGood(status) };
  }
}

/**
 * Asks whether the receiver knows the address, without a beat: healthchecks.io only writes down what comes
 * to `/log`. "untried": no other receiver can be asked, and what is to be made on the way is not there yet.
 * Never throws.
 */
export async function probeBeat({
  url,
  ...asked
}: BeatRequest): Promise<Sent | { readonly kind: "untried" }> {
  return isLogged(url) ? sendTo(() => withSuffix(url, "log"), url, asked) : { kind: "untried" };
}

function isLogged(url: string): boolean {
  if (!URL.canParse(url) || isKumaPush(url)) return false;
  const { hostname, pathname, searchParams } = new URL(url);
  const isHealthchecks = hostname === "hc-ping.com" || /\/ping\/[^/]+/.test(pathname);
  return isHealthchecks && !searchParams.has("create");
}

/**
 * Where a beat goes: to the address as it is, with `/start` or `/fail` behind its path, as healthchecks.io
 * and those that follow it take them; or to Uptime Kuma's push address, which is told in its query and
 * knows no start. Undefined: there is nothing to send.
 */
export function beatAddress(url: string, beat: Beat): URL | undefined {
  if (isKumaPush(url)) {
    if (beat.kind === "start") return undefined;
    const address = new URL(url);
    address.searchParams.set("status", beat.kind === "good" ? "up" : "down");
    address.searchParams.set("msg", beat.kind === "good" ? "OK" : cut(beat.because));
    return address;
  }
  return beat.kind === "good" ? new URL(url) : withSuffix(url, beat.kind);
}

/** Behind the path, before the query. */
function withSuffix(url: string, suffix: string): URL {
  const address = new URL(url);
  address.pathname = `${address.pathname.replace(/\/+$/, "")}/${suffix}`;
  return address;
}

/** Whether an address is a push monitor of Uptime Kuma, by its path. */
export function isKumaPush(url: string): boolean {
  return /\/api\/push\/[^/]+\/?$/.test(new URL(url).pathname);
}

function sentBy({ status, text, retryAfterMs: waitMs }: Answer, url: string): Sent {
  const words = oneLine(text).trim();
  const isHtml = words.startsWith("<");
  const said = words === "" || isHtml ? "" : `: ${cut(withoutAddress(words, url))}`;
  if (status >= 300 && status < 400) {
    const because = `HTTP ${status}: it leads elsewhere, and is not followed; put in where it leads`;
    return { kind: "failed", because, isRefused: true };
  }
  if (status < 200 || status >= 300) {
    return {
      kind: "failed",
      because: `HTTP ${status}${said}`,
      waitMs,
      isRefused: isForGood(status),
    };
  }
  if (isTaken(words, url)) return { kind: "sent", answer: `HTTP ${status}` };
  const because = `HTTP ${status}, but the beat was not taken${said}`;
  return { kind: "failed", because, isRefused: words.includes("not found") };
}

/**
 * A good status is not enough where it is known what is answered to a beat that was taken: hc-ping.com
 * says "OK (not found)" and "OK (rate limited)" with 200, and so may a page that stands in between.
 */
function isTaken(words: string, url: string): boolean {
  if (isKumaPush(url)) return /^\{.*"ok" ?: ?true\b/.test(words);
  if (new URL(url).hostname === "hc-ping.com") return /^(?:OK|Created)$/i.test(words);
  return !/^OK \(.*\)$/.test(words);
}

function isForGood(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && !passing.includes(status);
}

function withoutAddress(words: string, url: string): string {
  if (!URL.canParse(url)) return createRedactor([url])(words);
  const { pathname, search, username, password } = new URL(url);
  const pieces = [...pathname.split("/"), ...search.split(/[?&=]/), username, password];
  return createRedactor([url, `${pathname}${search}`, pathname, ...pieces])(words);
}

function cut(words: string): string {
  return words.length > longestWords ? `${words.slice(0, longestWords - 1)}…` : words;
}
