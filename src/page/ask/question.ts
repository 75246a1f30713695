import type { Action } from "#http/contract/operation.ts";

/** A question that a button has opened, and what has become of it. */
export interface Question {
  readonly action: Action;
  readonly podId: string;
  /** As they were when it was asked: what is answered is about that run. */
  readonly podName: string;
  readonly run: string | null;
  readonly hours: Hours;
  readonly is: Stage;
}

/** How long to extend by: one of the offered, or what is written in the field. */
export type Hours = { readonly kind: "offered"; readonly hours: number } | OwnHours;

interface OwnHours {
  readonly kind: "own";
  readonly text: string;
}

export type Stage =
  | { readonly kind: "asking" }
  | { readonly kind: "sending" }
  | { readonly kind: "following"; readonly operationId: string }
  | { readonly kind: "failed"; readonly error: string; readonly hint: string | null };
