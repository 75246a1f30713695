import type { Effect, Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify, withdraw } from "#guard/outbox/notify.ts";
import { withoutTold } from "#guard/outbox/remind.ts";
import { listedPods } from "#guard/text.ts";
import { stoppedIncident, stoppedKey } from "./rows.ts";
import { withOnly } from "./with-stopped.ts";

/**
 * A poll has shown that the pod is gone: it is forgotten, and that we deleted it is told and counted. Had we
 * not tried before, someone else deleted it.
 */
export function settleStopped(
  state: GuardState,
  effect: Effect,
  { kind, podIs, because }: Outcome,
  policy: Policy,
  atMs: number,
): Decision {
  if (effect.kind !== "end-stopped" || podIs !== "gone") return { state, events: [] };
  const { podId, podName, reason } = effect;
  const left = Object.values(state.stoppedPods ?? {}).filter((each) => each.podId !== podId);
  const isOurs = kind === "done" || effect.tries > 0;
  return chain(
    withoutTold(withOnly(state, left), (key) => key === stoppedKey(podId)),
    (before) =>
      withdraw(before, ({ topic = "" }) => topic.startsWith(`end:${podId}:`), "the end is settled"),
    (before) =>
      !isOurs
        ? { state: before, events: [] }
        : notify({ ...before, guardEndsAtMs: [...before.guardEndsAtMs, atMs] }, policy, {
            event: "stopped",
            name: "stopped",
            reason,
            atMs,
            podIds: [podId],
            severity: "info",
            incident: stoppedIncident([podId]),
            isResolution: true,
            because: `terminated ${listedPods([{ podId, name: podName }])}: ${effect.because}; ${because}`,
          }),
  );
}
