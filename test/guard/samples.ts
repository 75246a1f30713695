import type { GuardEvent, GuardState, Look, Pod, Policy, Seen } from "../../src/guard/model.ts";

/** Warning at $10, critical at $2, emergency at $0.50: the thresholds of the example config. */
export const policy: Policy = {
  thresholds: [
    { name: "warning", belowUsd: 10, answers: ["notify", "call-agent"] },
    { name: "critical", belowUsd: 2, answers: ["notify", "call-agent"] },
    { name: "emergency", belowUsd: 0.5, answers: ["notify", "call-agent"] },
  ],
};

export function pod(overrides: Partial<Pod> = {}): Pod {
  return { id: "p1", name: "trainer", status: "RUNNING", costPerHrUsd: 1.49, ...overrides };
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

export function stateWith(fired: Record<string, boolean>): GuardState {
  return { fired, owed: [] };
}

export function namesOf(events: readonly GuardEvent[], kind: "trip" | "rearm"): readonly string[] {
  return events.flatMap((event) => (event.kind === kind ? [event.threshold] : []));
}
