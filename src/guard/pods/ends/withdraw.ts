import { runStateOf } from "#guard/model/account.ts";
import type { CallPodAgent, Effect, EndRun } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { withdraw } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { isProtected } from "#guard/protect.ts";
import { type Deadline, deadlinesOf } from "#guard/pods/rules/deadlines.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { isOfAGuard, sightOf } from "#guard/pods/rules/guarded.ts";

/** Drops what is no longer wanted: a lease was extended, a pod is active again, a guard was removed. */
export function dropWhatIsNotWanted(state: GuardState, policy: Policy, nowMs: number): Decision {
  const sight = state.owed.some(isOfAGuard) ? sightOf(state, policy, nowMs) : undefined;
  if (sight === undefined) return { state, events: [] };
  const { pods, guardedIn } = sight;
  const wanted = new Map(guardedIn(state).map(({ pod, deadlines }) => [pod.id, deadlines]));
  const whyNot = (effect: Effect): string | undefined => {
    if (!isOfAGuard(effect)) return undefined;
    const row = pods.find(({ id }) => id === effect.podId);
    const isOfCluster = effect.kind === "end-run" && effect.memberIds !== undefined;
    if (row !== undefined && (row.cluster !== undefined) !== isOfCluster) {
      return "another thing has this id now";
    }
    const deadlines = wanted.get(effect.podId);
    if (deadlines === undefined) {
      if (row !== undefined && isProtected(row, policy.protect)) return "the pod is protected";
      if (row !== undefined && runStateOf(row) === "unknown") return undefined;
      // The effect that was to end it finds out how it stopped.
      return effect.kind === "end-run" ? undefined : "the pod is no longer running";
    }
    const action = effect.kind === "end-run" ? effect.action : "agent";
    const deadline = deadlines.find(({ guard }) => guard === effect.guard);
    if (deadline?.action !== action || isOfAnother(deadline, effect)) return whyNotAsked(effect);
    if (deadline.isPast) return undefined;
    return effect.guard === "schedule" ? passedOver : putOff;
  };
  return withoutMoot(state, whyNot);
}

/** Another schedule or budget has taken the place of the one that was announced. */
function isOfAnother({ of, reason }: Deadline, effect: EndRun | CallPodAgent): boolean {
  return of !== undefined && reason !== effect.reason;
}

function whyNotAsked({ guard }: EndRun | CallPodAgent): string {
  switch (guard) {
    case "budget":
      return "the budget no longer asks for it: a new period, a person or the config has lifted it";
    case "schedule":
      return passedOver;
    case "hard_timeout":
    case "lease":
    case "idle":
      return "the config no longer asks for it";
  }
}

const passedOver = "its schedule was passed over or changed";
const putOff = "the pod got more time or is active again";

/**
 * Drops what a lease or a touch has put off, by the runs alone. So a process that has not polled yet
 * takes back as much as the one before it would have.
 */
export function dropWhatWasPutOff(state: GuardState, policy: Policy, nowMs: number): Decision {
  return withoutMoot(state, (effect) => {
    if (!isOfAGuard(effect)) return undefined;
    const run = own(state.runs, effect.podId);
    if (run === undefined) return undefined;
    const deadlines = deadlinesOf(run, namedIn(run), state, policy, nowMs);
    return deadlines.find(({ guard }) => guard === effect.guard)?.isPast === false
      ? putOff
      : undefined;
  });
}

/**
 * Drops the warnings that a channel was not sent in time, in its quiet hours or as it failed, once what
 * they warned of was put off. That it has come is told in their place.
 */
export function dropLateWarnings(state: GuardState): Decision {
  const isPutOff = (podId: string, guard: string): boolean => {
    const run = own(state.runs, podId);
    return run !== undefined && own<number | undefined>(run.warnedAtMs, guard) === undefined;
  };
  return withdraw(
    state,
    ({ channel, event, name, podIds = [] }) =>
      channel !== undefined && event === "warn" && podIds.every((id) => isPutOff(id, name)),
    putOff,
  );
}

/** Drops each effect for which there is a reason. */
function withoutMoot(state: GuardState, whyNot: (effect: Effect) => string | undefined): Decision {
  const moot = state.owed.flatMap((effect) => {
    const because = whyNot(effect);
    return because === undefined ? [] : [{ kind: "moot", effect, because } as const];
  });
  if (moot.length === 0) return { state, events: [] };
  const dropped = new Set(moot.map(({ effect }) => effect.id));
  return {
    state: { ...state, owed: state.owed.filter(({ id }) => !dropped.has(id)) },
    events: moot,
  };
}
