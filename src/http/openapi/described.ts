import type * as z from "zod";
import { balanceQuery } from "#http/routes/balance.ts";
import { historyQuery } from "#http/routes/history.ts";
import type { SchemaName } from "./schemas.ts";

/** What an answer holds: one of the shapes as JSON, or text of that type. */
type Content = { readonly json: SchemaName } | { readonly text: string };

export interface Described {
  readonly method: "get" | "post";
  /** As OpenAPI writes it: `/api/pods/{id}/stop`. */
  readonly path: string;
  readonly summary: string;
  readonly query?: z.ZodObject;
  readonly body?: SchemaName | "form" | "login-code";
  readonly answers: Readonly<
    Record<number, { readonly words: string; readonly content?: Content }>
  >;
  /** The statuses of failures that are its own; those of the doors come to each. */
  readonly failures?: Readonly<Record<number, string>>;
  /**
   * Who may ask; `session`: its key is not needed; `nobody`: no token is needed, as it carries its own or tells
   * nothing.
   */
  readonly by: "owner" | "session" | "job" | "monitor" | "nobody";
}

const page = { text: "text/html" } as const;
/** For people, as is all that a link of a notification opens. */
const linkPages = {
  404: { words: "The link is not ours.", content: page },
  410: { words: "It is used up, or what it was about is over.", content: page },
  503: { words: "Whether it stands is not known now.", content: page },
} as const;
const asked = { 202: { words: "It has begun.", content: { json: "Operation" } } } as const;
const refusals = {
  400: "The body is not as it should be.",
  404: "No pod has that id.",
  409: "It is refused: protected, locked, unknown, another run, or already under way.",
  503: "RunPod is not seen, or the daemon is ending.",
} as const;

const wishRefusals = (kind: string) =>
  ({
    400: "The body is not empty.",
    404: `No ${kind} has that name.`,
    409: "There is nothing to do, or it is done already.",
    503: "The file was not written in time, or the daemon is ending.",
  }) as const;

/** Every route that is served. */
export const described: readonly Described[] = [
  {
    method: "get",
    path: "/api/status",
    summary: "The account, its pods, and what the guards will do",
    answers: {
      200: { words: "As it is now, by the daemon's memory.", content: { json: "Status" } },
    },
    by: "owner",
  },
  {
    method: "get",
    path: "/api/history",
    summary: "What happened, the newest first",
    query: historyQuery,
    answers: { 200: { words: "At most 500 events.", content: { json: "History" } } },
    failures: {
      400: "The query cannot be used, or means several pods.",
      503: "It takes too long, or is being read for others.",
    },
    by: "owner",
  },
  {
    method: "get",
    path: "/api/balance",
    summary: "The balance over time, thinned to what a plot has room for",
    query: balanceQuery,
    answers: { 200: { words: "With its gaps, and a forecast.", content: { json: "Balance" } } },
    failures: { 400: "The query cannot be used." },
    by: "owner",
  },
  {
    method: "get",
    path: "/api/live",
    summary:
      "What changes, as server-sent events: status, balance, event, operation, missed. Last-Event-ID goes on from there",
    answers: {
      200: { words: "Until either side ends it.", content: { text: "text/event-stream" } },
    },
    failures: { 503: "So many listen that there is room for no more." },
    by: "owner",
  },
  ...(["extend", "touch", "stop", "terminate"] as const).map((action) => ({
    method: "post" as const,
    path: `/api/pods/{id}/${action}`,
    summary: `Asks for it: ${action} the pod. How it goes on comes over the stream`,
    body: action === "extend" ? ("Extend" as const) : ("End" as const),
    answers: asked,
    failures: refusals,
    by: "owner" as const,
  })),
  {
    method: "post",
    path: "/api/schedules/{name}/skip",
    summary: "Passes over the schedule's next moment, or the one that holds pods now",
    body: "Wish",
    answers: { 200: { words: "It is passed over.", content: { json: "Wished" } } },
    failures: wishRefusals("schedule"),
    by: "owner",
  },
  {
    method: "post",
    path: "/api/budgets/{name}/unfreeze",
    summary: "Lifts what a budget that is used up holds, until its next period",
    body: "Wish",
    answers: { 200: { words: "It is lifted.", content: { json: "Wished" } } },
    failures: wishRefusals("budget"),
    by: "owner",
  },
  {
    method: "get",
    path: "/api/operations/{id}",
    summary: "How far something is that was asked for",
    answers: { 200: { words: "As it stands.", content: { json: "Operation" } } },
    failures: { 404: "No operation has that id, or it is long over." },
    by: "owner",
  },
  {
    method: "post",
    path: "/api/activity/{id}",
    summary: "A job says that its pod is at work",
    answers: { 204: { words: "It counts as active from now on." } },
    failures: refusals,
    by: "job",
  },
  {
    method: "post",
    path: "/api/login-codes",
    summary: "For runpodboss dashboard: a link that opens the page once",
    body: "login-code",
    answers: { 200: { words: "The code, and a proof.", content: { text: "application/json" } } },
    failures: { 401: "It is not the token, or the link is used up." },
    by: "nobody",
  },
  {
    method: "get",
    path: "/api/openapi.json",
    summary: "This document",
    answers: { 200: { words: "OpenAPI 3.1.", content: { text: "application/json" } } },
    by: "owner",
  },
  {
    method: "get",
    path: "/health",
    summary: "Whether the last good poll is younger than 3 intervals",
    answers: {
      200: { words: "It is; without a token only `ok`.", content: { json: "Health" } },
      503: { words: "It is not; without a token only `unhealthy`.", content: { json: "Health" } },
    },
    by: "nobody",
  },
  {
    method: "get",
    path: "/metrics",
    summary: "For Prometheus",
    answers: { 200: { words: "In its text format.", content: { text: "text/plain" } } },
    by: "monitor",
  },
  {
    method: "get",
    path: "/",
    summary: "The page; its files stand beside it",
    answers: { 200: { words: "The page.", content: page } },
    failures: { 503: "The page is not built." },
    by: "session",
  },
  {
    method: "get",
    path: "/login",
    summary: "The form to log in",
    answers: { 401: { words: "The form, whoever asks.", content: page } },
    by: "nobody",
  },
  {
    method: "post",
    path: "/login",
    summary: "Begins a session of a browser",
    body: "form",
    answers: { 200: { words: "Sets the cookie.", content: page }, 204: { words: "The same." } },
    failures: { 401: "It is not the token, or the link is used up." },
    by: "nobody",
  },
  {
    method: "post",
    path: "/logout",
    summary: "Ends it",
    answers: { 303: { words: "To the page." } },
    by: "nobody",
  },
  {
    method: "get",
    path: "/open/{code}",
    summary: "Begins a session by a link that runpodboss dashboard has made",
    answers: { 200: { words: "Sets the cookie.", content: page }, 204: { words: "The same." } },
    failures: { 401: "It is not the token, or the link is used up." },
    by: "nobody",
  },
  {
    method: "get",
    path: "/act/{token}",
    summary: "The question behind a button of a notification; asking it does nothing",
    answers: { 200: { words: "The question, or how it goes.", content: page }, ...linkPages },
    by: "nobody",
  },
  {
    method: "post",
    path: "/act/{token}",
    summary: "Does it, once",
    body: "form",
    answers: {
      200: { words: "The question once more.", content: page },
      303: { words: "It has begun: to how it goes." },
      409: { words: "It is refused.", content: page },
      ...linkPages,
    },
    by: "nobody",
  },
];
