import type { GuardState } from "#guard/model/state.ts";
import {
  durableText,
  joined,
  learnedText,
  noForeign,
  readDurable,
  readLearned,
} from "#store/state/text.ts";
import { noLook } from "./pod-rows.ts";

/** A state as the daemon's two files have it: what must not be lost, and what can be learned again. */
export interface StateTexts {
  readonly state: string;
  readonly runs: string;
}

export function stateText(state: GuardState, what: keyof StateTexts): string {
  const text = what === "state" ? durableText(state, noForeign) : learnedText(state, noForeign);
  return [...text].join("");
}

export function textsOf(state: GuardState): StateTexts {
  return { state: stateText(state, "state"), runs: stateText(state, "runs") };
}

/** Undefined where any of what must not be lost cannot be read: nothing can be decided by the rest. */
export function stateOf({ state, runs }: StateTexts): GuardState | undefined {
  const durable = readDurable(state);
  if (durable.kind === "unreadable" || durable.faults.length > 0) return undefined;
  const learned = readLearned(runs);
  return joined(durable.part, learned.kind === "read" ? learned.part : undefined);
}

/**
 * Whose state is kept: where a guard began from, what it has come to, what of that was handed over, and what was told
 * while nothing was known of an account.
 */
export type Whose = "base" | "own" | "given" | "unheard";

export function textsIn(
  all: Readonly<Record<string, string>>,
  whose: Whose,
): StateTexts | undefined {
  const { [`${whose}.state`]: state, [`${whose}.runs`]: runs } = all;
  // Who died between the two has lost only what can be learned again.
  return state === undefined ? undefined : { state, runs: runs ?? "" };
}

export function stateIn(
  all: Readonly<Record<string, string>>,
  whose: Whose,
): GuardState | undefined {
  const texts = textsIn(all, whose);
  return texts && stateOf(texts);
}

export function keyed(whose: Whose, { state, runs }: StateTexts): Record<string, string> {
  return { [`${whose}.state`]: state, [`${whose}.runs`]: runs };
}

/** What removes it. */
export function nothingOf(whose: Whose): Record<string, undefined> {
  const none = { [`${whose}.state`]: undefined, [`${whose}.runs`]: undefined };
  return whose === "own" ? { ...none, ...noLook } : none;
}
