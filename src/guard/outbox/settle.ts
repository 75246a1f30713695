import { minuteMs } from "#guard/model/time.ts";
import { type Effect, isEnd, type Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { factsOf } from "#guard/pods/run-facts.ts";
import { endedBy } from "#guard/pods/ended-by.ts";
import { listedPods, spanWords, usd } from "#guard/text.ts";
import { chain } from "./chain.ts";
import { notify, notifyHourly } from "./notify.ts";

/** How often a notification is tried. There is no one left to notify when it fails. */
const noticeAttempts = 3;

/**
 * Takes the outcome of an effect. What is done is removed. What failed is tried again later: an agent
 * and a notification a few times, the end of a pod until it is proven.
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
  const isAgain = outcome.kind === "failed" && tries < attemptsOf(effect, policy);
  const delay = delayMs(effect, tries, policy);
  const notBeforeMs = delay === 0 ? effect.notBeforeMs : atMs + delay;
  const owed = state.owed.flatMap((each) => {
    if (each !== effect) return [each];
    return isAgain ? [{ ...effect, tries, notBeforeMs }] : [];
  });
  return chain(
    { ...state, owed },
    (before) => ({
      state: before,
      events: [{ kind: "settled", effect, outcome, again: isAgain }],
    }),
    (before) =>
      outcome.kind === "failed"
        ? sayFailed(before, { ...effect, tries }, atMs, outcome, policy)
        : { state: before, events: [] },
    (before) => ({ state: rememberUnconfirmed(before, effect, outcome, atMs), events: [] }),
    (before) => endTheRun(before, effect, outcome, policy, atMs),
  );
}

/** An end that the burn does not show yet is looked at again: see `checkBurn`. */
function rememberUnconfirmed(
  state: GuardState,
  effect: Effect,
  { unconfirmed }: Outcome,
  endedAtMs: number,
): GuardState {
  if (!isEnd(effect) || unconfirmed === undefined) return state;
  const { podId } = effect;
  const name = own(state.runs, podId)?.name ?? "";
  const others = state.unconfirmed.filter((each) => each.podId !== podId);
  return {
    ...state,
    unconfirmed: [...others, { ...unconfirmed, podId, name, endedAtMs }],
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

function attemptsOf(effect: Effect, { agentAttempts }: Policy): number {
  switch (effect.kind) {
    case "notify":
      return noticeAttempts;
    case "call-agent":
    case "call-pod-agent":
      return agentAttempts;
    case "end-pod":
    case "end-run":
      return Infinity;
  }
}

/** Programs: at the next poll, then after five minutes. Ends of pods: soon, and less soon each time. */
function delayMs(effect: Effect, tries: number, { endRetry }: Policy): number {
  if (isEnd(effect)) return Math.min(endRetry.mostMs, endRetry.firstMs * 2 ** (tries - 1));
  return tries === 1 ? 0 : 5 * minuteMs;
}

function sayFailed(
  state: GuardState,
  effect: Effect,
  atMs: number,
  { because }: Outcome,
  policy: Policy,
): Decision {
  switch (effect.kind) {
    case "notify":
      return { state, events: [] };
    case "call-agent": {
      const count = `try ${effect.tries} of ${policy.agentAttempts}`;
      const words = { event: "agent", name: effect.threshold, atMs } as const;
      return notify(state, policy, { ...words, because: `agent failed (${count}): ${because}` });
    }
    case "call-pod-agent": {
      const count = `try ${effect.tries} of ${policy.agentAttempts}`;
      return notify(state, policy, {
        event: "agent",
        name: effect.guard,
        atMs,
        podIds: [effect.podId],
        because: `agent for ${listedPods([{ podId: effect.podId, name: effect.podName }])} failed (${count}): ${because}`,
      });
    }
    case "end-run":
      return notifyHourly(state, policy, `end:${effect.podId}:${kindOf(because)}`, {
        event: effect.guard,
        name: effect.guard,
        atMs,
        podIds: [effect.podId],
        because: `could not ${effect.action} ${listedPods([{ podId: effect.podId, name: effect.podName }])}, trying again: ${because}`,
      });
    case "end-pod":
      // The words in brackets come from RunPod and may differ each time.
      return notifyHourly(state, policy, `backstop:${effect.threshold}:${kindOf(because)}`, {
        event: "backstop",
        name: effect.threshold,
        atMs,
        because: `could not ${effect.action} pod ${effect.podId}, trying again: ${because}`,
      });
  }
}

function kindOf(because: string): string {
  return because.replace(/\(.*\)/s, "");
}
