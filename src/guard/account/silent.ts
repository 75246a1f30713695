import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { notify } from "#guard/outbox/notify.ts";
import { tellWhile } from "#guard/outbox/remind.ts";

/** What is said of a machine whose guard is not heard: it is about no pod and no line. */
export const silenceTopic = "silent";

interface Said {
  readonly atMs: number;
  readonly because: string;
}

/** The guard on its machine is not heard: told at once, and again while that lasts, more and more seldom. */
export function onSilent(state: GuardState, { atMs, because }: Said, policy: Policy): Decision {
  return tellWhile(
    state,
    policy,
    silenceTopic,
    { remind: "doubling" },
    { event: "silent", name: "silent", topic: silenceTopic, atMs, because },
  );
}

/** It is heard again: told where its silence was. */
export function onHeard(state: GuardState, { atMs, because }: Said, policy: Policy): Decision {
  const { reminded = {} } = state;
  if (own(reminded, silenceTopic) === undefined) return { state, events: [] };
  const { [silenceTopic]: _, ...left } = reminded;
  return notify({ ...state, reminded: left }, policy, {
    event: "heard",
    name: "heard",
    topic: silenceTopic,
    isResolution: true,
    atMs,
    because,
  });
}
