import type { BlindCause, Look } from "#guard/model/account.ts";
import { type Effect, eventNames, type Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardEvent, Input } from "#guard/model/state.ts";
import { combined, createCounter, createHistogram } from "./counter.ts";
import { effectKinds } from "./effect-kinds.ts";
import { endReasons, endReasonOf } from "./end-reason.ts";
import type { Family, Histogram } from "./text-format.ts";

const causes: readonly BlindCause[] = ["key-refused", "unreachable", "server-error", "bad-answer"];
const outcomes: readonly Outcome["kind"][] = ["done", "failed", "moot"];
const said = eventNames.filter((each) => each !== "trip" && each !== "drill");
/** No channel is called so. */
const command = "command";
/** In seconds: a poll is asked again after 10, and given up after 45. */
const pollBounds = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 45];

/** What the daemon does, counted from its start on. */
export function createDaemonCounts() {
  const polls = createCounter({
    name: "runpodboss_polls_total",
    help: "Polls; partial ones showed the balance, and not all of the pods.",
    known: combined({ result: ["good", "partial", "failed"] }),
  });
  const failures = createCounter({
    name: "runpodboss_poll_failures_total",
    help: "Polls that failed, by why.",
    known: combined({ cause: causes }),
  });
  const durations = createHistogram(
    {
      name: "runpodboss_poll_duration_seconds",
      help: "How long RunPod took to answer a poll, or to fail.",
    },
    pollBounds,
  );
  const effects = createCounter({
    name: "runpodboss_effects_total",
    help: "Tries of what the guard decided to do, by how they went; a moot one was no longer needed, or was a dry run.",
    known: combined({ kind: effectKinds, outcome: outcomes }),
  });
  const notifications = createCounter({
    name: "runpodboss_notifications_total",
    help: "Tries to notify people, by channel (command: the notify command), and how they went.",
    open: "channel",
  });
  const givenUp = createCounter({
    name: "runpodboss_notifications_given_up_total",
    help: "Notifications that were never sent, and are not tried again.",
    known: [{}],
  });
  const runsEnded = createCounter({
    name: "runpodboss_runs_ended_total",
    help: "Ends of pods' runs, by what brought them about.",
    known: combined({ reason: endReasons }),
  });
  const trips = createCounter({
    name: "runpodboss_threshold_crossings_total",
    help: "How often the balance fell below a threshold.",
    open: "threshold",
  });
  const events = createCounter({
    name: "runpodboss_events_total",
    help: "What the guard had to say, by what it is about, whether anybody was notified or not.",
    known: combined({ event: said }),
  });
  const reloads = createCounter({
    name: "runpodboss_config_reloads_total",
    help: "Reloads of the config; a refused one leaves the old config in force.",
    known: combined({ result: ["done", "refused"] }),
  });

  function noteLook(look: Look): void {
    if (look.kind === "blind") {
      polls.add({ result: "failed" });
      return failures.add({ cause: look.cause });
    }
    const isPartial = look.pods === "unknown" || look.unreadablePods > 0;
    polls.add({ result: isPartial ? "partial" : "good" });
  }

  function noteEvent(event: GuardEvent): void {
    switch (event.kind) {
      case "trip":
        return trips.add({ threshold: event.threshold });
      case "said":
        return events.add({ event: event.event });
      case "run-ended":
        return runsEnded.add({ reason: endReasonOf(event.reason) });
      case "settled":
        if (event.effect.kind !== "notify" || event.outcome.kind !== "failed") return;
        return event.again ? undefined : givenUp.add();
      case "rearm":
      case "moot":
      case "rules":
      case "run-started":
      case "start-disputed":
        return;
    }
  }

  return {
    /** What is in force from now on. */
    follow({ thresholds, channels, tells }: Policy): void {
      for (const { name: threshold } of thresholds) trips.know({ threshold });
      const names = [...(tells ? [command] : []), ...channels.map(({ name }) => name)];
      for (const labels of combined({ channel: names, outcome: outcomes })) {
        notifications.know(labels);
      }
    },
    decided(input: Input, decided: readonly GuardEvent[]): void {
      if (input.kind === "look") noteLook(input.look);
      for (const event of decided) noteEvent(event);
    },
    settled(effect: Effect, { kind: outcome }: Outcome): void {
      effects.add({ kind: effect.kind, outcome });
      if (effect.kind !== "notify") return;
      notifications.add({ channel: effect.channel ?? command, outcome });
    },
    polled(tookMs: number): void {
      // The clock may have been set back meanwhile.
      durations.add(Math.max(0, tookMs) / 1_000);
    },
    reloaded(because: string | undefined): void {
      reloads.add({ result: because === undefined ? "done" : "refused" });
    },
    families: (): readonly (Family | Histogram)[] => [
      polls.family(),
      failures.family(),
      durations.family(),
      effects.family(),
      notifications.family(),
      givenUp.family(),
      runsEnded.family(),
      trips.family(),
      events.family(),
      reloads.family(),
    ],
  };
}
