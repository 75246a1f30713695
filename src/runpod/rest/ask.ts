import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import type { BlindCause } from "#guard/model/account.ts";
import {
  type Answer,
  type ExchangeLimits,
  type HttpRequest,
  TransportError,
} from "#requests/answer.ts";
import { version } from "#package.json";
import { objectTextOf } from "#runpod/answer-text.ts";
import { isJson, type Json } from "#runpod/readings.ts";
import { type Refusal, refusalOf } from "#runpod/refusal.ts";
import type { Quota } from "./quota.ts";

export interface Asked {
  readonly method?: "GET" | "POST" | "DELETE";
  readonly body?: Json;
  readonly signal: AbortSignal;
  /** Anybody may read it: the key stays here. */
  readonly isPublic?: boolean;
  /** In place of the adapter's own. */
  readonly limits?: ExchangeLimits;
}

/** A good answer; `body` is empty where there is none. */
interface Told {
  readonly kind: "told";
  readonly body: Json;
}

/** No good answer, and why. */
export interface Refused {
  readonly kind: "refused";
  readonly because: string;
  readonly cause: BlindCause;
  /** Undefined when the connection broke before the end of the answer. */
  readonly status: number | undefined;
  /** RunPod itself has said no, in its own form: no proxy on the way, no broken line. */
  readonly isRunPods: boolean;
  readonly retryAfterMs: number | undefined;
  readonly refusal: Refusal | undefined;
}

/** RunPod has said when it will answer again: no page of a proxy, and no limit without an end. */
export function isWindowSpent({ status, isRunPods, retryAfterMs }: Refused): boolean {
  return status === 429 && isRunPods && retryAfterMs !== undefined;
}

export type Answered = Told | Refused;

/** Sends one request. Never throws. */
export type Ask = (url: URL, asked: Asked) => Promise<Answered>;

export interface AskOptions {
  readonly apiKey: string;
  readonly request: HttpRequest;
  readonly limits: ExchangeLimits;
  readonly quota: Quota;
}

/** More of RunPod's words is not shown. */
const longestWords = 200;
/** Of a list of errors. */
const mostErrors = 5;

export function createAsk({ apiKey, request, limits, quota }: AskOptions): Ask {
  return async (url, { method = "GET", body, signal, isPublic = false, limits: own = limits }) => {
    const headers = {
      accept: "application/json",
      "user-agent": `runpodboss/${version}`,
      ...(!isPublic && { authorization: `Bearer ${apiKey}` }),
      ...(body !== undefined && { "content-type": "application/json" }),
    };
    const text = body === undefined ? undefined : JSON.stringify(body);
    try {
      if (!isPublic) quota.sent();
      const answer = await request(
        url,
        { method, headers, body: text, signal, partOf: "poll" },
        own,
      );
      if (!isPublic) quota.note(answer.headers);
      return answeredBy(answer, apiKey, quota);
    } catch (error) {
      // Where all together took too long, the single request only knows that it was interrupted.
      return broken(signal.reason instanceof TransportError ? signal.reason : error);
    }
  };
}

function answeredBy(answer: Answer, apiKey: string, quota: Quota): Answered {
  const { status } = answer;
  const isGood = status >= 200 && status < 300;
  if (isGood && answer.text.trim() === "") return { kind: "told", body: {} };
  // A list at the top may hold rows of pods, with what they are started with.
  if (answer.text.trimStart().startsWith("[")) {
    throw new TransportError(`HTTP ${status} with a list in place of an object`, { status });
  }
  const body = parsed(objectTextOf(answer, apiKey), status);
  // Seen of other interfaces of RunPod: the refusal inside of a good answer.
  const said = statusIn(body) ?? status;
  if (isGood && said < 400) return { kind: "told", body };
  const words = problemWords(body);
  const waitMs = said === 429 ? quota.exhausted().waitMs : 0;
  const askedMs = answer.retryAfterMs;
  return {
    kind: "refused",
    because: oneLine(`HTTP ${said}: ${words ?? "no reason given"}`),
    cause: causeOf(said, words ?? ""),
    status: said,
    isRunPods: words !== undefined,
    retryAfterMs:
      askedMs === undefined && waitMs === 0 ? undefined : Math.max(askedMs ?? 0, waitMs),
    refusal: refusalOf(said, words ?? ""),
  };
}

function broken(error: unknown): Refused {
  const { status, retryAfterMs } =
    error instanceof TransportError ? error : { status: undefined, retryAfterMs: undefined };
  const because = oneLine(wordsOf(error));
  return {
    kind: "refused",
    because,
    cause:
      error instanceof TransportError && status === undefined ? "unreachable" : causeOf(status, ""),
    status,
    isRunPods: false,
    retryAfterMs,
    // A page where an answer should be is of a proxy, or of a host: its words say nothing of RunPod.
    refusal: refusalOf(status, ""),
  };
}

/** The words of the parser are left out: they quote the answer, which may hold a pod's settings. */
function parsed(text: string, status: number): Json {
  try {
    const body: unknown = JSON.parse(text);
    if (isJson(body)) return body;
  } catch {
    // Below.
  }
  throw new TransportError("the answer is not complete JSON", { status });
}

/** The status that a refusal names in its body; undefined when the body is none. */
function statusIn({ title, detail, status }: Json): number | undefined {
  const hasWords = typeof title === "string" || typeof detail === "string";
  return hasWords && typeof status === "number" && status >= 400 && status < 600
    ? status
    : undefined;
}

/** The words of a refusal, whatever shape it came in. */
function problemWords({ title, detail, errors, error, message }: Json): string | undefined {
  const list: readonly unknown[] = Array.isArray(errors) ? errors.slice(0, mostErrors) : [];
  const all = [detail ?? title ?? error ?? message, ...list].filter(
    (each) => typeof each === "string",
  );
  return all.join("; ").slice(0, longestWords).trim() || undefined;
}

function causeOf(status: number | undefined, words: string): BlindCause {
  if (status === 401 || /\bunauthori[sz]ed\b/i.test(words)) return "key-refused";
  const isTheirs = status !== undefined && (status === 429 || status >= 500);
  return isTheirs ? "server-error" : "bad-answer";
}
