import type { ChannelPolicy, Policy } from "#guard/model/policy.ts";
import type { Orders } from "./orders.ts";

/** What a guard elsewhere does: it tells people and does nothing, or it ends pods as well. */
export type Acts = "tells" | "guards";

/**
 * The policy for a guard that has no machine: no command and no agent can be called from there, and people are
 * told by the channels that it has itself.
 */
export function policyFromOutside(
  { policy, beforeStop }: Orders,
  acts: Acts,
  channels: readonly ChannelPolicy[],
  strangers: readonly string[] = [],
): Policy {
  // What must be saved first cannot be saved from here: only backstops and the hard timeout end such a pod.
  const mayEnd = acts === "guards" && beforeStop !== "must";
  return {
    ...policy,
    tells: false,
    channels,
    protect: [...policy.protect, ...strangers],
    thresholds: policy.thresholds.map((each) => ({
      ...each,
      // Channels are told of a crossing whatever is called.
      answers: [],
      backstop: acts === "guards" ? each.backstop : undefined,
    })),
    budgets: policy.budgets?.map((each) => ({
      ...each,
      action: mayEnd && each.action === "stop" ? "stop" : "notify",
    })),
    podGuards: guardsFromOutside(policy.podGuards, acts === "guards", mayEnd),
  };
}

function guardsFromOutside(
  guards: Policy["podGuards"],
  isGuarding: boolean,
  mayEnd: boolean,
): Policy["podGuards"] {
  const { hardTimeout, lease, idle, schedules, stopped, ...rest } = guards;
  return {
    ...rest,
    ...(hardTimeout && { hardTimeout: held(hardTimeout, isGuarding) }),
    ...(lease && { lease: held(lease, mayEnd) }),
    // Where a pod is to be asked whether it is at work, it cannot be from here: it is not idle for all we know.
    ...(idle && !idle.hasProbes && { idle: held(idle, mayEnd) }),
    ...(schedules && {
      schedules: schedules.map((each) => ({ ...each, action: mayEnd ? each.action : "notify" })),
    }),
    ...(stopped && { stopped: isGuarding ? stopped : { ...stopped, action: "notify" } }),
  };
}

function held<Guard extends { readonly action: "notify" | "agent" | "stop" | "terminate" }>(
  guard: Guard,
  mayEnd: boolean,
): Guard {
  return { ...guard, action: mayEnd && guard.action !== "agent" ? guard.action : "notify" };
}

/** What of the orders cannot be followed from there, in words: it is said where it is shown. */
export function whatCannotBeDone({ policy, beforeStop }: Orders): readonly string[] {
  const { hardTimeout, lease, idle } = policy.podGuards;
  const guards = { hard_timeout: hardTimeout, lease, idle };
  const calling = [
    ...policy.thresholds.flatMap(({ name, answers }) =>
      answers.includes("call-agent") ? [`threshold ${name}`] : [],
    ),
    ...(policy.budgets ?? []).flatMap(({ name, action }) =>
      action === "agent" ? [`budget ${name}`] : [],
    ),
    ...Object.entries(guards).flatMap(([name, guard]) => (guard?.action === "agent" ? [name] : [])),
  ];
  return [
    ...(calling.length > 0 ? [`call an agent (${calling.join(", ")}): people are told`] : []),
    ...(policy.tells ? ["run notify_command"] : []),
    ...(idle?.hasProbes === true
      ? ["ask a pod whether it is at work, so no pod is ended as idle"]
      : []),
    ...(beforeStop === "wished" ? ["run before_stop_command: pods are stopped without it"] : []),
    ...(beforeStop === "must"
      ? [
          "run before_stop_command, which must have worked: only backstops and the hard timeout stop pods",
        ]
      : []),
  ];
}
