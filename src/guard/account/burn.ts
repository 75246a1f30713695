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
  // Added up from the pods the burn tells nothing of the rest: only an audit can.
  const unexplained = look.isBurnAddedUp === true ? "untold" : unexplainedBurn(look);
  // What has ended and is not confirmed by the burn may be what burns: that is said apart.
  const isOpen = state.unconfirmed.length > 0;
  const isNothing = typeof unexplained === "number" && unexplained < 0.01;
  if (name === undefined || isOpen || unexplained === undefined || isNothing) {
    return { state: forget(state, (key) => key === since || key === said), events: [] };
  }
  const sinceMs = own(state.saidAtMs, since);
  if (sinceMs === undefined) {
    return { state: { ...state, saidAtMs: { ...state.saidAtMs, [since]: look.atMs } }, events: [] };
  }
  if (look.atMs - sinceMs < burnLagMs) return { state, events: [] };
  const because =
    unexplained === "untold"
      ? besidesWords(state, look)
      : unexplainedWords(unexplained, state, look);
  if (because === undefined) return { state, events: [] };
  return notifyHourly(state, policy, said, {
    event: "burn",
    name,
    threshold: name,
    atMs: look.atMs,
    because,
    hint: { words: "To find it", command: `${policy.podGuards.command} audit` },
  });
}

/** The notice goes at its time, whether an audit has answered by then or not. */
function unexplainedWords(perHrUsd: number, state: GuardState, { atMs }: Seen): string {
  const words = auditedWords(state, atMs);
  const what = words === undefined ? ". Check for serverless workers and storage" : `: ${words}`;
  return `still burning ${perHour(perHrUsd)} that no pod explains${what}`;
}

/** Whether anything burns besides is not known: it is said once something was found, or could not be read. */
function besidesWords(state: GuardState, { atMs }: Seen): string | undefined {
  const words = auditedWords(state, atMs);
  return words && `RunPod does not say what burns besides the pods. runpodboss audit: ${words}`;
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
