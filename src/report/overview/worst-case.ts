import { whyKept, whyNotTouch } from "#guard/account/may-end.ts";
import { otherBurn, type OtherBurn } from "./other-burn.ts";
import { meetsAtMs } from "./meets.ts";
import { putOff } from "./put-off.ts";
import { billingModeOf } from "#guard/account/postpaid.ts";
import { isEveryRunKnown, isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import { own } from "#guard/own-value.ts";
import { comingEnds } from "#guard/pods/rules/first-end.ts";
import { listedPods, perHour, podWords, usd } from "#guard/text.ts";
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
 * Each pod until its guard surely ends it: not counting on idleness, nor on more ends in an hour than
 * may be. A backstop ends what is left some time after its threshold, and RunPod ends the rest at $0. What
 * burns that no pod explains takes of the balance all the while.
 */
export function worstCaseOf(sources: OverviewSources): WorstCase {
  const { look, nowMs, state, policy } = sources;
  if (look.kind === "blind") return unknown("the account is not seen");
  if (look.pods === "unknown") return unknown("RunPod does not list the pods");
  if (!isEveryRunKnown(look)) return unknown("not all of the pods can be read");
  const running = look.pods.filter(isRunning);
  const other = otherBurn(look, state);
  if (running.length === 0) return withoutPods(other, look, sources);
  const unpriced = running.find((pod) => costOf(pod, sources) === undefined);
  if (unpriced !== undefined) {
    return unknown(`what ${podWords(unpriced)} costs is unknown`, billingModeOf(state, look), look);
  }
  if (look.balanceUsd <= 0) {
    return unknown("the balance is at or below $0, and when RunPod ends the pods is not known");
  }
  const spending = putOff(
    running.map((pod) => spendingOf(pod, sources)),
    sources,
  );
  const spent = spendThrough(spending, {
    fromMs: nowMs,
    balanceUsd: look.balanceUsd,
    otherPerHrUsd: other.perHrUsd,
    endsAtZero: billingModeOf(state, look) !== "POSTPAID",
    state,
    thresholds: policy.thresholds,
  });
  const { usd: most, untilMs } = spent;
  return { usd: most, untilMs, words: `${words(spent, sources)}${other.words}` };
}

function withoutPods(other: OtherBurn, look: Seen, { nowMs, state }: OverviewSources): WorstCase {
  const { balanceUsd } = look;
  const idle = "No pod runs";
  if (other.perHrUsd === 0) return { usd: 0, untilMs: undefined, words: `${idle}${other.words}` };
  if (billingModeOf(state, look) === "POSTPAID")
    return unknown(`${idle.toLowerCase()}${other.words}`);
  const burning = `${idle}, but nothing here ends the ${perHour(other.perHrUsd)} that no pod explains`;
  const untilMs = meetsAtMs(look, 0, nowMs);
  return { usd: Math.max(0, balanceUsd), untilMs, words: burning };
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
