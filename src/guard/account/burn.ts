import { auditedWords, unexplainedSince } from "./audited.ts";
import { isEveryRunKnown, isRunning, type Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { forget, notifyHourly } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { perHour } from "#guard/text.ts";

/** The burn may lag behind a stop; only what lasts is worth a notification. */
export const burnLagMs = 120_000;

/**
 * Serverless workers and storage drain the same balance, and stopping pods does not stop them: said
 * while the backstop of the threshold of this name is at work.
 */
export function sayWhatNoPodExplains(
  state: GuardState,
  look: Seen,
  policy: Policy,
  name: string | undefined,
): Decision {
  const [since, said] = [unexplainedSince, "burn:said"];
  const unexplained = unexplainedBurn(look);
  // What has ended and is not confirmed by the burn may be what burns: that is said apart.
  const isOpen = state.unconfirmed.length > 0;
  if (name === undefined || isOpen || unexplained === undefined || unexplained < 0.01) {
    return { state: forget(state, (key) => key === since || key === said), events: [] };
  }
  const sinceMs = own(state.saidAtMs, since);
  if (sinceMs === undefined) {
    return { state: { ...state, saidAtMs: { ...state.saidAtMs, [since]: look.atMs } }, events: [] };
  }
  if (look.atMs - sinceMs < burnLagMs) return { state, events: [] };
  return notifyHourly(state, policy, said, {
    event: "burn",
    name,
    threshold: name,
    atMs: look.atMs,
    because: `still burning ${perHour(unexplained)} that no pod explains${auditedPart(state, look.atMs)}`,
  });
}

/** The notice goes at its time, whether an audit has answered by then or not. */
function auditedPart(state: GuardState, nowMs: number): string {
  const words = auditedWords(state, nowMs);
  return words === undefined ? ". Check for serverless workers and storage" : `: ${words}`;
}

/** Unknown where any pod's part in it is. */
export function unexplainedBurn(look: Seen): number | undefined {
  const { pods, burnPerHrUsd } = look;
  if (pods === "unknown" || burnPerHrUsd === undefined || !isEveryRunKnown(look)) return undefined;
  const costs = pods.filter(isRunning).map(({ costPerHrUsd }) => costPerHrUsd);
  return costs.reduce<number | undefined>(
    (left, cost) => (left === undefined || cost === undefined ? undefined : left - cost),
    burnPerHrUsd,
  );
}
