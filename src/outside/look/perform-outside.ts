import { backstopEnding } from "#effects/backstop-ending.ts";
import { endPod } from "#effects/end-and-prove.ts";
import { type Present, runEnding } from "#effects/end-run.ts";
import { stoppedEnding } from "#effects/end-stopped.ts";
import type { Perform } from "#effects/perform.ts";
import { type ButtonsFor, sendNoticeWith } from "#effects/send-notice.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import { realPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";

export interface OutsideEffects {
  readonly account: Account;
  readonly clock: Clock;
  readonly channels: readonly Channel[];
  readonly buttonsFor: ButtonsFor;
  readonly present: Present;
  readonly policy: () => Policy;
  readonly log: Log;
  /** Nobody is told anything. */
  readonly isDry: boolean;
  readonly mayEnd: boolean;
  /** The ends, by id, that RunPod has said yes to. */
  readonly accepted: Set<string>;
}

/**
 * Carries out what can be from a place that can start no program: messages by channels, and ends with their
 * proof. What it cannot stays owed, for the machine.
 */
export function performOutside(deps: OutsideEffects): Perform {
  const { account, clock, channels, buttonsFor, present, log, isDry, mayEnd, accepted } = deps;
  const send = sendNoticeWith({ clock, log, channels: () => channels, buttonsFor });
  return async (effect, look, signal) => {
    const { podGuards, protect } = deps.policy();
    const { idle, stopped } = podGuards;
    const ends = { account, clock, protect, paces: realPaces };
    switch (effect.kind) {
      case "notify":
        if (effect.channel === undefined) return "interrupted";
        return send(effect, effect.channel, look, { dryRun: isDry }, signal);
      case "call-agent":
      case "call-budget-agent":
      case "call-pod-agent":
        return "interrupted";
      case "end-stopped":
        if (!mayEnd) return "interrupted";
        return endPod(stoppedEnding(effect, { account, present, stopped, accepted }), ends, signal);
      case "end-pod": {
        if (!mayEnd) return "interrupted";
        const { id } = effect;
        const onAccepted = (): unknown => accepted.add(id);
        const tried = { isOfStopped: accepted.has(id), onAccepted };
        return endPod({ ...backstopEnding(effect, present), ...tried }, ends, signal);
      }
      case "end-run":
        if (!mayEnd) return "interrupted";
        return endPod(runEnding(effect, { account, clock, present, idle, accepted }), ends, signal);
    }
  };
}
