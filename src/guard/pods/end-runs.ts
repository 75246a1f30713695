import { burnBefore, laggingIn } from "#guard/account/confirm-burn.ts";
import { unknownWords } from "#guard/account/may-end.ts";
import type { EndRun } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { forget, isDueAgain, notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { type Deadline, isEnding } from "./deadlines.ts";
import { type Case, endingIn, type Guarded, isSome, listedCases } from "./guarded.ts";

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
    const { warnedAtMs } = each.run;
    const isAnnounced = ({ guard }: Deadline) =>
      warnMs === 0 || nowMs - (warnedAtMs[guard] ?? Infinity) >= warnMs;
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
  const room = Math.max(0, maxEndsPerHour - recent.length - owed.size);
  const ends = open.slice(0, room).map((each) => endOf(each, state, nowMs));
  const held = `held back: max_ends_per_hour (${maxEndsPerHour}) is reached`;
  return chain(
    {
      ...state,
      owed: [...state.owed, ...ends],
      guardEndsAtMs: recent,
    },
    (before) => sayOnceOf(before, policy, "held", open.slice(room), held, nowMs),
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
    because: `${listedCases(fresh)}: ${words}`,
  });
}
