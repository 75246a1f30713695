import type { Look, Pod } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { PodReport } from "#report/pod.ts";

/** What the daemon itself knows, for what is told beside `status`. */
export interface OverviewSources {
  readonly nowMs: number;
  readonly policy: Policy;
  readonly state: GuardState;
  /** The last poll, as the guard believes it. */
  readonly look: Look;
  /** Nothing is ended. */
  readonly isDryRun: boolean;
  /** There is no way to tell anybody. */
  readonly isNobodyTold: boolean;
}

/** A pod and what is reported of it. */
export interface Reported {
  readonly report: PodReport;
  /** As the last list has shown it; undefined where none of this process has. */
  readonly pod: Pod | undefined;
}
