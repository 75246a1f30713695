import { decide } from "#guard/decide.ts";
import type { Notify, Outcome } from "#guard/model/effect.ts";
import type { ChannelPolicy, Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { noticesOf, policyWith } from "../samples.ts";

/** A channel that is told everything, unless it asks for less. */
export function channel(name: string, asks: Partial<ChannelPolicy> = {}): ChannelPolicy {
  return { name, minSeverity: "info", ...asks };
}

/** A notify command and these channels. */
export function telling(
  channels: readonly ChannelPolicy[],
  overrides: Parameters<typeof policyWith>[0] = {},
): Policy {
  return policyWith({ channels, ...overrides });
}

export const sent: Outcome = { kind: "done", because: "200 OK", tail: "" };
export const refused: Outcome = { kind: "failed", because: "HTTP 500", tail: "" };

/** `[way, event]` of what is owed; the notify command is "command". */
export function owedTo(state: GuardState): readonly (readonly [string, string])[] {
  return noticesOf(state.owed).map(({ channel: way = "command", event }) => [way, event] as const);
}

export function owedBy(state: GuardState, way: string): readonly Notify[] {
  return noticesOf(state.owed).filter(({ channel: name = "command" }) => name === way);
}

/** Everything that is owed to these ways is tried once, with this outcome. */
export function settleAll(
  state: GuardState,
  policy: Policy,
  ways: readonly string[],
  outcome: Outcome,
  atMs = 2_000,
): GuardState {
  return ways
    .flatMap((way) => owedBy(state, way))
    .reduce(
      (before, { id }) => decide(before, { kind: "settled", id, atMs, outcome }, policy).state,
      state,
    );
}
