import { type Pod, runStateOf, type Seen } from "#guard/model/account.ts";
import type { EndStopped, Outcome } from "#guard/model/effect.ts";
import type { StoppedGuard } from "#guard/model/policy.ts";
import { oneSampleAPod } from "#guard/pods/follow/one-sample-a-pod.ts";
import { isAmong } from "#guard/protect.ts";
import type { Account } from "#ports.ts";
import { type Ending, triesOf } from "./end-and-prove.ts";
import { type Present, whyLeft } from "./end-run.ts";

export interface EndStoppedDeps {
  readonly account: Account;
  readonly present: Pick<Present, "isOwed" | "refresh" | "guardedAs">;
  /** As the config has it now. */
  readonly stopped: StoppedGuard | undefined;
  /** The ends, by id, that RunPod has said yes to. */
  readonly accepted: Set<string>;
}

/**
 * The deletion of a pod that has long been stopped, of which only its disk is left: asked again right before
 * with a fresh poll, as nothing brings a disk back.
 */
export function stoppedEnding(effect: EndStopped, deps: EndStoppedDeps): Ending {
  const { id, podId } = effect;
  return {
    podId,
    action: "terminate",
    ...triesOf(id, deps.accepted),
    // It does not run, and is to be deleted all the same.
    isOfStopped: true,
    async whyNot(look, signal) {
      const { stopped, present } = deps;
      if (stopped?.action !== "terminate") return moot("the config no longer asks for it");
      if (!present.isOwed(id)) return moot("it is no longer to be deleted");
      const pod = podIn(look, podId);
      if (pod === undefined) return undefined;
      await present.refresh();
      return (
        whyNotDelete(pod, stopped) ??
        whyLeft(pod, present) ??
        (await hasRunSince(effect, deps, signal))
      );
    },
  };
}

function podIn({ pods }: Seen, podId: string): Pod | undefined {
  return pods === "unknown" ? undefined : pods.find(({ id }) => id === podId);
}

function whyNotDelete(pod: Pod, { losesData, pods }: StoppedGuard): Outcome | undefined {
  if (!isAmong(pod, pods)) return moot("the config no longer asks for it");
  switch (runStateOf(pod)) {
    case "running":
      return moot("the pod runs again");
    case "unknown":
      return failed("it is not known whether the pod runs");
    case "ended":
      break;
  }
  if (losesData || pod.hasNetworkVolume === true) return undefined;
  return pod.hasNetworkVolume === false
    ? moot("it has no network volume, so its data would be lost")
    : failed("it is not known whether it has a network volume");
}

/** Between two polls it may have been started and stopped again: then it has not been stopped for so long. */
async function hasRunSince(
  { podId, stoppedSinceMs }: EndStopped,
  { account }: EndStoppedDeps,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const measured = await account.measure(signal);
  const sample =
    measured.kind === "measured" ? oneSampleAPod(measured.samples).get(podId) : undefined;
  const startedAtMs = sample?.lastStartedAtMs;
  return startedAtMs !== undefined && startedAtMs > stoppedSinceMs
    ? moot("the pod has run since")
    : undefined;
}

function moot(because: string): Outcome {
  return { kind: "moot", because, tail: "" };
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}
