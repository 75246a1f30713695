import type { Blind, Seen } from "#guard/model/account.ts";
import type { Policy, Threshold } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { tripSeverity } from "#guard/outbox/severity.ts";
import { own } from "#guard/own-value.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import { type Estimate, estimateOf } from "./estimate.ts";
import { aboveWords, belowWords, isBelow } from "#guard/account/lines/line.ts";
import { measuredIn } from "./measured.ts";
import { isFired } from "#guard/account/lines/thresholds.ts";
import { answersOf, crossingTopic } from "#guard/account/lines/told-crossing.ts";

/**
 * While nobody sees the balance, a threshold trips on what it must be by now, if the config wants that. Where
 * nobody looked for a while, as the machine slept, that is not before polls have failed for long enough: the
 * next may work. Backstops wait until it is seen.
 */
export function tripOnEstimate(state: GuardState, { atMs }: Blind, policy: Policy): Decision {
  const estimate = policy.tripsOnEstimate === true ? estimateOf(state, atMs) : undefined;
  if (estimate === undefined) return { state, events: [] };
  const triedSinceMs = state.blind?.triedSinceMs ?? -Infinity;
  if (atMs - triedSinceMs < policy.blindAfterMs) return { state, events: [] };
  return chain(
    state,
    ...policy.thresholds
      .filter((each) => !isFired(state, each.name) && isBelow(each, estimate) === true)
      .map((threshold) => (before: GuardState) => trip(before, policy, threshold, estimate, atMs)),
  );
}

function trip(
  state: GuardState,
  policy: Policy,
  threshold: Threshold,
  estimate: Estimate,
  atMs: number,
): Decision {
  const { name, belowUsd, belowHours } = threshold;
  const { balanceUsd, burnPerHrUsd, lastUsd, sinceMs } = estimate;
  const because = `estimated ${belowWords(threshold, estimate)}: nothing was seen for ${spanWords(atMs - sinceMs)}, and the last that was is ${usd(lastUsd)}, burning ${perHour(burnPerHrUsd)}`;
  const answers = answersOf(state, policy, threshold, { atMs, balanceUsd, burnPerHrUsd }, because);
  return {
    state: {
      ...state,
      fired: { ...state.fired, [name]: true },
      trippedAtMs: { ...state.trippedAtMs, [name]: atMs },
      estimatedAtMs: { ...state.estimatedAtMs, [name]: atMs },
      owed: [...state.owed, ...answers],
    },
    events: [
      { kind: "trip", threshold: name, line: { belowUsd, belowHours }, balanceUsd, because },
    ],
  };
}

/** The balance is seen again: what was only estimated is confirmed, or is not so and armed again. */
export function confirmEstimates(state: GuardState, look: Seen, policy: Policy): Decision {
  // Which of two balances holds is not known.
  const { estimatedAtMs } = state;
  if (estimatedAtMs === undefined || look.isRiseDoubted === true) return { state, events: [] };
  const names = new Set(policy.thresholds.map(({ name }) => name));
  return chain(
    withMarks(state, estimatedAtMs, (name) => names.has(name)),
    ...policy.thresholds.map(
      (threshold) => (before: GuardState) => confirm(before, look, policy, threshold),
    ),
  );
}

function confirm(state: GuardState, look: Seen, policy: Policy, threshold: Threshold): Decision {
  const { name } = threshold;
  const { estimatedAtMs = {} } = state;
  const estimatedMs = own(estimatedAtMs, name);
  const measured = measuredIn(state, look);
  const isNow = estimatedMs === undefined ? undefined : isBelow(threshold, measured);
  if (estimatedMs === undefined || isNow === undefined) return { state, events: [] };
  const known = withMarks(state, estimatedAtMs, (each) => each !== name);
  const agoWords = `${spanWords(look.atMs - estimatedMs)} ago`;
  const words = {
    event: "estimate",
    name,
    threshold: name,
    topic: crossingTopic(name),
    atMs: look.atMs,
  } as const;
  if (isNow) {
    return notify(known, policy, {
      ...words,
      severity: tripSeverity(name, policy),
      because: `confirmed: ${belowWords(threshold, measured)}, as estimated ${agoWords}`,
    });
  }
  const because = `${aboveWords(threshold, measured)}. What was estimated ${agoWords} is not confirmed`;
  const rearmed: GuardState = {
    ...known,
    fired: { ...known.fired, [name]: false },
    trippedAtMs: without(known.trippedAtMs, name),
  };
  return chain(
    rearmed,
    (before) => ({ state: before, events: [{ kind: "rearm", threshold: name, because }] }),
    (before) => notify(before, policy, { ...words, isResolution: true, because }),
  );
}

function withMarks(
  state: GuardState,
  estimatedAtMs: Readonly<Record<string, number>>,
  isKept: (name: string) => boolean,
): GuardState {
  const kept = Object.entries(estimatedAtMs).filter(([name]) => isKept(name));
  return { ...state, estimatedAtMs: kept.length === 0 ? undefined : Object.fromEntries(kept) };
}

function without(times: GuardState["trippedAtMs"], name: string): GuardState["trippedAtMs"] {
  return Object.fromEntries(Object.entries(times).filter(([each]) => each !== name));
}
