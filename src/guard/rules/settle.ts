import type { Decision, Effect, GuardState, Outcome, Policy } from "../model.ts";
import { inTurn } from "./in-turn.ts";
import { say, sayHourly } from "./say.ts";

const minuteMs = 60_000;

/** How often a notice is tried; nobody can be told that nobody can be told. */
const noticeAttempts = 3;

/**
 * The outcome of an effect. What is done is owed no longer. What failed is owed again, later: an
 * agent and a notice a few times, the end of a pod until it is proven.
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
  const delay = delayMs(effect, tries);
  const notBeforeMs = delay === 0 ? effect.notBeforeMs : atMs + delay;
  const owed = state.owed.flatMap((each) => {
    if (each !== effect) return [each];
    return isAgain ? [{ ...effect, tries, notBeforeMs }] : [];
  });
  return inTurn(
    { ...state, owed },
    (before) => ({
      state: before,
      events: [{ kind: "settled", effect, outcome, again: isAgain }],
    }),
    (before) =>
      outcome.kind === "failed"
        ? sayFailed(before, { ...effect, tries }, atMs, outcome, policy)
        : { state: before, events: [] },
  );
}

function attemptsOf(effect: Effect, { agentAttempts }: Policy): number {
  switch (effect.kind) {
    case "notify":
      return noticeAttempts;
    case "call-agent":
      return agentAttempts;
    case "end-pod":
      return Infinity;
  }
}

/** Programs: at the next look, then after five minutes. Ends of pods: soon, then every minute. */
function delayMs({ kind }: Effect, tries: number): number {
  if (kind === "end-pod") return Math.min(minuteMs, 2_500 * 2 ** tries);
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
      const count = `${effect.tries} of ${policy.agentAttempts}`;
      const words = { event: "agent", name: effect.threshold, atMs } as const;
      return say(state, policy, { ...words, because: `agent failed (${count}): ${because}` });
    }
    case "end-pod":
      // What stands in brackets are others' words: they may differ each time.
      return sayHourly(state, policy, `backstop:${effect.threshold}:${kindOf(because)}`, {
        event: "backstop",
        name: effect.threshold,
        atMs,
        because: `pod ${effect.podId} could not be ended, trying again: ${because}`,
      });
  }
}

function kindOf(because: string): string {
  return because.replace(/\(.*\)/s, "");
}
