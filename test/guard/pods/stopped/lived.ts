import { decide } from "#guard/decide.ts";
import type { Pod, Seen } from "#guard/model/account.ts";
import type { EndStopped } from "#guard/model/effect.ts";
import type { Policy, StoppedGuard } from "#guard/model/policy.ts";
import { emptyState, type GuardEvent, type GuardState } from "#guard/model/state.ts";
import { at, guarding, hourMs, pod, seen } from "../../samples.ts";

const stoppedGuard: StoppedGuard = {
  afterMs: 2 * hourMs,
  action: "terminate",
  losesData: false,
  pods: ["*"],
};

export function watching(
  overrides: Partial<StoppedGuard> = {},
  policy: Partial<Policy> = {},
  guards: Partial<Policy["podGuards"]> = {},
): Policy {
  return guarding({ stopped: { ...stoppedGuard, ...overrides }, ...guards }, policy);
}

/** Stopped, with a network volume. */
export function still(overrides: Partial<Pod> = {}): Pod {
  return pod({ status: "stopped", hasNetworkVolume: true, ...overrides });
}

export interface Times {
  readonly state: GuardState;
  readonly events: readonly (readonly [minute: number, event: GuardEvent])[];
  /** `[minute, pod]` of each deletion as it came to be owed. */
  readonly ends: readonly (readonly [minute: number, podId: string])[];
}

export const untouched: Times = { state: emptyState, events: [], ends: [] };

type Shown = readonly Pod[] | Partial<Seen> | "blind";

/** A poll a minute, from the first to the last, both included. */
export function pass(
  before: Times,
  [first, last]: readonly [number, number],
  policy: Policy,
  shown: Shown | ((minute: number) => Shown) = [still()],
): Times {
  let now = before;
  for (let minute = first; minute <= last; minute += 1) {
    const found = typeof shown === "function" ? shown(minute) : shown;
    if (found === "blind") continue;
    const of = Array.isArray(found) ? { pods: found as readonly Pod[] } : (found as Partial<Seen>);
    const look = seen({ atMs: at(minute), burnPerHrUsd: 0, ...of });
    now = take(now, minute, decide(now.state, { kind: "look", look }, policy));
  }
  return now;
}

export function take(before: Times, minute: number, after: ReturnType<typeof decide>): Times {
  const known = new Set(before.state.owed.map(({ id }) => id));
  const fresh = endsIn(after.state).filter(({ id }) => !known.has(id));
  return {
    state: after.state,
    events: [...before.events, ...after.events.map((event) => [minute, event] as const)],
    ends: [...before.ends, ...fresh.map(({ podId }) => [minute, podId] as const)],
  };
}

export function endsIn({ owed }: GuardState): readonly EndStopped[] {
  return owed.filter((each) => each.kind === "end-stopped");
}

/** `[minute, words]` of all that was said. */
export function saidIn({ events }: Times): readonly (readonly [number, string])[] {
  return events.flatMap(([minute, event]) =>
    event.kind === "said" ? [[minute, event.because] as const] : [],
  );
}

export function mootIn({ events }: Times): readonly (readonly [number, string])[] {
  return events.flatMap(([minute, event]) =>
    event.kind === "moot" ? [[minute, event.because] as const] : [],
  );
}
