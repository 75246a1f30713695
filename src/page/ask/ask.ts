import type { Action } from "#http/contract/operation.ts";
import { newestOperations } from "#page/state/hear.ts";
import type { PageState } from "#page/state/page-state.ts";
import { type Hours, type Question, questionOf } from "./question.ts";
import type { Sent } from "./sent.ts";

/** A button was pressed. */
export function opened(state: PageState, action: Action, podId: string, nowMs: number): PageState {
  const pod = state.status?.pods?.find(({ id }) => id === podId);
  return pod === undefined ? state : { ...state, question: questionOf(action, pod, nowMs) };
}

/** Shows again what was asked for before. */
export function reopened(state: PageState, operationId: string): PageState {
  const operation = state.operations.find(({ id }) => id === operationId);
  if (operation === undefined) return state;
  const question: Question = {
    action: operation.action,
    podId: operation.pod_id,
    podName: operation.pod_name,
    run: null,
    openedMs: Date.parse(operation.asked_at),
    hours: { kind: "offered", hours: 2 },
    is: { kind: "following", operationId },
  };
  return { ...state, question };
}

export function withHours(state: PageState, hours: Hours): PageState {
  const { question } = state;
  if (question === undefined || question.is.kind !== "asking") return state;
  return { ...state, question: { ...question, hours } };
}

/** It was answered with yes, and is on its way. */
export function sending(question: Question): Question {
  return { ...question, is: { kind: "sending" } };
}

/** What came of it; the question may have been closed meanwhile, or be another one. */
export function answered(state: PageState, asked: Question, sent: Sent): PageState {
  const isOpen = state.question === asked;
  const told: PageState =
    sent.kind === "answered"
      ? { ...state, operations: newestOperations(state.operations, [sent.body]) }
      : sent.kind === "logged-out"
        ? { ...state, connection: { kind: "logged-out" } }
        : state;
  return isOpen ? { ...told, question: { ...asked, is: stageOf(sent) } } : told;
}

function stageOf(sent: Sent): Question["is"] {
  switch (sent.kind) {
    case "answered":
      return { kind: "following", operationId: sent.body.id };
    case "refused":
      return { kind: "failed", error: sent.error, hint: sent.hint };
    case "unanswered":
      return { kind: "unanswered", because: sent.because };
    case "logged-out":
      return { kind: "failed", error: "You are logged out.", hint: "Log in, then ask again." };
  }
}
