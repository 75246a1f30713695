import type { EndStopped } from "#guard/model/effect.ts";
import type { Policy, StoppedGuard } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { forget, notifyHourly } from "#guard/outbox/notify.ts";
import { mayBeUnderWay, noTurnMs } from "#guard/pods/ends/end-runs.ts";
import { type StoppedCase, stoppedEndAtMs, stoppedIncident, stoppedReason } from "./rows.ts";
import { listedStopped, stoppedWords } from "./words.ts";

const heldKey = "stopped:held";

/**
 * Queues the deletions that are due and were announced in time, in the room that max_ends_per_hour leaves after
 * the ends of runs. What failed and waits to be tried again takes no room from others.
 */
export function endStopped(
  state: GuardState,
  ending: readonly StoppedCase[],
  guard: StoppedGuard,
  policy: Policy,
  nowMs: number,
): Decision {
  const { maxEndsPerHour, warnMs } = policy.podGuards;
  const mine = state.owed.filter((each) => each.kind === "end-stopped");
  const owed = new Set(mine.map(({ podId }) => podId));
  const due = ending
    .filter(
      ({ stopped }) =>
        !owed.has(stopped.podId) &&
        nowMs >= stoppedEndAtMs(stopped, guard) &&
        // Without warnings none was given.
        nowMs - (stopped.warnedAtMs ?? nowMs) >= warnMs,
    )
    .toSorted((a, b) => a.stopped.sinceMs - b.stopped.sinceMs);
  const recent = state.guardEndsAtMs.filter((atMs) => Math.abs(nowMs - atMs) < hourMs);
  const underWay = state.owed.filter(
    (each) =>
      (each.kind === "end-run" || each.kind === "end-stopped") && mayBeUnderWay(each, nowMs),
  );
  const room = Math.max(0, maxEndsPerHour - recent.length - underWay.length);
  const inTurn = due.slice(0, room);
  const waiting = mine
    .filter((each) => !mayBeUnderWay(each, nowMs))
    .toSorted((a, b) => a.tries - b.tries)
    .slice(room - inTurn.length);
  const held = due.slice(room);
  const next: GuardState = {
    ...state,
    guardEndsAtMs: recent.length === state.guardEndsAtMs.length ? state.guardEndsAtMs : recent,
    owed: [
      ...withTurns(state, waiting, policy, nowMs),
      ...inTurn.map((each) => endOf(each, guard, nowMs)),
    ],
  };
  return chain(next, (before) =>
    held.length === 0
      ? { state: forget(before, (key) => key === heldKey), events: [] }
      : notifyHourly(before, policy, heldKey, {
          event: "stopped",
          name: "stopped",
          reason: stoppedReason(guard),
          atMs: nowMs,
          podIds: held.map(({ pod }) => pod.id),
          incident: stoppedIncident(held.map(({ pod }) => pod.id)),
          because: `${listedStopped(held)}: held back: max_ends_per_hour (${maxEndsPerHour}) is reached`,
        }),
  );
}

function endOf({ pod, stopped }: StoppedCase, guard: StoppedGuard, nowMs: number): EndStopped {
  return {
    kind: "end-stopped",
    id: `end-stopped:${pod.id}:${nowMs}`,
    reason: stoppedReason(guard),
    podId: pod.id,
    podName: pod.name,
    stoppedSinceMs: stopped.sinceMs,
    because: stoppedWords(guard),
    tries: 0,
    notBeforeMs: nowMs,
  };
}

/** What is owed, where these wait for their turn and those that waited longest for it have it. */
function withTurns(
  { owed }: GuardState,
  waiting: readonly EndStopped[],
  { endRetry }: Policy,
  nowMs: number,
): GuardState["owed"] {
  return owed.map((each) => {
    if (each.kind !== "end-stopped" || mayBeUnderWay(each, nowMs)) return each;
    const leftMs = each.notBeforeMs - nowMs;
    if (waiting.includes(each)) {
      return leftMs <= hourMs ? { ...each, notBeforeMs: nowMs + noTurnMs } : each;
    }
    return leftMs > endRetry.mostMs ? { ...each, notBeforeMs: nowMs } : each;
  });
}
