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
  const fired = newlyFired(before, after);
  if (fired !== undefined) return `The balance is below ${fired}.`;
  const ended = after.operations.find((each) => hasEnded(each, before.operations));
  return ended === undefined
    ? undefined
    : `${ended.action} ${ended.pod_name}: ${ended.state}. ${ended.words ?? ""}`.trim();
}

function hasEnded({ id, state }: OperationAnswer, before: readonly OperationAnswer[]): boolean {
  return state !== "running" && before.some((each) => each.id === id && each.state === "running");
}

function newlyFired(
  { status: before }: PageState,
  { status: after }: PageState,
): string | undefined {
  if (before === after) return undefined;
  const wasArmed = new Set(
    before?.thresholds.filter(({ is }) => is === "armed").map(({ name }) => name),
  );
  return after?.thresholds.find(({ name, is }) => is === "fired" && wasArmed.has(name))?.name;
}
