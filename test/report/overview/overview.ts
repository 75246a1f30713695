import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import type { OverviewSources, Reported } from "#report/overview/sources.ts";
import { podReport } from "#report/pod.ts";
import { at, book, guarding, pod, run, seen } from "../../guard/samples.ts";

export interface Given {
  readonly policy?: Policy;
  readonly look?: Partial<Look>;
  readonly state?: Partial<GuardState>;
  readonly isDryRun?: boolean;
  readonly isNobodyTold?: boolean;
}

/** What a guard knows an hour after the sample pods were started; by default one pod, for $1.49/h. */
export function sourcesWith(given: Given = {}): OverviewSources {
  const { policy = guarding({}), isDryRun = false, isNobodyTold = false } = given;
  const nowMs = at(60);
  const look = { ...seen({ atMs: nowMs }), ...given.look } as Look;
  const pods = look.kind === "seen" && look.pods !== "unknown" ? look.pods : [pod()];
  const runs = Object.fromEntries(pods.map(({ id, name }) => [id, run({ podId: id, name })]));
  const lastSeen = look.kind === "seen" ? look : seen({ atMs: at(59) });
  const state = { ...emptyState, leaseBook: book(), runs, lastSeen, ...given.state };
  return { nowMs, policy, state, look, isDryRun, isNobodyTold };
}

/** Its pods, as they are reported. */
export function reportedIn({ state, policy, nowMs }: OverviewSources): readonly Reported[] {
  const pods = state.lastSeen?.pods ?? [];
  if (pods === "unknown") return [];
  const sources = {
    policy,
    runs: state.runs,
    book: state.leaseBook,
    saved: state,
    moments: state.moments,
    samples: [],
    atMs: nowMs,
  };
  return pods.map((each) => ({ pod: each, report: podReport(each, sources) }));
}
