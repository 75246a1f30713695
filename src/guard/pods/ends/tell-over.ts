import type { Seen } from "#guard/model/account.ts";
import {
  type PodGuardName,
  podGuardNames,
  type Policy,
  type Repeats,
} from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { withoutTold } from "#guard/outbox/remind.ts";
import { own } from "#guard/own-value.ts";
import { listedPods } from "#guard/text.ts";

/** By what is kept how often a guard has told of a pod. */
export function tellKey(guard: PodGuardName, podId: string): string {
  return `${ofTell}${guard}:${podId}`;
}

const ofTell = "tell:";

/** How often a guard whose action is "notify" tells of the same. */
export function repeatsOf(guard: PodGuardName, { podGuards }: Pick<Policy, "podGuards">): Repeats {
  switch (guard) {
    case "hard_timeout":
      return podGuards.hardTimeout ?? {};
    case "lease":
      return podGuards.lease ?? {};
    case "idle":
      return podGuards.idle ?? {};
    // A moment of the calendar is told of once, and a budget tells of itself.
    case "schedule":
    case "budget":
      return {};
  }
}

/**
 * What guards have told of and is over is forgotten, and told by all ways where the guard asks for it. A pod that
 * is not known to run or not goes on.
 */
export function sayTellsOver(state: GuardState, look: Seen, policy: Policy): Decision {
  const isOver = (guard: PodGuardName, podId: string): boolean =>
    own(state.runs, podId)?.actedAtMs[guard] === undefined;
  const over = Object.keys(state.reminded ?? {}).flatMap((key) => {
    const guard = podGuardNames.find((each) => key.startsWith(tellKey(each, "")));
    if (guard === undefined) return [];
    const podId = key.slice(tellKey(guard, "").length);
    return isOver(guard, podId) ? [{ key, guard, podId }] : [];
  });
  const keys = new Set(over.map(({ key }) => key));
  const told = podGuardNames
    .filter((guard) => repeatsOf(guard, policy).tellsResolved === true)
    .map((guard) => ({
      guard,
      podIds: over.filter((each) => each.guard === guard).map(({ podId }) => podId),
    }))
    .filter(({ podIds }) => podIds.length > 0);
  return chain(
    withoutTold(state, (key) => keys.has(key)),
    ...told.map(
      ({ guard, podIds }) =>
        (before: GuardState) =>
          notify(before, policy, {
            event: guard,
            name: guard,
            severity: "info",
            topic: `${ofTell}${guard}:${podIds.join()}`,
            isResolution: true,
            atMs: look.atMs,
            podIds,
            because: noLongerWords(podIds, guard, state, look),
          }),
    ),
  );
}

/** `pod trainer (p1) no longer runs`, or why its guard is done with it. */
export function noLongerWords(
  podIds: readonly string[],
  guard: PodGuardName,
  { runs }: GuardState,
  { pods }: Seen,
): string {
  const rows = pods === "unknown" ? [] : pods;
  const words = listedPods(
    podIds.map((podId) => ({ podId, name: rows.find(({ id }) => id === podId)?.name ?? "" })),
  );
  return podIds.every((id) => own(runs, id) === undefined)
    ? `${words} no longer ${podIds.length === 1 ? "runs" : "run"}`
    : `${words}: no longer due for the ${guard} guard, by more time, activity or another config`;
}
