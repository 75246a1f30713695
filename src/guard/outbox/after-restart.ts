import { isEnd, type Notify } from "#guard/model/effect.ts";
import type { GuardState } from "#guard/model/state.ts";

/**
 * The state as a new process starts with it. The last process may have asked RunPod to end a pod just
 * before it died, so a waiting end counts as tried: a pod found stopped was then stopped by us. When
 * something may be tried is by the clock of the last process, which may have been ahead, so what
 * notifies and what stops is tried at once; the guards' ends wait for the first poll, which gives each
 * its turn, and agents as long as they would have.
 */
export function afterRestart(state: GuardState): GuardState {
  const owed = state.owed.map((effect) => {
    const isAnEnd = isEnd(effect) || effect.kind === "end-stopped";
    const tried = isAnEnd ? { ...effect, tries: Math.max(1, effect.tries) } : effect;
    switch (tried.kind) {
      case "notify":
        return noticeAtOnce(tried);
      case "end-pod":
        return { ...tried, notBeforeMs: 0 };
      case "end-run":
      case "end-stopped":
      case "call-budget-agent":
      case "call-agent":
      case "call-pod-agent":
        return tried;
    }
  });
  // What did not work in the last process may work in this one; it will tell.
  const runs = Object.entries(withoutEnded(state)).map(
    ([podId, run]) => [podId, { ...run, isSaved: true }] as const,
  );
  return {
    ...state,
    owed,
    runs: Object.fromEntries(runs),
    troubles: undefined,
    inForce: undefined,
  };
}

/** Whoever has mended what sends it has often started us anew. */
function noticeAtOnce(notice: Notify): Notify {
  // An older version wrote down only when it may be tried: until the first try, that is when it happened.
  const happened = notice.tries === 0 ? notice.notBeforeMs : undefined;
  return { ...notice, atMs: notice.atMs ?? happened, notBeforeMs: 0 };
}

/** The runs may be from before an end that is written down already: the process died between the two. */
function withoutEnded({ runs, unrecorded, podsSeenAtMs = -Infinity }: GuardState) {
  const ended = new Set(
    unrecorded.flatMap(({ type, atMs, run }) =>
      (type === "stop" || type === "termination") && atMs >= podsSeenAtMs && run !== undefined
        ? [run.podId]
        : [],
    ),
  );
  const left = Object.entries(runs).filter(([podId]) => !ended.has(podId));
  return ended.size === 0 ? runs : Object.fromEntries(left);
}
