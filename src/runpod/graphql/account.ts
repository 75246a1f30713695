import { ClientError, GraphQLClient } from "graphql-request";
import { oneLine } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import type { Blind, BlindCause, Measured, Seen } from "#guard/model/account.ts";
import { type HttpRequest, TransportError } from "#requests/answer.ts";
import { version } from "#package.json";
import { realPaces } from "#paces.ts";
import type { EndAnswer, Ending, Looking } from "#ports.ts";
import { refusalOf } from "#runpod/refusal.ts";
import { balanceDocument, endDocuments, lookDocument, readAnswer } from "./look.ts";
import { measureDocument, readTelemetry } from "./telemetry.ts";
import { limitedFetch, retryAfterHeader } from "./transport.ts";

/** The loads of 10,000 pods with eight GPUs each take some 9 MiB. */
const longestAnswerBytes = 16 * 2 ** 20;
/** Of a list of errors; more are not shown anyway. */
const mostErrors = 10;

export interface GraphqlAccountOptions {
  readonly url: string;
  readonly apiKey: string;
  readonly nowMs: () => number;
  /** What carries a request to RunPod. */
  readonly request: HttpRequest;
  readonly timeLimitMs?: number;
  readonly maxBytes?: number;
}

/** The account behind RunPod's GraphQL API: one request for a poll, and one to read the loads. */
export function createGraphqlAccount(options: GraphqlAccountOptions): Looking & Ending {
  const { url, apiKey, nowMs, request } = options;
  const { timeLimitMs = realPaces.request.timeLimitMs, maxBytes = longestAnswerBytes } = options;
  const client = new GraphQLClient(url, {
    fetch: limitedFetch(request, { timeLimitMs, maxBytes, secret: apiKey }),
    headers: { authorization: `Bearer ${apiKey}`, "user-agent": `runpodboss/${version}` },
    errorPolicy: "all",
    jsonSerializer: { parse: parseAnswer, stringify: (value: unknown) => JSON.stringify(value) },
    excludeOperationName: true,
  });
  return {
    async look(signal) {
      const whole = await ask(lookDocument, seenIn, signal);
      if (whole.kind === "seen" || whole.refusal !== "schema") return whole;
      const balance = await ask(balanceDocument, seenIn, signal);
      return balance.kind === "seen"
        ? { ...balance, podsBecause: whole.because, refusal: "schema" }
        : whole;
    },
    async measure(signal) {
      const found = await ask(measureDocument, measuredIn, signal);
      if (found.kind === "measured") return found;
      return { kind: "unmeasured", atMs: found.atMs, because: found.because };
    },
    async end({ id: podId }, action, signal) {
      try {
        const query = endDocuments[action];
        const { errors } = await client.rawRequest({ query, variables: { podId }, signal });
        const refusal = refusalWords(errors);
        return refusal === undefined ? { kind: "accepted" } : failed(refusal, undefined);
      } catch (error) {
        const { because, cause } = blindBecause(error);
        return failed(because, cause);
      }
    },
  };

  /** Asks once; `read` gives the result from the data, or says why it cannot. */
  async function ask<Found>(
    query: string,
    read: (data: unknown, errors: unknown) => Found | string,
    signal: AbortSignal,
  ): Promise<Found | Blind> {
    try {
      const { data, errors } = await client.rawRequest<unknown>({ query, signal });
      const found = read(data, errors);
      const refusal = refusalWords(errors);
      if (typeof found !== "string") return found;
      return refusal === undefined
        ? blind(found, undefined)
        : { ...blind(`RunPod answered: ${refusal}`, undefined), ...refusalIn(errors, undefined) };
    } catch (error) {
      return blindBecause(error);
    }
  }

  /** Errors beside an answer that can be used matter where they are why the pods are missing. */
  function seenIn(data: unknown, errors: unknown): Seen | string {
    const reading = readAnswer(data);
    if (typeof reading === "string") return reading;
    const seen = { kind: "seen", atMs: nowMs(), ...reading } as const;
    const words = refusalWords(errors);
    if (reading.pods !== "unknown" || words === undefined) return seen;
    const { refusal = "schema" } = refusalIn(errors, undefined);
    return { ...seen, podsBecause: oneLine(`RunPod answered: ${words}`), refusal };
  }

  function measuredIn(data: unknown): (Measured & { readonly kind: "measured" }) | string {
    const atMs = nowMs();
    const samples = readTelemetry(data, atMs);
    return typeof samples === "string" ? samples : { kind: "measured", atMs, samples };
  }

  function blind(because: string, status: number | undefined): Blind {
    const cause = causeOf(because, status);
    return { kind: "blind", atMs: nowMs(), cause, because: oneLine(because) };
  }

  function blindBecause(error: unknown): Blind {
    if (error instanceof TransportError) {
      const { message, status, retryAfterMs } = error;
      return {
        ...blind(message, status),
        ...(status === undefined && { cause: "unreachable" }),
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...refusalIn([message], status),
      };
    }
    if (error instanceof ClientError) {
      const { status, errors } = error.response;
      const found = blind(`HTTP ${status}: ${refusalWords(errors) ?? "no reason given"}`, status);
      const retryAfterMs = retryAfterOf(error);
      return {
        ...found,
        ...(retryAfterMs !== undefined && { retryAfterMs }),
        ...refusalIn(errors, status),
      };
    }
    const what = error instanceof SyntaxError ? "complete JSON" : "a GraphQL answer";
    return blind(`the answer is not ${what} (${wordsOf(error).slice(0, 80)})`, undefined);
  }
}

