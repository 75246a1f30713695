import type { Pod } from "#guard/model/account.ts";
import type { LeaseGuard } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { perHour, rowWords, spanWords, usd } from "#guard/text.ts";
import { choosePod } from "#operations/choose-pod.ts";
import { type Leased, leasePod, type Wish } from "#operations/lease.ts";
import { hoursIn, whatRemains } from "#operations/parse-hours.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { localTime } from "#terminal/local-time.ts";
import { warn } from "#terminal/warn.ts";
import { seePods } from "./seen-pods.ts";

/** Gives a pod a lease, or extends it, and says when it ends and what that costs. */
export async function lease(
  wish: Wish,
  word: string,
  hours: string,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const forMs = hoursIn(hours);
  const snapshot = await seePods(options, context);
  const pod = choosePod(word, snapshot.look);
  const leased = await leasePod(wish, pod, forMs, snapshot);
  for (const trouble of leased.troubles) warn(trouble, context);
  say(pod, leased, context);
  if (snapshot.guardPid === undefined) {
    const { command } = snapshot.policy.podGuards;
    warn(
      `the daemon is not running, so nothing stops the pod. Start it: ${command} watch`,
      context,
    );
  }
}

function say({ costPerHrUsd, isLocked, ...pod }: Pod, leased: Leased, context: Context): void {
  const { guard, endsAtMs, actsAtMs, atMs, moreMs, hardTimeoutAtMs } = leased;
  const leftMs = endsAtMs - atMs;
  const burnsMs = actsAtMs - atMs;
  const when =
    actsAtMs > endsAtMs && isLocked !== true
      ? `You are warned first; at ${localTime(actsAtMs)}, in ${spanWords(burnsMs)},`
      : "Then";
  const more = whatRemains(moreMs);
  context.print(
    `The lease of ${rowWords(pod)} ends at ${localTime(endsAtMs)}, in ${spanWords(leftMs)}. ${when} ${actionWords(guard, isLocked === true, nounOf(pod))}.`,
  );
  context.print(
    costPerHrUsd === undefined
      ? "Cost until then: unknown"
      : `Cost until then: ${usd((costPerHrUsd * burnsMs) / hourMs)} at ${perHour(costPerHrUsd)}`,
  );
  context.print(
    more === undefined
      ? "It cannot be extended further."
      : `It can be extended by at most ${spanWords(more.ms)}.`,
  );
  if (hardTimeoutAtMs !== undefined) {
    warn(`the hard timeout ends the pod before that, at ${localTime(hardTimeoutAtMs)}`, context);
  }
}

function nounOf({ cluster }: Pick<Pod, "cluster">): string {
  return cluster === undefined ? "pod" : "cluster";
}

function actionWords({ action }: LeaseGuard, isLocked: boolean, noun: string): string {
  switch (action) {
    case "stop":
    case "terminate":
      if (isLocked) return `nothing stops the ${noun}: it is locked. Unlock it in RunPod's console`;
      return action === "stop" ? "the pod is stopped" : `the ${noun} is terminated`;
    case "notify":
      return "you are notified, and the pod keeps running";
    case "agent":
      return "the agent is called";
  }
}
