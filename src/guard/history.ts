import { minuteMs } from "#guard/model/time.ts";
import type { HardTimeoutGuard, LeaseGuard, Policy } from "#guard/model/policy.ts";
import { type HistoryRecord, mostUnrecorded, type PodRun } from "#guard/model/run.ts";
import type { Decision, GuardEvent, GuardState } from "#guard/model/state.ts";
import { hardTimeoutAtMs, isEnding } from "#guard/pods/rules/deadlines.ts";
import { leaseEndMs } from "#guard/pods/rules/lease.ts";
import { originOfRun, startedFacts, startedWords } from "#guard/pods/run/started-by.ts";
import { factsOf } from "#guard/pods/run/run-facts.ts";
import { endedByHand, endedElsewhere } from "#guard/pods/follow/ended-by.ts";
import { own } from "./own-value.ts";
import { withRemedy } from "./text.ts";
import { guardedAs } from "#guard/pods/rules/foreign.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { isGuardFor } from "./protect.ts";

/** `runpodboss stop` writes its own record of a pod it stopped, within this time. */
const othersMayTellMs = minuteMs;

type Draft = Omit<HistoryRecord, "id" | "atMs"> & { readonly id?: string };

/** Adds a record to be written to the history for each event. */
export function withRecords(decision: Decision, policy: Policy, atMs: number): Decision {
  const drafts = decision.events.flatMap((event) => draftsOf(event, decision.state, policy, atMs));
  return { ...decision, state: recorded(decision.state, drafts, atMs) };
}

/** The state with these records waiting to be written to the history. */
export function recorded(state: GuardState, drafts: readonly Draft[], atMs: number): GuardState {
  if (drafts.length === 0) return state;
  const records = drafts.map((draft, n): HistoryRecord => ({
    id: `${atMs}.${state.recordCount + n}`,
    ...draft,
    atMs,
  }));
  return {
    ...state,
    unrecorded: [...state.unrecorded, ...records].slice(-mostUnrecorded),
    recordCount: state.recordCount + records.length,
  };
}

function draftsOf(
  event: GuardEvent,
  state: GuardState,
  policy: Policy,
  atMs: number,
): readonly Draft[] {
  switch (event.kind) {
    case "trip": {
      const { threshold: reason, because, balanceUsd, line } = event;
      return [{ type: "trip", reason, because, balanceUsd, belowUsd: line.belowUsd }];
    }
    case "rearm":
      return [
        {
          type: "rearm",
          reason: event.threshold,
          because: event.because,
          balanceUsd: state.lastSeen?.balanceUsd,
        },
      ];
    case "moot":
    case "rules":
    case "start-disputed":
      return [];
    case "settled":
      return settledDrafts(event, state, atMs);
    case "said":
      return saidDrafts(event, state, atMs);
    case "run-started": {
      const { run } = event;
      const origin = originOfRun(run, state.leaseBook);
      const by = origin.kind === "elsewhere" ? undefined : startedWords(origin);
      const isFound = run.startFrom === "first-seen";
      const because = isFound ? ["found running", by].filter(isSaid).join(", ") : (by ?? "started");
      // After a crash it may start to be followed again, from when it was last saved.
      const id = `start:${run.podId}:${run.firstSeenAtMs}`;
      const facts = factsOf(run, atMs);
      const startedBy = startedFacts(origin);
      const known = startedBy === undefined ? {} : { startedBy };
      return [{ id, type: "start", reason: null, because, run: facts, ...known }];
    }
    case "run-ended": {
      const { run, podIs, reason, because, ranAtMs, endedAtMs } = event;
      const facts = {
        ...factsOf(run, endedAtMs),
        capAtMs: capAtMs(run, state.leaseBook, policy, atMs),
      };
      const isElsewhere = reason === endedElsewhere || reason === endedByHand;
      return [
        {
          type: podIs === "gone" ? "termination" : "stop",
          reason,
          because,
          run: facts,
          ranAtMs,
          ...(isElsewhere && { notBeforeMs: atMs + othersMayTellMs }),
        },
      ];
    }
  }
}

function isSaid(words: string | undefined): words is string {
  return words !== undefined;
}

