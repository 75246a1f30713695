import { dryRunWords, type Effect } from "#guard/model/effect.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardEvent } from "#guard/model/state.ts";
import { messageWords, podWords, rounded } from "#guard/text.ts";
import type { Log } from "#log.ts";

/** Logs what happened: constant messages, facts as fields. */
export function logEvent(log: Log, event: GuardEvent): void {
  switch (event.kind) {
    case "trip": {
      const { threshold, line, balanceUsd, because } = event;
      const facts = { threshold, ...line, balanceUsd: rounded(balanceUsd), because };
      return log.warn(facts, "threshold tripped");
    }
    case "rearm":
      return log.info({ threshold: event.threshold, because: event.because }, "threshold re-armed");
    case "moot":
      return log.info({ ...factsOf(event.effect), because: event.because }, "no longer needed");
    case "said":
      return log.warn({ event: event.event, because: event.because }, "notification");
    case "rules": {
      const { protectedPods, unmatched } = event;
      log.info({ pods: protectedPods.map(podWords) }, "protected pods");
      for (const rule of unmatched) log.warn(rule, "rule matches none of the present pods");
      return undefined;
    }
    case "run-started": {
      const { podId, name: podName, startedAtMs, startFrom } = event.run;
      const facts = { podId, podName, ...clusterFact(event.run), startedAtMs, startFrom };
      return log.info(facts, "run started");
    }
    case "start-disputed": {
      const { podId, name: podName, startedAtMs, disputedMs } = event.run;
      const facts = { podId, podName, startedAtMs, differMs: disputedMs };
      return log.warn(facts, "accounts of a start differ, the shorter run holds");
    }
    case "run-ended": {
      const { run, podIs, reason, because } = event;
      const who = { podId: run.podId, podName: run.name, ...clusterFact(run) };
      return log.info({ ...who, podIs, reason, because }, "run ended");
    }
    case "settled": {
      const { effect, again, againInMs } = event;
      const { kind, because, tail } = event.outcome;
      const facts = { ...factsOf(effect), because, ...(tail !== "" && { tail }) };
      if (kind === "moot") return log.info(facts, "no longer needed");
      const { done, failed } = wordsFor(effect);
      // What would have been done was said: this would say that it was.
      if (kind === "done" && because === dryRunWords) return undefined;
      if (kind === "done") return log.info(facts, done);
      const tries = { try: effect.tries + 1, again, ...(againInMs !== undefined && { againInMs }) };
      return log.error({ ...facts, ...tries }, failed);
    }
  }
}

/** A pod's line has no such field. */
function clusterFact({ isCluster }: Pick<PodRun, "isCluster">): { readonly isCluster?: true } {
  return isCluster === true ? { isCluster } : {};
}

function factsOf(effect: Effect): Readonly<Record<string, unknown>> {
  switch (effect.kind) {
    case "notify":
      return {
        effect: effect.kind,
        event: effect.event,
        threshold: effect.name,
        ...(effect.channel !== undefined && {
          channel: effect.channel,
          // What to type against it stands in the notification.
          notice: messageWords({ ...effect, remedy: undefined }),
        }),
      };
    case "call-agent":
      return { effect: effect.kind, threshold: effect.threshold };
    case "end-pod":
      return {
        effect: effect.kind,
        threshold: effect.threshold,
        podId: effect.podId,
        action: effect.action,
      };
    case "call-pod-agent":
      return { effect: effect.kind, reason: effect.reason, podId: effect.podId };
    case "call-budget-agent":
      return { effect: effect.kind, budget: effect.budget };
    case "end-stopped":
      return { effect: effect.kind, reason: effect.reason, podId: effect.podId };
    case "end-run":
      return {
        effect: effect.kind,
        reason: effect.reason,
        podId: effect.podId,
        ...clusterFact({ isCluster: effect.memberIds !== undefined }),
        action: effect.action,
      };
  }
}

function wordsFor(effect: Effect): { readonly done: string; readonly failed: string } {
  return effect.kind === "notify" && effect.channel !== undefined ? ofChannel : words[effect.kind];
}

const ofChannel = { done: "notification sent", failed: "notification not sent" };

const words = {
  notify: { done: "notify command done", failed: "notify command failed" },
  "call-agent": { done: "agent done", failed: "agent failed" },
  "call-pod-agent": { done: "agent done", failed: "agent failed" },
  "call-budget-agent": { done: "agent done", failed: "agent failed" },
  "end-stopped": { done: "pod ended", failed: "pod not ended" },
  "end-run": { done: "pod ended", failed: "pod not ended" },
  "end-pod": { done: "pod ended", failed: "pod not ended" },
} as const satisfies Readonly<Record<Effect["kind"], { done: string; failed: string }>>;
