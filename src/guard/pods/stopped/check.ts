import type { Seen } from "#guard/model/account.ts";
import type { Policy, StoppedGuard } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { isToldAgain, withoutTold, withTold } from "#guard/outbox/remind.ts";
import { own } from "#guard/own-value.ts";
import { isPlainId } from "#guard/text.ts";
import { startedElsewhere } from "#guard/pods/rules/foreign.ts";
import { endStopped } from "./end.ts";
import {
  type StoppedCase,
  stoppedAs,
  stoppedCases,
  stoppedEndAtMs,
  stoppedIncident,
  stoppedKey,
  stoppedReason,
  whyNotDeleted,
} from "./rows.ts";
import { diskWords, sinceWords } from "./words.ts";
import { warnStopped } from "./warn.ts";
import { withStopped } from "./with-stopped.ts";

/**
 * The guard of stopped pods, of which the disk is billed: people are told, or the pods are deleted, warned of
 * as every end is. What may not be deleted is told. Of a pod that is not known to be stopped, nothing is said
 * and nothing is done.
 */
export function checkStopped(state: GuardState, look: Seen, policy: Policy): Decision {
  const guard = policy.podGuards.stopped;
  if (guard === undefined) return { state, events: [] };
  const { atMs } = look;
  const cases = stoppedCases(state, look);
  const asOf = ({ pod }: StoppedCase) => stoppedAs(pod, state.leaseBook, policy.podGuards);
  const mayEnd = ({ pod }: StoppedCase): boolean =>
    guard.action === "terminate" && whyNotDeleted(pod, guard) === undefined;
  const isEnding = (each: StoppedCase): boolean => mayEnd(each) && asOf(each) === "guard";
  const endingIn = (now: GuardState) => stoppedCases(now, look).filter(isEnding);
  // What was announced is not void as nobody knows for a while who started it.
  const ending = cases.filter(
    (each) => isEnding(each) || (mayEnd(each) && asOf(each) === "unknown"),
  );
  const pastIn = (now: GuardState) =>
    stoppedCases(now, look).filter(
      (each) =>
        !isEnding(each) && asOf(each) !== "unknown" && atMs - each.stopped.sinceMs >= guard.afterMs,
    );
  return chain(
    withoutMarks(state, cases, ending, guard, policy, atMs),
    (before) => tell(before, pastIn(before), guard, policy, atMs),
    (before) => warnStopped(before, endingIn(before), guard, policy, atMs),
    (before) => endStopped(before, endingIn(before), guard, policy, atMs),
  );
}

/** What was announced or told is void where it does not hold any more: its end was put off, or is none now. */
function withoutMarks(
  state: GuardState,
  cases: readonly StoppedCase[],
  ending: readonly StoppedCase[],
  guard: StoppedGuard,
  { podGuards }: Policy,
  nowMs: number,
): GuardState {
  const isEnding = new Set(ending.map(({ pod }) => pod.id));
  const { warnMs } = podGuards;
  const marked = cases.flatMap(({ stopped }) => {
    const { podId, sinceMs, warnedAtMs, toldAtMs } = stopped;
    const isNear = nowMs >= stoppedEndAtMs(stopped, guard) - warnMs;
    const keepsWarned = warnedAtMs === undefined || (isEnding.has(podId) && isNear);
    const keepsTold = toldAtMs === undefined || nowMs - sinceMs >= guard.afterMs;
    if (keepsWarned && keepsTold) return [];
    return [
      {
        ...stopped,
        warnedAtMs: keepsWarned ? warnedAtMs : undefined,
        toldAtMs: keepsTold ? toldAtMs : undefined,
      },
    ];
  });
  const untold = new Set(
    marked.filter(({ toldAtMs }) => toldAtMs === undefined).map(({ podId }) => stoppedKey(podId)),
  );
  return withStopped(
    withoutTold(state, (key) => untold.has(key)),
    marked,
  );
}

function tell(
  state: GuardState,
  past: readonly StoppedCase[],
  guard: StoppedGuard,
  policy: Policy,
  nowMs: number,
): Decision {
  const { reminded = {} } = state;
  const due = past.filter(({ stopped }) =>
    isToldAgain(own(reminded, stoppedKey(stopped.podId)), guard, nowMs),
  );
  const [first] = due;
  if (first === undefined) return { state, events: [] };
  const podIds = due.map(({ pod }) => pod.id);
  const told = podIds.reduce(
    (before, podId) => withTold(before, stoppedKey(podId), nowMs),
    withStopped(
      state,
      due.map(({ stopped }) => ({ ...stopped, toldAtMs: nowMs })),
    ),
  );
  const as = stoppedAs(first.pod, state.leaseBook, policy.podGuards);
  const whyLeft = as === "guard" ? whyNotDeleted(first.pod, guard) : startedElsewhere;
  const why = guard.action === "terminate" ? whyLeft : undefined;
  const word = due.length === 1 && isPlainId(first.pod.id) ? first.pod.id : "POD";
  return notify(told, policy, {
    event: "stopped",
    name: "stopped",
    reason: stoppedReason(guard),
    topic: stoppedIncident(podIds),
    atMs: nowMs,
    podIds,
    because: [
      sinceWords(due, nowMs),
      diskWords(due.map(({ pod }) => pod)),
      ...(why === undefined ? [] : [`Not terminated: ${why}`]),
    ].join(". "),
    remedy: {
      words: due.length === 1 ? "To delete it" : "To delete one",
      command: `${policy.podGuards.command} terminate ${word}`,
    },
  });
}