/** Failed tries that are repeated are only in the log; the history has the final outcome. */
function settledDrafts(
  { effect, outcome, again }: GuardEvent & { readonly kind: "settled" },
  state: GuardState,
  atMs: number,
): readonly Draft[] {
  if (outcome.kind === "moot" || again) return [];
  const because = `${outcome.kind} (${outcome.because}): ${effect.because}`;
  switch (effect.kind) {
    case "notify": {
      const { name: reason, channel, balanceUsd, belowUsd } = effect;
      const by = channel === undefined ? "" : ` by channel ${channel}`;
      const said = withRemedy(effect.because, effect.remedy);
      const told = `${outcome.kind}${by} (${outcome.because}): ${said}`;
      return [{ type: "notify", reason, because: told, channel, balanceUsd, belowUsd }];
    }
    case "call-agent": {
      const { threshold: reason, balanceUsd, belowUsd } = effect;
      return [{ type: "agent", reason, because, balanceUsd, belowUsd }];
    }
    case "call-pod-agent": {
      const run = own(state.runs, effect.podId);
      const facts = run === undefined ? {} : { run: factsOf(run, atMs) };
      return [{ type: "agent", reason: effect.reason, because, ...facts }];
    }
    case "call-budget-agent":
      return [{ type: "agent", reason: effect.budget, because }];
    case "end-stopped":
    case "end-pod":
    case "end-run":
      // The record of the run that ended, or of what is said of the pod that was stopped, covers this.
      return [];
  }
}

function saidDrafts(
  { event: type, reason, because, podIds }: GuardEvent & { readonly kind: "said" },
  state: GuardState,
  atMs: number,
): readonly Draft[] {
  switch (type) {
    case "warn": {
      const warned = new Set(podIds);
      return Object.values(state.runs)
        .filter(({ podId }) => warned.has(podId))
        .map((run): Draft => ({ type, reason, because, run: factsOf(run, atMs) }))
        .concat(stoppedDrafts(type, reason, because, podIds, state));
    }
    case "stopped":
      return stoppedDrafts(type, reason, because, podIds, state);
    case "budget":
      // Of pods' runs, their records tell.
      return podIds.length > 0
        ? []
        : [{ type, reason, because, balanceUsd: state.lastSeen?.balanceUsd }];
    case "on_it":
      return [{ type: "daemon", reason: null, because }];
    case "schedule":
    case "backstop":
    case "blind":
    case "sighted":
    case "silent":
    case "heard":
    case "source":
      return [{ type, reason, because, balanceUsd: state.lastSeen?.balanceUsd }];
    case "agent":
    case "rearm":
    case "hard_timeout":
    case "lease":
    case "idle":
    case "estimate":
    case "burn":
    case "zero":
    case "rehearsal":
    case "billing":
    case "trouble":
    case "recovered":
    case "brief":
      return [];
  }
}

/** Of pods without a run: one for each. */
function stoppedDrafts(
  type: "warn" | "stopped",
  reason: string,
  because: string,
  podIds: readonly string[],
  { lastSeen, runs }: GuardState,
): readonly Draft[] {
  const pods = lastSeen === undefined || lastSeen.pods === "unknown" ? [] : lastSeen.pods;
  return podIds
    .filter((podId) => own(runs, podId) === undefined)
    .map((podId) => {
      const podName = pods.find(({ id }) => id === podId)?.name ?? "";
      return { type, reason, because, run: { podId, podName } };
    });
}

/** When another of its guards would have ended the run at the latest. */
function capAtMs(
  run: PodRun,
  leaseBook: GuardState["leaseBook"],
  { podGuards }: Policy,
  atMs: number,
): number | undefined {
  const { hardTimeout, lease } = podGuards;
  const pod = namedIn(run);
  if (guardedAs(pod, run, leaseBook, podGuards) !== "guard") return undefined;
  const isEndOf = (guard: HardTimeoutGuard | LeaseGuard) =>
    isGuardFor(pod, guard) && isEnding(guard);
  const ends = [
    hardTimeout !== undefined && isEndOf(hardTimeout) ? hardTimeoutAtMs(run, hardTimeout) : atMs,
    lease !== undefined && isEndOf(lease) ? (leaseEndMs(run, lease) ?? atMs) : atMs,
  ].filter((endMs) => endMs > atMs);
  return ends.length === 0 ? undefined : Math.min(...ends);
}
