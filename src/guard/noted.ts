import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, Input } from "#guard/model/state.ts";
import { notify } from "#guard/outbox/notify.ts";
import { recorded } from "./history.ts";

/** What became of something that a person has asked the daemon for. */
export function onNoted(
  before: GuardState,
  { atMs, podId, podName, because, isTold }: Input & { readonly kind: "noted" },
  policy: Policy,
): Decision {
  const run = { podId, podName };
  const state = recorded(before, [{ type: "daemon", reason: null, because, run }], atMs);
  if (!isTold) return { state, events: [] };
  const words = { event: "trouble", name: "trouble", atMs, podIds: [podId], because } as const;
  return notify(state, policy, words);
}
