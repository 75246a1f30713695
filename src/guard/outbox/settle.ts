import { dayMs, minuteMs } from "#guard/model/time.ts";
import {
  type Effect,
  type EndPod,
  type EndRun,
  isEnd,
  type Notify,
  type Outcome,
} from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import { type Decision, type GuardState, mostLost } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { factsOf } from "#guard/pods/run-facts.ts";
import { endedBy } from "#guard/pods/ended-by.ts";
import { listedPods, messageWords, spanWords, usd } from "#guard/text.ts";
import { chain } from "./chain.ts";
import { endIncident, toldOf } from "./incidents.ts";
import { forget, notify, notifyHourly, withdraw } from "./notify.ts";
import { isAlwaysDue } from "./severity.ts";
import { settleWay } from "./way-troubles.ts";
import { commandWay, wayOf } from "./ways.ts";

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

/** What could not be told of an end that failed is over with it; told is what came of it. */
function sayItIsOver(
  state: GuardState,
  effect: Effect,
  atMs: number,
  { because }: Outcome,
  policy: Policy,
): Decision {
  if (!isEnd(effect)) return { state, events: [] };
  const { podId } = effect;
  const over = withdraw(
    state,
    ({ event, topic = "", podIds = [] }) =>
      effect.kind === "end-pod"
        ? event === "backstop" && topic.endsWith(failedMark) && podIds[0] === podId
        : topic.startsWith(`end:${podId}:`),
    "the end is settled",
  );
  if (effect.kind !== "end-pod") return over;
  const key = failedKey(effect.threshold, podId);
  // The same pod may run again, and fail again: that is news.
  const forgotten = forget(over.state, (each) => each.startsWith(key) && each.endsWith(failedMark));
  // The notify command hears of the end only in place of what it was not told.
  const missed = over.events.flatMap(({ effect: each }) => wayOf(each));
  const incident = failedIncident(effect);
  const to = [...missed, ...toldOf(forgotten, incident).filter((way) => way !== commandWay)];
  if (to.length === 0) return { state: forgotten, events: [] };
  const told = notify(forgotten, policy, {
    event: "backstop",
    name: effect.threshold,
    threshold: effect.threshold,
    atMs,
    podIds: [podId],
    incident,
    isResolution: true,
    to,
    because: `pod ${podId}, after ${effect.tries} tries to ${effect.action} it: ${because}`,
  });
  return { state: told.state, events: [...over.events, ...told.events] };
}

/** Ends the topic of an end that failed, of which there is one a pod and reason. */
const failedMark = ":failed";

/** Why it failed may change, and it is still the same end. */
function failedIncident({ threshold, podId }: EndPod): string {
  return `backstop:${threshold}:${podId}`;
}

function failedKey(threshold: string, podId: string): string {
  return `backstop:${threshold}:${podId}:`;
}

function sayFailed(
  state: GuardState,
  effect: Effect,
  isAgain: boolean,
  atMs: number,
  { because }: Outcome,
  policy: Policy,
): Decision {
  const againAtMs = Math.max(effect.notBeforeMs, atMs);
  const next = isAgain ? [{ what: againWords(effect), atMs: againAtMs }] : [];
  const hint = { words: "To see what still runs", command: `${policy.podGuards.command} status` };
  switch (effect.kind) {
    case "notify":
      return { state, events: [] };
    case "call-agent": {
      const count = `try ${effect.tries} of ${policy.agentAttempts}`;
      const { threshold } = effect;
      const words = { event: "agent", name: threshold, threshold, atMs, next, hint } as const;
      return notify(state, policy, { ...words, because: `agent failed (${count}): ${because}` });
    }
    case "call-pod-agent": {
      const count = `try ${effect.tries} of ${policy.agentAttempts}`;
      return notify(state, policy, {
        event: "agent",
        name: effect.guard,
        atMs,
        podIds: [effect.podId],
        next,
        hint,
        because: `agent for ${listedPods([{ podId: effect.podId, name: effect.podName }])} failed (${count}): ${because}`,
      });
    }
    case "end-run":
      return notifyHourly(state, policy, `end:${effect.podId}:${kindOf(because)}`, {
        event: effect.guard,
        name: effect.guard,
        atMs,
        podIds: [effect.podId],
        severity: "critical",
        incident: endIncident(effect.guard, [effect.podId]),
        next,
        hint,
        because: `could not ${effect.action} ${endWords(effect)}, trying again: ${because}`,
      });
    case "end-pod":
      // The words in brackets come from RunPod and may differ each time.
      return notifyHourly(
        state,
        policy,
        `${failedKey(effect.threshold, effect.podId)}${kindOf(because)}${failedMark}`,
        {
          event: "backstop",
          name: effect.threshold,
          threshold: effect.threshold,
          atMs,
          podIds: [effect.podId],
          incident: failedIncident(effect),
          next,
          hint,
          because: `could not ${effect.action} pod ${effect.podId}, trying again: ${because}`,
        },
      );
  }
}

function againWords(effect: Effect): string {
  switch (effect.kind) {
    case "notify":
    case "call-agent":
    case "call-pod-agent":
      return "call the agent again";
    case "end-run":
      return `try again to ${effect.action} ${endWords(effect)}`;
    case "end-pod":
      return `try again to ${effect.action} pod ${effect.podId}`;
  }
}

function endWords({ podId, podName: name, memberIds }: EndRun): string {
  return listedPods([{ podId, name, isCluster: memberIds !== undefined }]);
}

function sayRemark(
  state: GuardState,
  effect: Effect,
  atMs: number,
  { remark }: Outcome,
  policy: Policy,
): Decision {
  if (remark === undefined || effect.kind !== "call-agent") return { state, events: [] };
  const { threshold } = effect;
  const words = { event: "agent", name: threshold, threshold, atMs } as const;
  return notify(state, policy, { ...words, topic: `remark:${threshold}`, because: remark });
}

function kindOf(because: string): string {
  return because.replace(/\(.*\)/s, "");
}
