import type { EventAnswer } from "#http/contract/history.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import type { Question } from "#page/ask/question.ts";
import type { Wish } from "#page/ask/sent.ts";
import type { OwnClocks, ServerTime } from "#page/live/server-time.ts";

/** All that the page knows. */
export interface PageState {
  readonly status: StatusAnswer | undefined;
  readonly serverTime: ServerTime | undefined;
  readonly connection: Connection;
  /** No status has come since it was opened: the first one may have been made a while ago. */
  readonly isJustOpen: boolean;
  /** What was asked for of late, by its id; the newest first. */
  readonly operations: readonly OperationAnswer[];
  readonly events: readonly EventAnswer[];
  /** The question that is open. */
  readonly question: Question | undefined;
  /** The wish about a schedule or a budget that is open. */
  readonly wish: Wish | undefined;
  /** The version that this page came with. */
  readonly version: string | undefined;
}

type Connection =
  | { readonly kind: "connecting" }
  | { readonly kind: "live" }
  | { readonly kind: "lost"; readonly since: OwnClocks; readonly because: string }
  | { readonly kind: "logged-out" };

export const firstState: PageState = {
  status: undefined,
  serverTime: undefined,
  connection: { kind: "connecting" },
  isJustOpen: true,
  operations: [],
  events: [],
  question: undefined,
  wish: undefined,
  version: undefined,
};
