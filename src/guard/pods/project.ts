import { believed } from "#guard/account/empty-list.ts";
import type { Look, Measured } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { followRuns, onLeases } from "#guard/pods/follow/runs.ts";
import { takeSamples, withoutLoads } from "#guard/pods/follow/telemetry.ts";

/** What is known at one moment, beside what the guard has saved. */
export interface Sources {
  readonly atMs: number;
  readonly look: Look;
  readonly measured: Measured;
  readonly book: LeaseBook | "unknown";
}

/** The runs of the pods, with their starts and leases, as the guard would see them. Decides nothing. */
export function projectRuns(
  saved: GuardState,
  { atMs, look: found, measured, book }: Sources,
  policy: Policy,
): GuardState["runs"] {
  const { state: before, look } = believed(saved, found);
  const { state } = chain(
    before,
    (now) => onLeases(now, { atMs, book }),
    (now) =>
      look.kind === "seen"
        ? followRuns({ ...now, lastSeen: look }, look, policy)
        : { state: now, events: [] },
    (now) =>
      measured.kind === "measured"
        ? takeSamples(now, measured, {}, policy)
        : { state: withoutLoads(now, atMs), events: [] },
  );
  return state.runs;
}
