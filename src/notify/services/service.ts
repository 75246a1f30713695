import type { Answer } from "#requests/answer.ts";
import type { Reading } from "./answer.ts";
import type { Message } from "#notify/message.ts";

/** One request, as data. */
export interface ServiceRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** How a service is told of a message. It sends nothing itself. */
export interface Service {
  readonly requestFor: (message: Message) => ServiceRequest | Promise<ServiceRequest>;
  readonly read: (answer: Answer) => Reading;
  /** The status alone says it all: what follows it, however long, is of no matter. */
  readonly isByStatus?: boolean;
  /** Asks without sending, one after the other. Empty: there is no way to. */
  readonly probes: readonly Probe[];
}

interface Probe {
  readonly request: ServiceRequest;
  readonly read: (answer: Answer) => Reading;
}

export function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): ServiceRequest {
  return {
    method: "POST",
    url,
    headers: { "content-type": "application/json; charset=utf-8", ...headers },
    body: JSON.stringify(body),
  };
}
