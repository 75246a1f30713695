import type { Look, Pod } from "#guard/model/account.ts";
import type { Moments } from "#guard/model/spend.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { spanWords } from "#guard/text.ts";
import type { OverviewSources, Reported } from "#report/overview/sources.ts";
import { podReport, type PodSources, unseenPodReport } from "#report/pod.ts";
import type { Standing } from "./standing.ts";

/** The account as it was seen last, by whoever looks at it. */
export interface Sight {
  readonly overview: OverviewSources;
  /** Undefined: nobody knows of any pods, nor of none. */
  readonly reported: readonly Reported[] | undefined;
}

/** What the state does not keep is put together again, as far as it was kept beside it. */
export function sightOf(
  standing: Standing,
  moments: Moments | undefined,
  nowMs: number,
  isNobodyTold: boolean,
): Sight {
  const { policy, orders, book, pods } = standing;
  const kept = standing.state ?? emptyState;
  const look = lookOf(standing, kept, nowMs);
  const state: GuardState = {
    ...kept,
    moments,
    leaseBook: book,
    ...(look.kind === "seen" && { lastSeen: look }),
  };
  const sources: PodSources = {
    policy,
    runs: state.runs,
    book,
    saved: state,
    moments,
    samples: [],
    atMs: nowMs,
  };
  const overview = { nowMs, policy, state, look, isDryRun: orders?.isDry === true, isNobodyTold };
  return { overview, reported: reportedOf(look, pods, sources) };
}

function lookOf(
  { role, pods, podsBecause, blindBecause, acts, everyMs }: Standing,
  { shown, lookedAtMs, blind }: GuardState,
  nowMs: number,
): Look {
  const unseen = { kind: "blind", cause: "unreachable", atMs: lookedAtMs ?? nowMs } as const;
  if (blindBecause !== undefined) return { ...unseen, because: blindBecause };
  if (role === "unheard") return { ...unseen, because: "nothing was ever heard of it" };
  if (blind !== undefined) return { ...unseen, because: "the last look saw nothing" };
  if (shown === undefined) return { ...unseen, because: "nothing was seen yet" };
  if (acts !== undefined && nowMs - shown.atMs > Math.max(oldMs, 3 * everyMs)) {
    return { ...unseen, because: `it last looked ${spanWords(nowMs - shown.atMs)} ago` };
  }
  const { atMs, balanceUsd, burnPerHrUsd } = shown;
  return {
    kind: "seen",
    atMs,
    balanceUsd,
    burnPerHrUsd,
    pods: podsBecause === undefined ? pods : "unknown",
    ...(podsBecause !== undefined && { podsBecause }),
    unreadablePods: 0,
  };
}

/** What it saw itself longer ago says nothing of now. */
const oldMs = 10 * minuteMs;

function reportedOf(
  look: Look,
  pods: readonly Pod[] | "unknown",
  sources: PodSources,
): readonly Reported[] | undefined {
  if (look.kind === "seen" && look.pods !== "unknown") {
    return look.pods.map((pod) => ({ report: podReport(pod, sources), pod }));
  }
  const runs = Object.values(sources.runs);
  // That there were none a while ago is no list of now.
  if (runs.length === 0) return undefined;
  const listed = new Map(pods === "unknown" ? [] : pods.map((pod) => [pod.id, pod]));
  return runs.map((run) => {
    const pod = listed.get(run.podId);
    return { report: unseenPodReport(run, sources, pod), pod };
  });
}
