import { decide } from "../../src/guard/decide.ts";
import {
  type Backstop,
  type Effect,
  emptyState,
  type EndPod,
  type GuardEvent,
  type GuardState,
  type Look,
  type Notify,
  type Pod,
  type Policy,
  type Seen,
} from "../../src/guard/model.ts";

/** Warning at $10, critical at $2, emergency at $0.50: the thresholds of the example config. */
export const policy: Policy = policyWith();

export function policyWith(
  overrides: Partial<Policy> & { readonly backstop?: Backstop } = {},
): Policy {
  const { backstop, ...rest } = overrides;
  const answers = ["notify", "call-agent"] as const;
  return {
    thresholds: [
      { name: "warning", belowUsd: 10, answers, backstop: undefined },
      { name: "critical", belowUsd: 2, answers, backstop: undefined },
      { name: "emergency", belowUsd: 0.5, answers, backstop },
    ],
    tells: true,
    protect: [],
    blindAfterMs: 300_000,
    agentAttempts: 3,
    ...rest,
  };
}

export function pod(overrides: Partial<Pod> = {}): Pod {
  const name = overrides.name ?? "trainer";
  return {
    id: "p1",
    name,
    rawName: name,
    status: "RUNNING",
    costPerHrUsd: 1.49,
    hasNetworkVolume: false,
    isLocked: false,
    ...overrides,
  };
}

export function seen(overrides: Partial<Seen> = {}): Seen {
  return {
    kind: "seen",
    atMs: 1_000,
    balanceUsd: 100,
    burnPerHrUsd: 1.49,
    pods: [pod()],
    unreadablePods: 0,
    ...overrides,
  };
}

export function blind(atMs = 1_000): Look {
  return { kind: "blind", atMs, cause: "unreachable", because: "connection refused" };
}

export function stateWith(fired: Readonly<Record<string, boolean>>): GuardState {
  return { ...emptyState, fired };
}

/** Takes looks one after the other; gives the state and what the last one brought. */
export function after(
  looks: readonly Look[],
  policyToUse: Policy = policy,
  from: GuardState = emptyState,
): { readonly state: GuardState; readonly events: readonly GuardEvent[] } {
  return looks.reduce<ReturnType<typeof decide>>(
    ({ state }, look) => decide(state, { kind: "look", look }, policyToUse),
    { state: from, events: [] },
  );
}

export function namesOf(events: readonly GuardEvent[], kind: "trip" | "rearm"): readonly string[] {
  return events.flatMap((event) => (event.kind === kind ? [event.threshold] : []));
}

/** What was said in words, as the log has it. */
export function wordsOf(events: readonly GuardEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === "said" ? [event.because] : []));
}

export function noticesOf(owed: readonly Effect[]): readonly Notify[] {
  return owed.filter((effect) => effect.kind === "notify");
}

export function endsOf(owed: readonly Effect[]): readonly EndPod[] {
  return owed.filter((effect) => effect.kind === "end-pod");
}
