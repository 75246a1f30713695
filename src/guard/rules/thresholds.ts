import type {
  Decision,
  Effect,
  GuardEvent,
  GuardState,
  Policy,
  Seen,
  Threshold,
} from "../model.ts";
import { fixed, usd } from "../money.ts";

/**
 * The threshold rule. Armed → below → trips once → stays fired while below → at or above: armed
 * again. Evaluated highest first; a threshold never seen is armed, one that is gone from the policy
 * leaves the state. What is still owed for a threshold that is armed or gone is moot.
 */
export function checkThresholds(state: GuardState, look: Seen, policy: Policy): Decision {
  const fired: [string, boolean][] = [];
  const owed: Effect[] = [];
  const events: GuardEvent[] = [];

  for (const threshold of policy.thresholds) {
    const wasFired = isFired(state, threshold.name);
    const isBelow = look.balanceUsd < threshold.belowUsd;
    fired.push([threshold.name, isBelow]);
    if (isBelow && !wasFired) {
      const because = `balance ${usd(look.balanceUsd)} is below ${usd(threshold.belowUsd, 2)}`;
      events.push({ kind: "trip", ...factsOf(threshold, look), because });
      owed.push(...effectsOf(threshold, look, because));
    }
    if (!isBelow && wasFired) {
      const because = `balance ${usd(look.balanceUsd)} is back at or above ${usd(threshold.belowUsd, 2)}`;
      events.push({ kind: "rearm", threshold: threshold.name, because });
    }
  }

  const next = new Map(fired);
  const due = state.owed.filter((effect) => next.get(effect.threshold) === true);
  const moot = state.owed.filter((effect) => !due.includes(effect));
  events.push(...moot.map((effect) => mootBecause(effect, next.has(effect.threshold))));
  return {
    state: { fired: Object.fromEntries(fired), owed: [...due, ...owed] },
    events,
  };
}

/** Own property or not: a threshold may be called "constructor". */
export function isFired(state: GuardState, name: string): boolean {
  return Object.hasOwn(state.fired, name) && state.fired[name] === true;
}

function factsOf(threshold: Threshold, look: Seen) {
  return {
    threshold: threshold.name,
    belowUsd: threshold.belowUsd,
    balanceUsd: look.balanceUsd,
  };
}

function effectsOf(threshold: Threshold, look: Seen, because: string): readonly Effect[] {
  return threshold.answers.map((kind) => ({
    kind,
    id: `${kind}:${threshold.name}:${fixed(look.atMs, 0)}`,
    ...factsOf(threshold, look),
    because,
  }));
}

function mootBecause(effect: Effect, isKnown: boolean): GuardEvent {
  const because = isKnown ? "the balance recovered" : "the threshold is no longer in the config";
  return { kind: "moot", effect, because };
}
