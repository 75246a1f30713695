import type { EventAnswer } from "#http/contract/history.ts";
import type { LiveEvents } from "#http/contract/live.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Heard } from "#page/live/heard.ts";
import type { Message } from "#page/live/parse.ts";
import { heardAt, type OwnClocks } from "#page/live/server-time.ts";
import type { PageState } from "./page-state.ts";
import { weightiest } from "./weightiest.ts";

const mostEvents = 60;
const mostOperations = 50;

/** What the page knows after it has heard this. Throws what is no JSON. */
export function hear(state: PageState, heard: Heard, own: OwnClocks): PageState {
  switch (heard.kind) {
    case "open":
      return {
        ...state,
        connection: { kind: "live" },
        isJustOpen: true,
        serverTime: heard.serverMs === undefined ? state.serverTime : { atMs: heard.serverMs, own },
      };
    case "message":
      return hearMessage(state, heard.message, own);
    case "lost":
      // It is lost since it was first lost.
      return state.connection.kind === "lost"
        ? { ...state, connection: { ...state.connection, because: heard.because } }
        : { ...state, connection: { kind: "lost", since: own, because: heard.because } };
    case "logged-out":
      return { ...state, connection: { kind: "logged-out" } };
  }
}

function hearMessage(state: PageState, { event, data }: Message, own: OwnClocks): PageState {
  switch (event as keyof LiveEvents) {
    case "status": {
      const status = JSON.parse(data) as LiveEvents["status"];
      return {
        ...state,
        status,
        isJustOpen: false,
        serverTime: heardAt(state.serverTime, Date.parse(status.at), own, state.isJustOpen),
        version: state.version ?? status.version,
        events: newestEvents(state.events, status.events),
        operations: newestOperations(state.operations, status.operations),
      };
    }
    case "event": {
      const told = JSON.parse(data) as LiveEvents["event"];
      return { ...state, events: newestEvents(state.events, [told]) };
    }
    case "operation": {
      const told = JSON.parse(data) as LiveEvents["operation"];
      return { ...state, operations: newestOperations(state.operations, [told]) };
    }
    case "missed":
      // The status that comes with it has the newest; what was between is not shown as if it were all.
      return { ...state, events: state.status?.events ?? [] };
    case "balance":
      return state;
  }
  // Of a later version.
  return state;
}

/** Both, each once, the newest first. */
function newestEvents(
  known: readonly EventAnswer[],
  told: readonly EventAnswer[],
): readonly EventAnswer[] {
  return weightiest(newestFirst(known, told), mostEvents);
}

/** Both, each once as it stands furthest on, the newest first. */
export function newestOperations(
  known: readonly OperationAnswer[],
  told: readonly OperationAnswer[],
): readonly OperationAnswer[] {
  const byId = new Map<string, OperationAnswer>();
  for (const each of [...known, ...told]) {
    const other = byId.get(each.id);
    if (other === undefined || isFurther(each, other)) byId.set(each.id, each);
  }
  return newestFirst(known, told)
    .slice(0, mostOperations)
    .map((each) => byId.get(each.id) ?? each);
}

/**
 * Both, each once. The daemon knows in which order: where its clock was set back, times do not tell. What
 * it tells of no more, or not yet, stays behind what it stood behind before, and all that is new is newer.
 */
function newestFirst<Each extends { readonly id: string }>(
  known: readonly Each[],
  told: readonly Each[],
): readonly Each[] {
  const oldestFirst = told.toReversed();
  const isTold = new Set(told.map(({ id }) => id));
  let place = 0;
  for (const each of known.toReversed()) {
    if (isTold.has(each.id)) {
      place = oldestFirst.findIndex(({ id }) => id === each.id) + 1;
    } else {
      oldestFirst.splice(place, 0, each);
      place += 1;
    }
  }
  return oldestFirst.toReversed();
}

/** The answer to a button and the stream may overtake each other. */
function isFurther(one: OperationAnswer, other: OperationAnswer): boolean {
  if ((one.state === "running") !== (other.state === "running")) return one.state !== "running";
  return one.steps.length >= other.steps.length;
}
