import { dayMs, minuteMs } from "#guard/model/time.ts";
import { type Effect, isEnd, type Notify, type Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { type Decision, type GuardState, mostLost } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { factsOf } from "#guard/pods/run/run-facts.ts";
import { endedBy } from "#guard/pods/follow/ended-by.ts";
import { listedPods, messageWords, spanWords, usd } from "#guard/text.ts";
import { chain } from "./chain.ts";
import { endIncident } from "./incidents.ts";
import { notify } from "./notify.ts";
import { sayFailed, sayItIsOver, sayRemark } from "./say-outcome.ts";
import { isAlwaysDue } from "./severity.ts";
import { settleWay } from "./way-troubles.ts";

/** What is only of use while it is fresh is tried for so long. */
const noticeLifeMs = dayMs;

/** Nothing that somebody else says puts it off for longer. */
const longestNoticeDelayMs = 15 * minuteMs;

/** Without the time at which it happened, from an older version: about as long. */
const noticeAttempts = 100;

/**
 * Takes the outcome of an effect. What is done is removed. What failed is tried again later: an agent
 * a few times, a notification until it is sent or no longer true, the end of a pod until it is proven.
 */
export function settle(
  state: GuardState,
  id: string,
  atMs: number,
  outcome: Outcome,
  policy: Policy,
): Decision {
  const effect = state.owed.find((each) => each.id === id);
  if (effect === undefined) return { state, events: [] };
  const tries = effect.tries + 1;
  const isAgain = outcome.kind === "failed" && !isGivenUp(effect, tries, atMs, policy);
  const delay = delayMs(effect, tries, policy, outcome);
  const notBeforeMs = delay === 0 ? effect.notBeforeMs : atMs + delay;
  const owed = state.owed.flatMap((each) => {
    if (each !== effect) return [each];
    return isAgain ? [triedAgain({ ...effect, tries, notBeforeMs }, outcome)] : [];
  });
  const isLost = effect.kind === "notify" && outcome.kind === "failed" && !isAgain;
  return chain(
    isLost ? withLost({ ...state, owed }, effect, outcome, atMs) : { ...state, owed },
    (before) => ({
      state: before,
      events: [
        {
          kind: "settled",
          effect,
          outcome,
          again: isAgain,
          ...(isAgain && effect.kind === "notify" && { againInMs: delay }),
        },
      ],
    }),
    (before) =>
      effect.kind === "notify"
        ? settleWay(before, { ...effect, tries }, atMs, outcome, policy)
        : { state: before, events: [] },
    (before) =>
      outcome.kind === "failed"
        ? sayFailed(before, { ...effect, tries, notBeforeMs }, isAgain, atMs, outcome, policy)
        : sayItIsOver(before, { ...effect, tries }, atMs, outcome, policy),
    (before) => ({ state: rememberUnconfirmed(before, effect, outcome, atMs), events: [] }),
    (before) => sayRemark(before, effect, atMs, outcome, policy),
    (before) => endTheRun(before, effect, outcome, policy, atMs),
  );
}

function triedAgain(effect: Effect, { because, unconfirmed }: Outcome): Effect {
  if (effect.kind === "notify") return { ...effect, failedBecause: because };
  return isEnd(effect) && effect.burnBefore === undefined && unconfirmed !== undefined
    ? { ...effect, burnBefore: unconfirmed }
    : effect;
}

function withLost(state: GuardState, notice: Notify, outcome: Outcome, nowMs: number): GuardState {
  const { channel, atMs = nowMs } = notice;
  const lost = {
    atMs,
    message: messageWords(notice),
    ...(channel !== undefined && { channel }),
    because: outcome.because,
  };
  return { ...state, lostNotices: [...state.lostNotices, lost].slice(-mostLost) };
}

/** An end that the burn does not show yet is looked at again: see `checkBurn`. */
function rememberUnconfirmed(
  state: GuardState,
  effect: Effect,
  { podIs, unconfirmed }: Outcome,
  endedAtMs: number,
): GuardState {
  if (!isEnd(effect) || podIs === undefined || unconfirmed === undefined) return state;
  const { podId } = effect;
  const { name = "", isCluster } = own(state.runs, podId) ?? {};
  const others = state.unconfirmed.filter((each) => each.podId !== podId);
  return {
    ...state,
    unconfirmed: [...others, { ...unconfirmed, podId, name, isCluster, endedAtMs }],
  };
}

/**
 * Ends the run once a poll has shown that its pod stopped. If we had tried before, the end counts as
 * ours, as RunPod may have been slow; if not, someone else stopped the pod.
 */
function endTheRun(
  state: GuardState,
  effect: Effect,
  { kind, podIs, because }: Outcome,
  policy: Policy,
  atMs: number,
): Decision {
  if (!isEnd(effect) || podIs === undefined) return { state, events: [] };
  const run = own(state.runs, effect.podId);
  if (run === undefined) return { state, events: [] };
  const isOurs = kind === "done" || effect.tries > 0;
  // A backstop and a guard may be ending the same pod: the one that ended it records it.
  if (!isOurs && state.owed.some((other) => isEnd(other) && other.podId === effect.podId)) {
    return { state, events: [] };
  }
  const reason = !isOurs
    ? endedBy(run, state, atMs)
    : effect.kind === "end-run"
      ? effect.reason
      : "backstop";
  const { [effect.podId]: _, ...runs } = state.runs;
  const ranAtMs = Math.min(state.podsSeenAtMs ?? atMs, atMs);
  const ended = {
    kind: "run-ended",
    run,
    podIs,
    reason,
    because,
    ranAtMs,
    endedAtMs: atMs,
  } as const;
  const isGuards = effect.kind === "end-run" && isOurs;
  const guardEndsAtMs = isGuards ? [...state.guardEndsAtMs, atMs] : state.guardEndsAtMs;
  return chain(
    { ...state, runs, guardEndsAtMs },
    (before) => ({ state: before, events: [ended] }),
    (before) =>
      isGuards
        ? notify(before, policy, {
            event: effect.guard,
            name: effect.guard,
            atMs,
            podIds: [run.podId],
            severity: "info",
            incident: endIncident(effect.guard, [run.podId]),
            isResolution: true,
            because: `${podIs === "gone" ? "terminated" : "stopped"} ${listedPods([run])}: ${effect.because}. ${spentWords(run, atMs)}; ${because}`,
          })
        : { state: before, events: [] },
  );
}

function spentWords(run: PodRun, atMs: number): string {
  const { uptimeMs, costUsd } = factsOf(run, atMs);
  const cost = costUsd === undefined ? "its cost is unknown" : `cost ${usd(costUsd)}`;
  return `It ran ${spanWords(uptimeMs)} and ${cost}`;
}

function isGivenUp(
  effect: Effect,
  tries: number,
  atMs: number,
  { agentAttempts }: Policy,
): boolean {
  switch (effect.kind) {
    case "notify":
      if (isAlwaysDue(effect)) return false;
      return effect.atMs === undefined
        ? tries >= noticeAttempts
        : atMs - effect.atMs >= noticeLifeMs;
    case "call-agent":
    case "call-pod-agent":
      return tries >= agentAttempts;
    case "end-pod":
    case "end-run":
      return false;
  }
}

/** Soon, and less soon each time; an agent at the next poll, then after five minutes. */
function delayMs(
  effect: Effect,
  tries: number,
  { endRetry, noticeRetry }: Policy,
  { waitMs = 0 }: Outcome,
): number {
  switch (effect.kind) {
    case "notify":
      return Math.max(growing(noticeRetry, tries), Math.min(waitMs, longestNoticeDelayMs));
    case "end-pod":
    case "end-run":
      return growing(endRetry, tries);
    case "call-agent":
    case "call-pod-agent":
      return tries === 1 ? 0 : 5 * minuteMs;
  }
}

function growing({ firstMs, mostMs }: Policy["endRetry"], tries: number): number {
  return Math.min(mostMs, firstMs * 2 ** (tries - 1));
}
