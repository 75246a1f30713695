import { isEnd } from "#guard/model/effect.ts";
import type { PodGuardName } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { type OnIt, onItName, onItNow } from "#guard/on-it.ts";
import { own } from "#guard/own-value.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { listedPods } from "#guard/text.ts";
import { linkLastsMs, type OnItLink, type PodLink } from "./link.ts";
import { announcedOf } from "./offers.ts";

/** Whether what a button was for is still so. */
export type Standing =
  | { readonly kind: "stands"; readonly run: PodRun }
  /** For good. */
  | { readonly kind: "over"; readonly because: string }
  /** It may be told in a while. */
  | { readonly kind: "unsure"; readonly because: string };

/** A start that becomes known better, and a clock that is set right, move a time by seconds. */
const sameMs = 30_000;

/** By what the guard knows now. What must not be done to a pod is refused by whoever does it. Pure. */
export function standingOf(
  link: PodLink,
  state: Pick<GuardState, "runs" | "owed" | "trippedAtMs"> & {
    /** Undefined: nothing has been seen yet. */
    readonly lastSeen?: unknown;
  },
  nowMs: number,
): Standing {
  if (isTooOld(link, nowMs)) return over(tooOld);
  const run = own(state.runs, link.podId);
  if (run === undefined) return over(`pod ${link.podId} no longer runs`);
  const words = titleOf(run);
  if (runNameOf(run) !== link.run) return over(`${words} was stopped and started again since`);
  if (run.unsureSinceMs !== undefined || state.lastSeen === undefined) {
    return {
      kind: "unsure",
      because: `whether ${words} still runs is not known now, as no poll has worked for a while`,
    };
  }
  const isOver = whyOver(link, run, state);
  return isOver === undefined ? { kind: "stands", run } : over(isOver);
}

/** Whether somebody can be on it still, or is. */
export type OnItStanding =
  Exclude<OnIt, { readonly kind: "over" }> | { readonly kind: "over"; readonly because: string };

export function onItStandingOf(
  { topic, madeAtMs }: OnItLink,
  state: Pick<GuardState, "reminded">,
  nowMs: number,
): OnItStanding {
  const found = onItNow(topic, madeAtMs, state, nowMs);
  if (found.kind === "over") {
    return { kind: "over", because: `what was told of ${onItName(topic)} is over` };
  }
  const isOld = found.kind === "reminds" && isTooOld({ madeAtMs }, nowMs);
  return isOld ? { kind: "over", because: tooOld } : found;
}

const tooOld = "it was good for 24 hours, which are over";

function isTooOld({ madeAtMs }: Pick<PodLink, "madeAtMs">, nowMs: number): boolean {
  return nowMs >= madeAtMs + linkLastsMs;
}

function whyOver(
  { action, about }: PodLink,
  run: PodRun,
  { owed, trippedAtMs }: Pick<GuardState, "owed" | "trippedAtMs">,
): string | undefined {
  const words = titleOf(run);
  const isEnding = owed.some((each) => isEnd(each) && each.podId === run.podId);
  if (isEnding && action !== "stop") return `${words} is already being stopped`;
  switch (about.kind) {
    case "guard": {
      const atMs = announcedOf(about.guard, run);
      if (atMs === undefined) return `${whatOf(about.guard)} of ${words} was put off since`;
      return isSame(atMs, about.atMs)
        ? undefined
        : `${whatOf(about.guard)} of ${words} was put off since, and announced anew`;
    }
    case "threshold": {
      const atMs = own(trippedAtMs, about.name);
      if (atMs === undefined) return `the balance is back above ${about.name}`;
      return isSame(atMs, about.atMs)
        ? undefined
        : `the balance was back above ${about.name} since, and has crossed it anew`;
    }
    case "burn":
      return undefined;
    case "test":
      return "it was only a test";
  }
}

function isSame(aMs: number, bMs: number): boolean {
  return Math.abs(aMs - bMs) <= sameMs;
}

/** Whose end it was. */
function whatOf(guard: PodGuardName): string {
  switch (guard) {
    case "idle":
      return "the end by the idle guard";
    case "lease":
      return "the end by the lease guard";
    case "budget":
      return "the end by the budget";
    case "schedule":
      return "the end by the schedule";
    case "hard_timeout":
      return "the end by the hard timeout";
  }
}

/** `pod trainer (p1)`. */
function titleOf({ podId, name, isCluster }: PodRun): string {
  return listedPods([{ podId, name, isCluster }]);
}

function over(because: string): Standing {
  return { kind: "over", because };
}
