import type { Settings } from "#config/settings.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Paces } from "#paces.ts";
import type { Clock } from "#ports.ts";
import { unsentNotices } from "#report/notices.ts";
import { briefOf } from "./brief.ts";
import { partsOf } from "./parts.ts";
import { briefLines } from "./words.ts";

export interface BriefAsked {
  readonly settings: Settings;
  readonly nowMs: number;
  /** The daemon's own. */
  readonly state: GuardState;
  readonly policy: Policy;
  readonly clock: Clock;
  readonly paces: Pick<Paces, "request">;
  readonly signal: AbortSignal;
}

/** What the daemon says in its brief, line by line, by what it has seen itself. */
export async function briefNow({ state, ...asked }: BriefAsked): Promise<string> {
  const { settings, nowMs, policy } = asked;
  const look = state.blind === undefined ? state.lastSeen : undefined;
  const parts = await partsOf({ ...asked, look });
  const brief = briefOf({
    ...parts,
    nowMs,
    timeZone: settings.brief?.timeZone,
    look,
    policy,
    runs: state.runs,
    book: state.leaseBook,
    saved: state,
    moments: state.moments,
    schedules: settings.schedules,
    troubles: unsentNotices(state, nowMs),
  });
  return briefLines(brief).join("\n");
}
