import { burnBefore, laggingIn } from "#guard/account/confirm-burn.ts";
import { unknownWords } from "#guard/account/may-end.ts";
import type { EndRun } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { endIncident } from "#guard/outbox/incidents.ts";
import { forget, isDueAgain, notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { announcedAtMs, type Deadline, isEnding } from "#guard/pods/rules/deadlines.ts";
import {
  type Case,
  endingIn,
  type Guarded,
  isSome,
  listedCases,
} from "#guard/pods/rules/guarded.ts";

/** Queues the ends that are due and were announced in time, up to max_ends_per_hour. */
export function endWhatIsDue(
  state: GuardState,
  guarded: readonly Guarded[],
  policy: Policy,
  nowMs: number,
): Decision {
  const { maxEndsPerHour, warnMs } = policy.podGuards;
  const owed = endingIn(state);
  const due = guarded.flatMap((each): readonly Case[] => {
    const isAnnounced = (end: Deadline) =>
      warnMs === 0 || nowMs - (announcedAtMs(each.run, end) ?? Infinity) >= warnMs;
    const deadline = each.deadlines.find(
      (one) => isEnding(one) && one.isPast && one.isKnown && isAnnounced(one),
    );
    return deadline === undefined || owed.has(each.pod.id) ? [] : [{ ...each, deadline }];
  });
  const unsure = due.filter(({ pod }) => unknownWords(pod) !== undefined);
  const known = due.filter((each) => !unsure.includes(each));
  const locked = known.filter(({ pod }) => pod.isLocked === true);
  const open = known.filter(({ pod }) => pod.isLocked !== true).sort(dearestFirst);
  const [first] = unsure;
  const why = `${(first && unknownWords(first.pod)) ?? ""}, so it cannot be stopped. Check RunPod's console`;
  const recent = state.guardEndsAtMs.filter((atMs) => Math.abs(nowMs - atMs) < hourMs);
  const room = maxEndsPerHour - recent.length;
  const { inTurn, waiting } = turnsOf(state, guarded, open, room, nowMs);
  const held = `held back: max_ends_per_hour (${maxEndsPerHour}) is reached`;
  return chain(
    {
      ...state,
      owed: [
        ...withTurns(
          state,
          waiting.map(({ effect }) => effect),
          policy,
          nowMs,
        ),
        ...inTurn.map((each) => endOf(each, state, nowMs)),
      ],
      guardEndsAtMs: recent,
    },
    (before) => {
      const isFull = recent.length >= maxEndsPerHour;
      const left = open.filter((each) => !inTurn.includes(each));
      const all = isFull ? [...left, ...waiting] : left;
      return sayOnceOf(before, policy, "held", all, held, nowMs);
    },
    (before) => sayOnceOf(before, policy, "unsure", unsure, why, nowMs),
    (before) =>
      sayOnceOf(
        before,
        policy,
        "locked",
        locked,
        "locked, cannot be stopped. Unlock in RunPod's console",
        nowMs,
      ),
  );
}

/** Whose turn it is not is not tried for so long, unless a poll gives it its turn: others may be done meanwhile. */
export const noTurnMs = 2 * hourMs;

type Retried = Case & { readonly effect: EndRun };

/**
 * Who is ended now where there is room for so many more: first what was never tried. What failed and
 * waits to be tried again takes no room from others, as it may fail for ever; what room they leave it
 * has in turn, the least tried first.
 */
function turnsOf(
  state: GuardState,
  guarded: readonly Guarded[],
  open: readonly Case[],
  room: number,
  nowMs: number,
): { readonly inTurn: readonly Case[]; readonly waiting: readonly Retried[] } {
  const ends = state.owed.filter((each) => each.kind === "end-run");
  const left = room - ends.filter((each) => mayBeUnderWay(each, nowMs)).length;
  const inTurn = open.slice(0, Math.max(0, left));
  const cases = new Map(guarded.map((each) => [each.pod.id, each]));
  const retried = ends
    .filter((each) => !mayBeUnderWay(each, nowMs))
    .toSorted((a, b) => a.tries - b.tries)
    .flatMap((effect): readonly Retried[] => {
      const each = cases.get(effect.podId);
      // One that runs no more only has to be found so.
      if (each === undefined) return [];
      return each.deadlines
        .filter(({ guard }) => guard === effect.guard)
        .map((deadline) => ({ ...each, deadline, effect }));
    });
  return { inTurn, waiting: retried.slice(Math.max(0, left - inTurn.length)) };
}

function mayBeUnderWay({ tries, notBeforeMs }: EndRun, nowMs: number): boolean {
  return tries === 0 || notBeforeMs <= nowMs;
}

/** What is owed, where these wait for their turn and those that waited longest for it have it. */
function withTurns(
  { owed }: GuardState,
  waiting: readonly EndRun[],
  { endRetry }: Policy,
  nowMs: number,
): GuardState["owed"] {
  const isLong = ({ notBeforeMs }: EndRun) => notBeforeMs - nowMs > endRetry.mostMs;
  return owed.map((each) => {
    if (each.kind !== "end-run" || mayBeUnderWay(each, nowMs)) return each;
    if (!waiting.includes(each)) return isLong(each) ? { ...each, notBeforeMs: nowMs } : each;
    const isSoon = each.notBeforeMs - nowMs <= hourMs;
    return isSoon ? { ...each, notBeforeMs: nowMs + noTurnMs } : each;
  });
}

function endOf({ pod, deadline }: Case, state: GuardState, nowMs: number): EndRun {
  const { lastSeen: look } = state;
  const { guard, reason, words, action } = deadline;
  return {
    kind: "end-run",
    id: `end-run:${guard}:${pod.id}:${nowMs}`,
    guard,
    reason,
    podId: pod.id,
    podName: pod.name,
    ...(pod.cluster !== undefined && { memberIds: pod.cluster.members.map(({ id }) => id) }),
    action: action === "terminate" ? "terminate" : "stop",
    because: words,
    tries: 0,
    notBeforeMs: nowMs,
    burnBefore: look && burnBefore(pod, look, laggingIn(state, look)),
  };
}

function dearestFirst(a: Case, b: Case): number {
  const [left, right] = [a.pod.costPerHrUsd ?? Infinity, b.pod.costPerHrUsd ?? Infinity];
  return left === right ? 0 : right - left;
}

/** Notifies at once for each pod that is newly in this state, and hourly while it stays so. */
function sayOnceOf(
  state: GuardState,
  policy: Policy,
  what: string,
  cases: readonly Case[],
  words: string,
  nowMs: number,
): Decision {
  const keyOf = ({ pod }: Case) => `${what}:${pod.id}`;
  const keys = new Set(cases.map(keyOf));
  const kept = forget(state, (key) => key.startsWith(`${what}:`) && !keys.has(key));
  const fresh = cases.filter((each) => isDueAgain(own(kept.saidAtMs, keyOf(each)), nowMs, hourMs));
  if (!isSome(fresh)) return { state: kept, events: [] };
  const saidAtMs = {
    ...kept.saidAtMs,
    ...Object.fromEntries(fresh.map((each) => [keyOf(each), nowMs])),
  };
  const [{ deadline }] = fresh;
  return notify({ ...kept, saidAtMs }, policy, {
    event: deadline.guard,
    name: deadline.guard,
    atMs: nowMs,
    podIds: fresh.map(({ pod }) => pod.id),
    incident: endIncident(
      deadline.guard,
      fresh.map(({ pod }) => pod.id),
    ),
    because: `${listedCases(fresh)}: ${words}`,
  });
}
