import { whyKept, whyNotTouch } from "#guard/account/may-end.ts";
import { billingModeOf } from "#guard/account/postpaid.ts";
import { isEveryRunKnown, isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import { own } from "#guard/own-value.ts";
import { comingEnds } from "#guard/pods/first-end.ts";
import { listedPods, podWords, usd } from "#guard/text.ts";
import type { OverviewSources } from "./sources.ts";
import { type Spending, type Spent, spendThrough } from "./spend-through.ts";

/** The most that what runs now can still cost, as its guards stand. */
export interface WorstCase {
  /** Undefined: unknown, or without a limit. */
  readonly usd: number | undefined;
  /** When the last of it has ended; undefined: unknown, or nothing ends. */
  readonly untilMs: number | undefined;
  readonly words: string;
}

/**
 * Each pod until its guard surely ends it: not counting on idleness. A backstop ends what is left some
 * time after its threshold, and RunPod ends the rest at $0. Nothing else takes of the balance in it, as
 * that would only bring all of it forward.
 */
export function worstCaseOf(sources: OverviewSources): WorstCase {
  const { look, nowMs, state, policy } = sources;
  if (look.kind === "blind") return unknown("the account is not seen");
  if (look.pods === "unknown") return unknown("RunPod does not list the pods");
  if (!isEveryRunKnown(look)) return unknown("not all of the pods can be read");
  const running = look.pods.filter(isRunning);
  if (running.length === 0) return { usd: 0, untilMs: undefined, words: "No pod runs" };
  const unpriced = running.find((pod) => costOf(pod, sources) === undefined);
  if (unpriced !== undefined) {
    return unknown(`what ${podWords(unpriced)} costs is unknown`, billingModeOf(state, look), look);
  }
  if (look.balanceUsd <= 0) {
    return unknown("the balance is at or below $0, and when RunPod ends the pods is not known");
  }
  const spending = running.map((pod) => spendingOf(pod, sources));
  const spent = spendThrough(spending, {
    fromMs: nowMs,
    balanceUsd: look.balanceUsd,
    endsAtZero: billingModeOf(state, look) !== "POSTPAID",
    state,
    thresholds: policy.thresholds,
  });
  return { usd: spent.usd, untilMs: spent.untilMs, words: words(spent, sources) };
}

function costOf({ id, costPerHrUsd }: Pod, { state }: OverviewSources): number | undefined {
  return costPerHrUsd ?? own(state.runs, id)?.costPerHrUsd;
}

function unknown(because: string, billing?: Seen["billingMode"], look?: Seen): WorstCase {
  const limit =
    look === undefined || look.balanceUsd <= 0 || billing === "POSTPAID"
      ? ""
      : `. No more than the balance: ${usd(look.balanceUsd)}`;
  return { usd: undefined, untilMs: undefined, words: `Unknown: ${because}${limit}` };
}

function spendingOf(pod: Pod, sources: OverviewSources): Spending {
  const { policy, isDryRun } = sources;
  const isHeld = isDryRun || pod.isLocked === true || whyKept(pod, policy.protect) !== undefined;
  return {
    pod,
    costPerHrUsd: costOf(pod, sources) ?? 0,
    endsAtMs: isHeld ? Infinity : sureEndMs(pod, sources),
    isBacked: !isHeld && whyNotTouch(pod, policy) === undefined,
  };
}

/** Idleness may end, and a lease that cannot be read may be a longer one. */
function sureEndMs(pod: Pod, { state, policy, nowMs }: OverviewSources): number {
  const run = own(state.runs, pod.id);
  if (run === undefined || run.unsureSinceMs !== undefined) return Infinity;
  const { leaseBook = "unknown" } = state;
  const sure = comingEnds(run, pod, state, policy, nowMs).find(
    ({ by }) => by === "hard_timeout" || (by === "lease" && leaseBook !== "unknown"),
  );
  return sure?.atMs ?? Infinity;
}

function words({ usd: cost, endless, by }: Spent, { isDryRun }: OverviewSources): string {
  const dry = isDryRun ? "A dry run ends nothing. " : "";
  if (endless.length === 0) {
    return by === undefined
      ? "Each pod until its guard ends it"
      : `Each pod until its guard ends it, or the backstop of ${by} ends what is left`;
  }
  const who = listedPods(
    endless.map(({ id, name, cluster }) => ({ podId: id, name, isCluster: cluster !== undefined })),
  );
  const rest =
    cost === undefined
      ? "and RunPod bills afterwards: there is no limit"
      : `so ${endless.length === 1 ? "it runs" : "they run"} on until the balance is $0`;
  return `${dry}Nothing here surely ends ${who}, ${rest}`;
}
