import type { Action, OperationAnswer } from "#http/contract/operation.ts";
import type { PodAnswer, StatusAnswer } from "#http/contract/status.ts";

/** A question that a button has opened, and what has become of it. */
export interface Question {
  readonly action: Action;
  readonly podId: string;
  readonly podName: string;
  /** As it was when it was asked: what is answered is about that run. */
  readonly run: string | null;
  /** By the server's clock. */
  readonly openedMs: number;
  readonly hours: Hours;
  readonly is: Stage;
}

/** How long to extend by: one of the offered, or what is written in the field. */
export type Hours =
  | { readonly kind: "offered"; readonly hours: number }
  | { readonly kind: "own"; readonly text: string };

type Stage =
  | { readonly kind: "asking" }
  | { readonly kind: "sending" }
  | { readonly kind: "following"; readonly operationId: string }
  /** It may have been carried out. */
  | { readonly kind: "unanswered"; readonly because: string }
  | { readonly kind: "failed"; readonly error: string; readonly hint: string | null };

export const offeredHours = [1, 2, 4] as const;
const mostHours = 8_760;

export function questionOf(action: Action, pod: PodAnswer, openedMs: number): Question {
  return {
    action,
    podId: pod.id,
    podName: pod.name,
    run: pod.run,
    openedMs,
    hours: { kind: "offered", hours: 2 },
    is: { kind: "asking" },
  };
}

/** Undefined: what is written is no number of hours. */
export function hoursOf(hours: Hours): number | undefined {
  if (hours.kind === "offered") return hours.hours;
  const text = hours.text.trim().replace(",", ".");
  const number = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : 0;
  return number > 0 && number <= mostHours ? number : undefined;
}

/** Why it cannot be answered with yes any more; undefined: it can. */
export function hindrance(
  { action, podId, run, is, hours }: Question,
  { pods }: Pick<StatusAnswer, "pods">,
  isStale: boolean,
): string | undefined {
  if (is.kind !== "asking") return undefined;
  if (isStale) return "There is no connection to the daemon now, so nothing can be sent.";
  const pod = pods?.find(({ id }) => id === podId);
  if (pods === null) return "Which pods there are is unknown now.";
  if (pod === undefined) return "This pod is no longer listed.";
  if (pod.run !== run) {
    const what = pod.is_running === false ? "stopped" : "been started anew";
    return `This pod has ${what} since you asked. Close this and look.`;
  }
  if (!pod.may.includes(action)) {
    return `This cannot be done any more${pod.may_not === null ? "." : `: ${pod.may_not}.`}`;
  }
  if (action === "extend" && hoursOf(hours) === undefined) {
    return `Write hours above 0, ${mostHours.toLocaleString("en-US")} at most.`;
  }
  return undefined;
}

/** What has become of it; what was sent without an answer is known by what was asked for since. */
export function operationOf(
  { is, podId, action, openedMs }: Question,
  operations: readonly OperationAnswer[],
): OperationAnswer | undefined {
  switch (is.kind) {
    case "asking":
    case "failed":
      return undefined;
    case "following":
      return operations.find(({ id }) => id === is.operationId);
    case "sending":
    case "unanswered":
      return operations.find(
        (each) =>
          each.pod_id === podId &&
          each.action === action &&
          (each.state === "running" || Date.parse(each.asked_at) >= openedMs),
      );
  }
}
