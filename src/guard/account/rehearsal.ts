import type { Policy } from "#guard/model/policy.ts";
import type { Rehearsal, RehearsalOutcome } from "#guard/model/source.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { dayMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { isDueAgain, notify } from "#guard/outbox/notify.ts";
import { sayPostpaid } from "./postpaid.ts";

/** One may fail for any reason. */
const mostFailures = 3;

interface Rehearsed {
  readonly atMs: number;
  readonly outcome: RehearsalOutcome;
}

/** Keeps how the rehearsal went, and what only REST tells of the account. */
export function onRehearsed(state: GuardState, rehearsed: Rehearsed, policy: Policy): Decision {
  const { atMs, outcome } = rehearsed;
  const { billingMode } = outcome;
  return chain(
    state,
    (before) => keepOutcome(before, rehearsed, policy),
    (before) => sayPostpaid(before, { atMs, ...(billingMode && { billingMode }) }, policy),
  );
}

/**
 * That it fails again and again is told once, until it has worked in between; for another reason than was
 * told it is told again, at most once a day.
 */
function keepOutcome(state: GuardState, { atMs, outcome }: Rehearsed, policy: Policy): Decision {
  const { rehearsal: last } = state;
  const event = "rehearsal";
  if (outcome.kind === "worked") {
    return { state: { ...state, rehearsal: { atMs, failures: 0 } }, events: [] };
  }
  const { because, reason = "other" } = outcome;
  const failures = (last?.failures ?? 0) + 1;
  const { reason: reasonBefore, alike: alikeBefore = 0 } = last ?? {};
  const alike = reasonBefore === reason ? alikeBefore + 1 : 1;
  const isDue =
    last?.isTold === true ? isOther(last, { reason, alike, atMs }) : failures >= mostFailures;
  const told = isDue
    ? { isTold: true, toldOf: reason, toldAtMs: atMs }
    : last?.isTold === true
      ? { isTold: true, toldOf: last.toldOf, toldAtMs: last.toldAtMs }
      : { isTold: false };
  const next: GuardState = {
    ...state,
    rehearsal: { atMs, because, failures, reason, alike, ...told },
  };
  if (!isDue) return { state: next, events: [] };
  return notify(next, policy, {
    event,
    name: event,
    topic: event,
    atMs,
    because: `REST v2, which takes over when RunPod ends GraphQL, has failed ${failures} rehearsals in a row: ${because}. GraphQL still works, and nothing is lost today`,
    remedy: { words: "To try it again", command: `${policy.podGuards.command} check` },
  });
}

function isOther(
  { toldOf, toldAtMs }: Rehearsal,
  {
    reason,
    alike,
    atMs,
  }: { readonly reason: string; readonly alike: number; readonly atMs: number },
): boolean {
  return toldOf !== reason && alike >= mostFailures && isDueAgain(toldAtMs, atMs, dayMs);
}
