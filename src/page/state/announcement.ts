import type { OperationAnswer } from "#http/contract/operation.ts";
import type { PageState } from "./page-state.ts";

/** What whoever cannot see the page should hear of a change; nothing, of most. */
export function announcement(before: PageState, after: PageState): string | undefined {
  if (before.connection.kind !== after.connection.kind) {
    if (after.connection.kind === "lost") return "The connection to the daemon is lost.";
    if (before.connection.kind === "lost" && after.connection.kind === "live") {
      return "Connected to the daemon again.";
    }
  }
  const ended = after.operations.find((each) => hasEnded(each, before.operations));
  return ended === undefined
    ? undefined
    : `${ended.action} ${ended.pod_name}: ${ended.state}. ${ended.words ?? ""}`.trim();
}

function hasEnded({ id, state }: OperationAnswer, before: readonly OperationAnswer[]): boolean {
  return state !== "running" && before.some((each) => each.id === id && each.state === "running");
}
