import { decide } from "#guard/decide.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardEvent, type GuardState } from "#guard/model/state.ts";
import { at, minuteMs, pod, policyWith, seen } from "../samples.ts";

export const still: Policy = policyWith({ thresholds: [] });

/** An account whose balance falls as RunPod charges it. */
export interface Burning {
  /** Dollars an hour that burn in the minute. */
  readonly burn: (minute: number) => number;
  /** What is charged in one go at the minute. */
  readonly lump?: (minute: number) => number;
  readonly tickMs?: number;
  readonly pollMs?: number;
  readonly look?: (minute: number) => Partial<Seen> | "blind";
  readonly startUsd?: number;
}

export interface Burnt {
  readonly state: GuardState;
  readonly events: readonly (readonly [minute: number, event: GuardEvent])[];
}

/** Polls from one minute to another, both included, from the state given. */
export function burnt(
  [first, last]: readonly [number, number],
  { burn, lump = () => 0, tickMs = minuteMs, pollMs = minuteMs, look, startUsd = 100 }: Burning,
  from: GuardState = emptyState,
  policy: Policy = still,
): Burnt {
  const stepMs = 1_000;
  let state = from;
  let balanceUsd = startUsd;
  let dueUsd = 0;
  const events: (readonly [number, GuardEvent])[] = [];
  for (let ms = first * minuteMs; ms <= last * minuteMs; ms += stepMs) {
    const minute = ms / minuteMs;
    if (ms % tickMs === 0) {
      balanceUsd -= dueUsd;
      dueUsd = 0;
    }
    if (ms % pollMs === 0) {
      if (ms % minuteMs === 0) balanceUsd -= lump(minute);
      const given = look?.(minute) ?? {};
      if (given !== "blind") {
        const now = seen({ atMs: at(minute), balanceUsd, burnPerHrUsd: undefined, ...given });
        const after = decide(state, { kind: "look", look: now }, policy);
        events.push(...after.events.map((event) => [minute, event] as const));
        state = after.state;
      }
    }
    dueUsd += (burn(minute) * stepMs) / 3_600_000;
  }
  return { state, events };
}

export function podOf(costPerHrUsd: number | undefined): Partial<Seen> {
  return { pods: [pod({ costPerHrUsd })] };
}

/** What was said of a burn, by minute. */
export function burnWords({ events }: Burnt): readonly (readonly [number, string])[] {
  return events.flatMap(([minute, event]) =>
    event.kind === "said" && event.event === "burn" ? [[minute, event.because] as const] : [],
  );
}
