import { isRunning, type Pod } from "#guard/model/account.ts";
import type { Effect, Notify } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { isProtected } from "#guard/protect.ts";
import type { Wanted } from "./live-through.ts";

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
  /** Whether the config has a notify command for this notice. */
  readonly isHeard: (notice: Notify) => boolean;
  /** Whether the config has an agent. */
  readonly hasAgent: boolean;
  /** Whether somebody outside listens for the guard. */
  readonly hasHeartbeat: boolean;
  /** Nothing is run or stopped. */
  readonly dryRun: boolean;
}

/** What of it would be carried out. */
export function carriedOut(
  wanted: readonly Wanted[],
  { isHeard, hasAgent, dryRun }: TonightSources,
): readonly Wanted[] {
  return wanted.filter(({ effect }) => !dryRun && isPossible(effect));

  function isPossible(effect: Effect): boolean {
    switch (effect.kind) {
      case "notify":
        return isHeard(effect);
      case "call-agent":
      case "call-pod-agent":
        return hasAgent;
      case "end-pod":
      case "end-run":
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

/** A future of so many polls is long enough to show what happens. */
const mostSteps = 500;

/** From one poll to the next, and a policy in which polls so far apart leave no gap. */
export function paceOf({ policy, pollIntervalMs }: TonightSources, lastsMs: number) {
  const stepMs = Math.max(pollIntervalMs, Math.ceil(lastsMs / mostSteps));
  const { podGuards } = policy;
  const gapMs = Math.max(podGuards.gapMs, 3 * stepMs);
  return { stepMs, paced: { ...policy, podGuards: { ...podGuards, gapMs } } };
}

/** "you are told" or that nobody is. */
export function toldWords(isTold: boolean): string {
  return isTold ? "you are told" : "nobody is told";
}
