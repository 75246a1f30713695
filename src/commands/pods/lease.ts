import type { Pod } from "#guard/model/account.ts";
import type { LeaseGuard } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { podWords, spanWords, usd } from "#guard/text.ts";
import { choosePod } from "#operations/choose-pod.ts";
import { type Leased, leasePod, type Wish } from "#operations/lease.ts";
import { hoursIn, whatRemains } from "#operations/parse-hours.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { localTime } from "#terminal/local-time.ts";
import { warn } from "#terminal/warn.ts";
import { seePods } from "./seen-pods.ts";

/** Gives a pod a lease, or more of it, and says when it ends and what it costs until then. */
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
    warn(`no guard is watching, so nothing ends it: ${command} watch`, context);
  }
}

function say({ costPerHrUsd, ...pod }: Pod, leased: Leased, context: Context): void {
  const { guard, endsAtMs, atMs, moreMs, hardTimeoutAtMs } = leased;
  const leftMs = endsAtMs - atMs;
  const more = whatRemains(moreMs);
  context.print(
    `${podWords(pod)}: its lease ends at ${localTime(endsAtMs)}, in ${spanWords(leftMs)}; then ${actionWords(guard)}`,
  );
  context.print(
    costPerHrUsd === undefined
      ? "what it costs until then is unknown"
      : `until then it costs ${usd((costPerHrUsd * leftMs) / hourMs, 2)} at ${usd(costPerHrUsd)}/hr`,
  );
  context.print(
    more === undefined ? "no more time after that" : `${spanWords(more.ms)} more at most`,
  );
  if (hardTimeoutAtMs !== undefined) {
    warn(`its hard timeout ends it before that, at ${localTime(hardTimeoutAtMs)}`, context);
  }
}

function actionWords({ action }: LeaseGuard): string {
  switch (action) {
    case "stop":
      return "it is stopped";
    case "terminate":
      return "it is terminated";
    case "notify":
      return "people are told, and it runs on";
    case "agent":
      return "the agent is called";
  }
}