function retryAfterOf({ response }: ClientError): number | undefined {
  const { headers } = response as { readonly headers?: Pick<Headers, "get"> };
  const asked = headers?.get(retryAfterHeader) ?? undefined;
  return asked === undefined ? undefined : Number(asked);
}

/**
 * Removes `errors` that are not a list, such as null: they would make a good answer unusable. Of a list
 * only the first are kept: whatever reports them writes them all out.
 */
function parseAnswer(text: string): unknown {
  const answer = JSON.parse(text) as unknown;
  if (!(answer instanceof Object) || !("errors" in answer)) return answer;
  const { errors, ...rest } = answer;
  return Array.isArray(errors) ? { ...rest, errors: errors.slice(0, mostErrors) } : rest;
}

/** What a refusal may mean for the whole interface. */
function refusalIn(errors: unknown, status: number | undefined): Pick<Blind, "refusal"> {
  const words = refusalWords(errors) ?? "";
  const refusal = isSchemaFault(errors, words) ? "schema" : refusalOf(status, words);
  return refusal === undefined ? {} : { refusal };
}

/** A field that is asked for and does not exist fails the whole query. */
function isSchemaFault(errors: unknown, words: string): boolean {
  if (/cannot query field/i.test(words)) return true;
  if (!Array.isArray(errors)) return false;
  return errors.some(
    (error: { readonly extensions?: { readonly code?: unknown } | null } | null) => {
      return error?.extensions?.code === "GRAPHQL_VALIDATION_FAILED";
    },
  );
}

/** The same key has just polled: a refusal now means that it may not write. */
function failed(because: string, cause: BlindCause | undefined): EndAnswer {
  const isReadOnlyKey = (cause ?? causeOf(because, undefined)) === "key-refused";
  return { kind: "failed", because: oneLine(because), isReadOnlyKey };
}

function causeOf(because: string, status: number | undefined): BlindCause {
  if (status === 401 || /\bunauthori[sz]ed\b/i.test(because)) return "key-refused";
  const isTheirs = status !== undefined && (status === 429 || status >= 500);
  return isTheirs ? "server-error" : "bad-answer";
}

/** The words of GraphQL errors, whatever shape they came in. */
function refusalWords(errors: unknown): string | undefined {
  if (!Array.isArray(errors)) return undefined;
  const words = errors.map((error: unknown) => {
    const found = error instanceof Object && "message" in error ? error.message : error;
    return typeof found === "string" ? found : JSON.stringify(found);
  });
  return words.join("; ").slice(0, 200) || undefined;
}
