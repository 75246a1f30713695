import type { Policy, StoppedGuard } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";
import { rowWords, spanWords } from "#guard/text.ts";
import { type StoppedCase, stoppedEndAtMs, stoppedIncident, stoppedReason } from "./rows.ts";
import { withStopped } from "./with-stopped.ts";
import { diskWords, listedStopped, lossWords, stoppedWords } from "./words.ts";

/** So many are named, the first ones first. */
const mostNext = 5;

/** Warns of each deletion once, warn_minutes before it. */
export function warnStopped(
  state: GuardState,
  ending: readonly StoppedCase[],
  guard: StoppedGuard,
  policy: Policy,
  nowMs: number,
): Decision {
  const { warnMs } = policy.podGuards;
  if (warnMs === 0) return { state, events: [] };
  const owed = new Set(
    state.owed.flatMap((each) => (each.kind === "end-stopped" ? [each.podId] : [])),
  );
  const fresh = ending
    .filter(({ stopped }) => stopped.warnedAtMs === undefined && !owed.has(stopped.podId))
    .map((each) => ({ ...each, endAtMs: stoppedEndAtMs(each.stopped, guard) }))
    .filter(({ endAtMs }) => nowMs >= endAtMs - warnMs)
    .toSorted((a, b) => a.endAtMs - b.endAtMs);
  const [first] = fresh;
  if (first === undefined) return { state, events: [] };
  const warned = withStopped(
    state,
    fresh.map(({ stopped }) => ({ ...stopped, warnedAtMs: nowMs })),
  );
  const podIds = fresh.map(({ pod }) => pod.id);
  const leftMs = Math.max(warnMs, first.endAtMs - nowMs);
  const when = fresh.length === 1 ? "" : ", the first";
  const more = fresh.length - mostNext;
  return notify(warned, policy, {
    event: "warn",
    name: "stopped",
    reason: stoppedReason(guard),
    atMs: nowMs,
    podIds,
    incident: stoppedIncident(podIds),
    because: [
      `${listedStopped(fresh)} will be terminated${when} in ${spanWords(leftMs)}: ${stoppedWords(guard)}`,
      diskWords(fresh.map(({ pod }) => pod)),
      lossWords(fresh),
    ].join(". "),
    remedy: {
      words: `To keep ${fresh.length === 1 ? "it" : "one"}: start it, or add it to protect in the config`,
    },
    next: [
      ...fresh.slice(0, mostNext).map(({ pod, endAtMs }) => ({
        what: `terminate ${rowWords(pod)}`,
        atMs: Math.max(endAtMs, nowMs + warnMs),
      })),
      ...(more > 0 ? [{ what: `terminate ${more} more` }] : []),
    ],
  });
}
