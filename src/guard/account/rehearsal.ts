import type { Policy } from "#guard/model/policy.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";

/** One may fail for any reason. */
const mostFailures = 3;

/** Keeps how the rehearsal went; that it fails again and again is told once, until it has worked in between. */
export function onRehearsed(
  state: GuardState,
  { atMs, outcome }: { readonly atMs: number; readonly outcome: RehearsalOutcome },
  policy: Policy,
): Decision {
  const { rehearsal: last } = state;
  const event = "rehearsal";
  if (outcome.kind === "worked") {
    return { state: { ...state, rehearsal: { atMs, failures: 0 } }, events: [] };
  }
  const { because } = outcome;
  const failures = (last?.failures ?? 0) + 1;
  const isTold = last?.isTold === true;
  const isDue = !isTold && failures >= mostFailures;
  const next: GuardState = {
    ...state,
    rehearsal: { atMs, because, failures, isTold: isTold || isDue },
  };
  if (!isDue) return { state: next, events: [] };
  return notify(next, policy, {
    event,
    name: event,
    topic: event,
    atMs,
    because: `REST v2, which takes over when RunPod ends GraphQL, has failed ${failures} rehearsals in a row: ${because}. GraphQL still works, and nothing is lost today. To try it again: ${policy.podGuards.command} check`,
  });
}
