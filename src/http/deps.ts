import type { HttpSettings } from "#config/settings.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import type { WishedAnswer } from "./contract/ahead.ts";
import type { BalanceAnswer } from "./contract/balance.ts";
import type { EventAnswer, HistoryAnswer } from "./contract/history.ts";
import type { Action, OperationAnswer } from "./contract/operation.ts";
import type { StatusAnswer } from "./contract/status.ts";
import type { Health } from "./health.ts";
import type { PageFiles } from "./page-files.ts";
import type { Links } from "./links/links.ts";
import type { HttpCounts } from "./metrics/http-counts.ts";

/** What is served, from the daemon's own memory. None of it waits for RunPod, but what a person asks for. */
export interface HttpDeps {
  readonly settings: () => HttpInForce;
  readonly isDryRun: () => boolean;
  readonly clock: Clock;
  readonly log: Log;
  /** What leaves holds no secret of any settings. */
  readonly redact: (text: string) => string;
  readonly view: View;
  readonly operations: Operations;
  /** The page of metrics, in Prometheus's text format. */
  readonly metrics: () => string;
  /** Asked for anew each time: it must be right to the second. */
  readonly health: () => Health;
  readonly counts: HttpCounts;
  readonly pageFiles: PageFiles;
  /** Buttons in notifications. Absent: none was ever made. */
  readonly links?: Links | undefined;
}

/** The settings with the tokens that hold, whether they were given or made. */
export type HttpInForce = HttpSettings & {
  readonly token: string;
  readonly activityToken: string;
  readonly metricsToken: string;
};

/** What there is to see. */
export interface View {
  /** Made anew when something has changed, at most once a second; else the one before. */
  readonly status: () => StatusAnswer;
  readonly balance: (query: BalanceQuery) => BalanceAnswer;
  /** Reads the file, within a limit. Throws a UserError when it cannot. */
  readonly history: (query: HistoryQuery, signal: AbortSignal) => Promise<HistoryAnswer>;
  /** Calls at each change, until the returned function is called. */
  readonly follow: (onChange: (change: Change) => void) => () => void;
}

export interface BalanceQuery {
  readonly fromMs: number;
  readonly toMs: number;
  /** The plot has room for so many. */
  readonly points: number;
}

export interface HistoryQuery {
  readonly sinceMs: number;
  readonly podId?: string | undefined;
  readonly type?: string | undefined;
  /** Only what is older than the event that stood there. */
  readonly before?: { readonly place: number; readonly mark: string } | undefined;
}

/** Something has changed: for all that follow, made once. */
export type Change =
  | { readonly kind: "status" }
  | { readonly kind: "balance"; readonly atMs: number; readonly balanceUsd: number }
  | { readonly kind: "event"; readonly event: EventAnswer }
  | { readonly kind: "operation"; readonly operation: OperationAnswer }
  /** More of what has been is known than was: whoever shows it asks for it anew. */
  | { readonly kind: "missed" };

/** What a person can ask for. */
export interface Operations {
  /**
   * Begins it, and gives it as it stands then; how it goes on comes as changes. The same that is asked for
   * again while it runs is the same operation. Throws a UserError when it is refused.
   */
  readonly begin: (asked: Asked) => Promise<OperationAnswer>;
  /** Undefined: not known, or long over. */
  readonly of: (id: string) => OperationAnswer | undefined;
  /** The last ones, the newest first. */
  readonly latest: () => readonly OperationAnswer[];
  /** A job in the pod says that it is at work: as a touch, by whoever holds the token for that alone. */
  readonly touchFromInside: (podId: string) => Promise<void>;
  /** Passes over a schedule's next moment: done when it is answered. Throws a UserError when it is refused. */
  readonly skip: Wish;
  /** Lifts what a budget that is used up holds: done when it is answered. Throws a UserError when it is refused. */
  readonly unfreeze: Wish;
}

/** Of the schedule or budget of that name; `by`: who asked, as in `Asked`. */
type Wish = (name: string, by: string) => Promise<WishedAnswer>;

export interface Asked {
  readonly action: Action;
  readonly podId: string;
  /** Of `extend`. */
  readonly forMs?: number | undefined;
  /** The run that is meant, as `status` names it: another is refused. */
  readonly run?: string | undefined;
  /** Who asked, for the history: `on the page`, `over the API`, `in a notification`. */
  readonly by: string;
  /** Called when it is over and has surely changed nothing, also long after it was begun; waited for. */
  readonly onUndone?: (() => Promise<unknown>) | undefined;
  /** The mark of the button that asks: it outlives the daemon, which `onUndone` does not. */
  readonly pressed?: string | undefined;
}
