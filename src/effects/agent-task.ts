import type { AgentJob } from "#agent/run.ts";
import { whyNotTouch } from "#guard/account/may-end.ts";
import type { Seen } from "#guard/model/account.ts";
import type { CallAgent, CallBudgetAgent, CallPodAgent, Outcome } from "#guard/model/effect.ts";
import { maybeUnreadable } from "./end-and-prove.ts";
import type { Present } from "./end-run.ts";
import type { EffectSettings } from "./settings.ts";

/** What an agent is called for and what it may see; or the outcome when it is not called. */
export type Task = { readonly kind: "task"; readonly job: AgentJob; readonly look: Seen } | Outcome;

export type AgentCall = CallAgent | CallBudgetAgent | CallPodAgent;

export function taskFor(
  effect: AgentCall,
  look: Seen,
  settings: EffectSettings,
  present: Pick<Present, "isOwed">,
): Task {
  switch (effect.kind) {
    case "call-agent":
      return taskOf(effect, look, settings);
    case "call-pod-agent":
      return podTaskOf(effect, look, settings);
    case "call-budget-agent":
      return present.isOwed(effect.id)
        ? budgetTaskOf(effect, look, settings)
        : moot("its period is over");
  }
}

function taskOf(
  { threshold, belowUsd, belowHours }: CallAgent,
  look: Seen,
  settings: EffectSettings,
): Task {
  const found = settings.thresholds.find(({ name }) => name === threshold);
  if (found === undefined) return moot("the threshold is no longer in the config");
  const mayTerminate = found.backstop?.action === "terminate";
  const { prompt } = found;
  const job: AgentJob = {
    name: threshold,
    belowUsd,
    belowHours,
    event: "trip",
    prompt,
    mayTerminate,
  };
  return { kind: "task", job, look };
}

/** It sees the whole account, whosever the budget is: what is not protected may be ended. */
function budgetTaskOf(
  { budget, because }: CallBudgetAgent,
  look: Seen,
  { budgets }: EffectSettings,
): Task {
  const found = budgets.find(({ name }) => name === budget);
  if (found?.action !== "agent" || found.prompt === undefined) {
    return moot("the config no longer asks for it");
  }
  const { prompt } = found;
  return { kind: "task", job: { name: budget, event: "budget", prompt, reason: because }, look };
}

/** It sees, and may end, that pod and no other. */
function podTaskOf(
  { guard, podId, podName, because: reason }: CallPodAgent,
  look: Seen,
  { guards, protect }: EffectSettings,
): Task {
  const prompts = { hard_timeout: guards.hardTimeout, lease: guards.lease, idle: guards.idle };
  const found = prompts[guard];
  if (found === undefined) return moot("the config no longer asks for it");
  if (look.pods === "unknown") return failed("RunPod did not list the pods");
  const pods = look.pods.filter(({ id }) => id === podId);
  if (pods.length === 0 && look.unreadablePods > 0) return failed(maybeUnreadable);
  const kept = whyNotTouch(pods[0], { protect });
  if (kept?.is === "unknown") return failed(kept.because);
  if (kept !== undefined) return moot(kept.because);
  const job: AgentJob = {
    name: guard,
    event: guard,
    prompt: found.prompt,
    reason,
    pod: { podId, podName },
  };
  return { kind: "task", job, look: { ...look, pods, unreadablePods: 0 } };
}

function moot(because: string): Outcome {
  return { kind: "moot", because, tail: "" };
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}
