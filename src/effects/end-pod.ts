import type { EndPod, Outcome, Pod, Seen } from "../guard/model.ts";
import { usd } from "../guard/money.ts";
import { whyNotEnd } from "../guard/rules/backstop.ts";
import { isRunning } from "../guard/running.ts";
import type { Account, Clock } from "../ports.ts";

export interface EndPodDeps {
  readonly account: Account;
  readonly clock: Clock;
  readonly protect: readonly string[];
}

/** Waits between two looks for the proof, in seconds. */
const patience = { accepted: [1, 2, 3, 4], failed: [1, 3], readOnlyKey: [1] } as const;

const notSeen = "no look has shown the pod since";
const stillRuns = "the pod still runs";
const maybeUnreadable = "the pod may be one of those that cannot be read";

/**
 * Ends a pod: looks whether that is still due, asks RunPod once, and proves it by looking until the
 * pod no longer runs. RunPod's answer decides nothing: a yes may do nothing, an error may have worked.
 */
export async function endPod(
  effect: EndPod,
  deps: EndPodDeps,
  signal: AbortSignal,
): Promise<Outcome | "interrupted"> {
  const before = await lookForEnd(effect, deps, signal);
  if (before.kind !== "due") return signal.aborted ? "interrupted" : before.outcome;

  const answer = await deps.account.end(effect.podId, effect.action, signal);
  const isReadOnlyKey = answer.kind === "failed" && answer.isReadOnlyKey;
  let still: string = notSeen;
  for (const seconds of patience[isReadOnlyKey ? "readOnlyKey" : answer.kind]) {
    await deps.clock.sleepUntil(deps.clock.nowMs() + seconds * 1000, signal);
    if (signal.aborted) return "interrupted";
    const after = await deps.account.look(signal);
    if (after.kind === "blind" || after.pods === "unknown") continue;
    const pod = after.pods.find(({ id }) => id === effect.podId);
    if (pod === undefined ? after.unreadablePods === 0 : !isRunning(pod)) {
      return proven(pod, before, after);
    }
    still = pod === undefined ? maybeUnreadable : stillRuns;
  }
  if (isReadOnlyKey) return failed(`the API key may only read (${answer.because})`);
  return failed(
    answer.kind === "failed"
      ? `RunPod refused (${answer.because}) and ${still}`
      : `RunPod answered yes, and ${still}`,
  );
}

interface Due {
  readonly kind: "due";
  readonly pod: Pod;
  readonly look: Seen;
}

/** The look right before acting: whether, by now, the pod must still be ended. */
export async function lookForEnd(
  { podId, belowUsd }: EndPod,
  { account, protect }: EndPodDeps,
  signal: AbortSignal,
): Promise<Due | { readonly kind: "not-due"; readonly outcome: Outcome }> {
  const look = await account.look(signal);
  if (look.kind === "blind") return notDue(failed(`the account is not seen (${look.because})`));
  if (look.pods === "unknown") return notDue(failed("the pods are not seen"));
  const pod = look.pods.find(({ id }) => id === podId);
  const reason = whyNotEnd(pod, look, belowUsd, { protect });
  if (pod === undefined && look.unreadablePods > 0 && look.balanceUsd < belowUsd) {
    return notDue(failed(maybeUnreadable));
  }
  if (pod === undefined || reason !== undefined) {
    return notDue({
      kind: "moot",
      because: reason ?? "the pod is gone",
      tail: "",
    });
  }
  if (pod.isLocked === true) return notDue(failed("the pod is locked"));
  return { kind: "due", pod, look };
}

function notDue(outcome: Outcome) {
  return { kind: "not-due", outcome } as const;
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}

function proven(pod: Pod | undefined, before: Due, after: Seen): Outcome {
  const state = pod === undefined ? "gone" : pod.status;
  return { kind: "done", because: `the pod is ${state}; ${burnWords(before, after)}`, tail: "" };
}

/** RunPod's bill may lag behind its pods: then the words say so, and the guard goes on looking. */
function burnWords({ pod, look }: Due, after: Seen): string {
  const [was, is] = [look.burnPerHrUsd, after.burnPerHrUsd];
  if (was === undefined || is === undefined) return "the burn is unknown";
  const hasFallen = is <= was - (pod.costPerHrUsd ?? 0) / 2 && is < was;
  const change = `${usd(was)}/hr to ${usd(is)}/hr`;
  return hasFallen ? `the burn fell from ${change}` : `the burn has not fallen yet (${change})`;
}
