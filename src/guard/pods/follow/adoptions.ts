import type { Launch } from "#guard/model/launch.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { dayMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { withoutTold, withTold } from "#guard/outbox/remind.ts";
import { own } from "#guard/own-value.ts";
import { cleaned, whoWords } from "#guard/pods/run/started-by.ts";
import { listedPods, spanWords } from "#guard/text.ts";

const ofAdoption = "adopted:";

/**
 * Tells of each pod that was started past this program and taken in, once: what was told is saved with what is
 * owed. Of a lease that was over a day ago, as in a book that comes back, nothing is said.
 */
export function sayAdoptions(state: GuardState, policy: Policy, nowMs: number): Decision {
  const { leaseBook } = state;
  if (leaseBook === undefined || leaseBook === "unknown") return { state, events: [] };
  const { launches = {} } = leaseBook;
  const fresh = Object.values(launches).filter(
    ({ id, isAdopted, endsAtMs }) =>
      isAdopted === true &&
      endsAtMs > nowMs - dayMs &&
      own(state.reminded ?? {}, `${ofAdoption}${id}`) === undefined,
  );
  return chain(
    withoutTold(
      state,
      (key) =>
        key.startsWith(ofAdoption) && own(launches, key.slice(ofAdoption.length)) === undefined,
    ),
    ...fresh.map((launch) => (before: GuardState) => say(before, launch, policy, nowMs)),
  );
}

function say(state: GuardState, launch: Launch, policy: Policy, nowMs: number): Decision {
  const { id, name, podId, by, endsAtMs } = launch;
  const leftMs = endsAtMs - nowMs;
  const lease =
    leftMs > 0 ? `it now has a lease that ends in ${spanWords(leftMs)}` : "its lease is over";
  return notify(withTold(state, `${ofAdoption}${id}`, nowMs), policy, {
    event: "trouble",
    name: "trouble",
    incident: `${ofAdoption}${id}`,
    atMs: nowMs,
    ...(podId !== undefined && { podIds: [podId] }),
    because: `${podId === undefined ? `pod ${name}` : listedPods([{ podId, name }])} was started by ${whoWords(cleaned(by))} past runpodboss; ${lease}`,
  });
}
