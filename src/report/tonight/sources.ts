import { isRunning, type Pod } from "#guard/model/account.ts";
import type { Effect, Notify } from "#guard/model/effect.ts";
import type { Policy, PodGuards } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { own } from "#guard/own-value.ts";
import { guardedAs } from "#guard/pods/rules/foreign.ts";
import { isProtected } from "#guard/protect.ts";
import type { Wanted } from "./live-through.ts";
import { type Heard, type Told, toldBy } from "./told.ts";

/** One made-up future, and what would come of it. */
export interface TonightRow {
  /** `a pod idles for 30 min`. */
  readonly when: string;
  /** What people hear and what is done, in words. */
  readonly outcome: readonly string[];
  /** Nobody hears of it, or nothing acts where something should. */
  readonly isWarning: boolean;
  /** Whether another config would help. */
  readonly isMendable: boolean;
}

/** What the futures are made of. */
export interface TonightSources {
  readonly policy: Policy;
  readonly pollIntervalMs: number;
  readonly pods: readonly Pod[] | "unknown";
  /** By which it is known of a pod that it was started here. */
  readonly book: LeaseBook | "unknown";
  /** Whether this gets through by the way that it is owed to. */
  readonly heard: (notice: Notify) => Heard;
  /** Whether somebody outside hears when the daemon ends. */
  readonly hasHeartbeat: boolean;
  /** What the guard outside does then, and `gone` where it cannot; undefined: there is none. */
  readonly onSilence?: "notify" | "guard" | "gone" | undefined;
  /** It reaches nobody by any channel. */
  readonly isMuteOutside?: boolean;
  readonly nowMs: number;
  /** Whether the config has an agent. */
  readonly hasAgent: boolean;
  /** Nothing is run or stopped. */
  readonly dryRun: boolean;
}

/** What of it would be carried out. */
export function carriedOut(
  wanted: readonly Wanted[],
  { heard, hasAgent, dryRun }: TonightSources,
): readonly Wanted[] {
  return wanted.filter(({ effect }) => !dryRun && isPossible(effect));

  function isPossible(effect: Effect): boolean {
    switch (effect.kind) {
      case "notify":
        return heard(effect).kind !== "nobody";
      case "call-agent":
      case "call-budget-agent":
      case "call-pod-agent":
        return hasAgent;
      case "end-pod":
      case "end-run":
      case "end-stopped":
        return true;
    }
  }
}

const newPod: Pod = {
  id: "a-new-pod",
  name: "a-new-pod",
  rawName: "a-new-pod",
  status: "running",
  word: undefined,
  costPerHrUsd: 1,
  hasNetworkVolume: false,
  isLocked: false,
};

/** The running pods that the guard may end; where there are none, one that is started tonight. */
export function podsOf(sources: TonightSources): readonly [Pod, ...Pod[]] {
  const [first, ...others] = openIn(sources).filter(({ cluster }) => cluster === undefined);
  return first === undefined ? [newPod] : [first, ...others];
}

/** The running clusters that are not protected. */
export function clustersOf(sources: TonightSources): readonly Pod[] {
  return openIn(sources).filter(({ cluster }) => cluster !== undefined);
}

function openIn({ pods, policy }: TonightSources): readonly Pod[] {
  return (pods === "unknown" ? [] : pods).filter(
    (pod) => isRunning(pod) && !isProtected(pod, policy.protect),
  );
}

/** What becomes of a pod because of who started it: nothing of that where it is ours. */
export function foreignFor(
  pod: Pod,
  { book, policy: { podGuards } }: Pick<TonightSources, "book" | "policy">,
): PodGuards["foreign"] {
  const isLeased = book !== "unknown" && own(book.leases, pod.id) !== undefined;
  const isOurs = isLeased || guardedAs(pod, undefined, book, podGuards) === "guard";
  return isOurs ? undefined : podGuards.foreign;
}

/** A future of so many polls is long enough to show what happens. */
const mostSteps = 120;

/** From one poll to the next, and a policy in which polls so far apart leave no gap. */
export function paceOf({ policy, pollIntervalMs }: TonightSources, lastsMs: number) {
  const stepMs = Math.max(pollIntervalMs, Math.ceil(lastsMs / mostSteps));
  const { podGuards } = policy;
  const gapMs = Math.max(podGuards.gapMs, 3 * stepMs);
  return { stepMs, paced: { ...policy, podGuards: { ...podGuards, gapMs } } };
}

/** Whether people are told of some of what is wanted. */
export function toldOf(
  wanted: readonly Wanted[],
  { heard, nowMs }: TonightSources,
  isMeant: (notice: Notify) => boolean = () => true,
): Told {
  const notices = wanted.flatMap(({ effect }) =>
    effect.kind === "notify" && isMeant(effect) ? [effect] : [],
  );
  return toldBy(notices.map(heard), nowMs);
}
