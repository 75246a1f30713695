import type { EventAnswer } from "./history.ts";
import type { OperationAnswer } from "./operation.ts";
import type { StatusAnswer } from "./status.ts";

/**
 * `GET /api/live`, server-sent events. `status` comes first, at each poll and whenever something has
 * changed, at most once a second; whoever comes back with `Last-Event-ID` gets the newest `status` and what
 * else was missed, if that is still known, else `missed`. A comment comes every 15 s at least.
 */
export interface LiveEvents {
  readonly status: StatusAnswer;
  /** One more point of the curve: seconds since the epoch, dollars. */
  readonly balance: readonly [atSeconds: number, balanceUsd: number];
  readonly event: EventAnswer;
  readonly operation: OperationAnswer;
  /** More was missed than is kept, or more of the past is known by now: ask for it all anew. */
  readonly missed: Record<string, never>;
}
