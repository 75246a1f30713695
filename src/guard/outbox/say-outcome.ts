import { type Effect, type EndPod, type EndRun, isEnd, type Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { stoppedIncident } from "#guard/pods/stopped/rows.ts";
import { listedPods } from "#guard/text.ts";
import { endIncident, toldOf } from "./incidents.ts";
import { forget, notify, notifyHourly, withdraw } from "./notify.ts";
import { commandWay, wayOf } from "./ways.ts";

/** What could not be told of an end that failed is over with it; told is what came of it. */
export function sayItIsOver(
  state: GuardState,
  effect: Effect,
  atMs: number,
  { because }: Outcome,
  policy: Policy,
): Decision {
  if (!isEnd(effect)) return { state, events: [] };
  const { podId } = effect;
  const over = withdraw(
    state,
    ({ event, topic = "", podIds = [] }) =>
      effect.kind === "end-pod"
        ? event === "backstop" && topic.endsWith(failedMark) && podIds[0] === podId
        : topic.startsWith(`end:${podId}:`),
    "the end is settled",
  );
  if (effect.kind !== "end-pod") return over;
  const key = failedKey(effect.threshold, podId);
  // The same pod may run again, and fail again: that is news.
  const forgotten = forget(over.state, (each) => each.startsWith(key) && each.endsWith(failedMark));
  // The notify command hears of the end only in place of what it was not told.
  const missed = over.events.flatMap(({ effect: each }) => wayOf(each));
  const incident = failedIncident(effect);
  const to = [...missed, ...toldOf(forgotten, incident).filter((way) => way !== commandWay)];
  if (to.length === 0) return { state: forgotten, events: [] };
  const told = notify(forgotten, policy, {
    event: "backstop",
    name: effect.threshold,
    threshold: effect.threshold,
    atMs,
    podIds: [podId],
    incident,
    isResolution: true,
    to,
    because: `pod ${podId}, after ${effect.tries} tries to ${effect.action} it: ${because}`,
  });
  return { state: told.state, events: [...over.events, ...told.events] };
}

/** Ends the topic of an end that failed, of which there is one a pod and reason. */
const failedMark = ":failed";

/** Why it failed may change, and it is still the same end. */
function failedIncident({ threshold, podId }: EndPod): string {
  return `backstop:${threshold}:${podId}`;
}

function failedKey(threshold: string, podId: string): string {
  return `backstop:${threshold}:${podId}:`;
}

export function sayFailed(
  state: GuardState,
  effect: Effect,
  isAgain: boolean,
  atMs: number,
  { because }: Outcome,
  policy: Policy,
): Decision {
  const againAtMs = Math.max(effect.notBeforeMs, atMs);
  const next = isAgain ? [{ what: againWords(effect), atMs: againAtMs }] : [];
  const hint = { words: "To see what still runs", command: `${policy.podGuards.command} status` };
  switch (effect.kind) {
    case "notify":
      return { state, events: [] };
    case "call-agent": {
      const count = `try ${effect.tries} of ${policy.agentAttempts}`;
      const { threshold } = effect;
      const words = { event: "agent", name: threshold, threshold, atMs, next, hint } as const;
      return notify(state, policy, { ...words, because: `agent failed (${count}): ${because}` });
    }
    case "call-pod-agent": {
      const count = `try ${effect.tries} of ${policy.agentAttempts}`;
      return notify(state, policy, {
        event: "agent",
        name: effect.guard,
        atMs,
        podIds: [effect.podId],
        next,
        hint,
        because: `agent for ${listedPods([{ podId: effect.podId, name: effect.podName }])} failed (${count}): ${because}`,
      });
    }
    case "call-budget-agent": {
      const count = `try ${effect.tries} of ${policy.agentAttempts}`;
      const words = { event: "agent", name: effect.budget, atMs, next, hint } as const;
      return notify(state, policy, { ...words, because: `agent failed (${count}): ${because}` });
    }
    case "end-stopped":
      return notifyHourly(state, policy, `end:${effect.podId}:${kindOf(because)}`, {
        event: "stopped",
        name: "stopped",
        atMs,
        podIds: [effect.podId],
        severity: "critical",
        incident: stoppedIncident([effect.podId]),
        next,
        hint,
        because: `could not terminate ${listedPods([{ podId: effect.podId, name: effect.podName }])}, trying again: ${because}`,
      });
    case "end-run":
      return notifyHourly(state, policy, `end:${effect.podId}:${kindOf(because)}`, {
        event: effect.guard,
        name: effect.guard,
        atMs,
        podIds: [effect.podId],
        severity: "critical",
        incident: endIncident(effect.guard, [effect.podId]),
        next,
        hint,
        because: `could not ${effect.action} ${endWords(effect)}, trying again: ${because}`,
      });
    case "end-pod":
      // The words in brackets come from RunPod and may differ each time.
      return notifyHourly(
        state,
        policy,
        `${failedKey(effect.threshold, effect.podId)}${kindOf(because)}${failedMark}`,
        {
          event: "backstop",
          name: effect.threshold,
          threshold: effect.threshold,
          atMs,
          podIds: [effect.podId],
          incident: failedIncident(effect),
          next,
          hint,
          because: `could not ${effect.action} pod ${effect.podId}, trying again: ${because}`,
        },
      );
  }
}

function againWords(effect: Effect): string {
  switch (effect.kind) {
    case "notify":
    case "call-agent":
    case "call-budget-agent":
    case "call-pod-agent":
      return "call the agent again";
    case "end-stopped":
      return `try again to terminate ${listedPods([{ podId: effect.podId, name: effect.podName }])}`;
    case "end-run":
      return `try again to ${effect.action} ${endWords(effect)}`;
    case "end-pod":
      return `try again to ${effect.action} pod ${effect.podId}`;
  }
}

function endWords({ podId, podName: name, memberIds }: EndRun): string {
  return listedPods([{ podId, name, isCluster: memberIds !== undefined }]);
}

export function sayRemark(
  state: GuardState,
  effect: Effect,
  atMs: number,
  { remark }: Outcome,
  policy: Policy,
): Decision {
  if (remark === undefined || effect.kind !== "call-agent") return { state, events: [] };
  const { threshold } = effect;
  const words = { event: "agent", name: threshold, threshold, atMs } as const;
  return notify(state, policy, { ...words, topic: `remark:${threshold}`, because: remark });
}

function kindOf(because: string): string {
  return because.replace(/\(.*\)/s, "");
}
