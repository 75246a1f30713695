import { cleanName } from "#control-characters.ts";
import { unknownWords } from "#guard/account/may-end.ts";
import { isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import { isEnd, type Notify } from "#guard/model/effect.ts";
import { type PodGuardName, podGuardNames, type Policy } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { isReminded, onItNow } from "#guard/on-it.ts";
import { own } from "#guard/own-value.ts";
import { extended } from "#guard/pods/rules/lease.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { plainNumber } from "#guard/text.ts";
import { type About, type Link, linkLastsMs, type PodLink } from "./link.ts";

/** A button that a notification is to have. */
export interface Offer {
  readonly label: string;
  readonly link: Link;
}

export interface Known {
  readonly state: Pick<GuardState, "runs" | "owed" | "trippedAtMs" | "reminded">;
  readonly policy: Pick<Policy, "protect" | "podGuards" | "thresholds" | "budgets">;
  readonly nowMs: number;
}

/** More would be more than a person looks at. */
const mostPods = 3;
const extendHours = 2;
const onItLabel = "I am on it";
const longestName = 20;

/**
 * What a person could do about a notification from afar: for each running, unprotected pod that it is about, put off
 * its end where that can be, and stop it; and hold the reminders of it. By the notification and the state alone, so
 * that a second try has the same. Pure.
 */
export function offersFor(notice: Notify, look: Seen | undefined, known: Known): readonly Offer[] {
  const { atMs: madeAtMs, isResolution = false } = notice;
  const isOver = madeAtMs === undefined || known.nowMs >= madeAtMs + linkLastsMs;
  if (isOver || isResolution) return [];
  return [...podOffers(notice, madeAtMs, look, known), ...onItOffers(notice, madeAtMs, known)];
}

function onItOffers(
  { topic }: Notify,
  madeAtMs: number,
  { state, policy, nowMs }: Known,
): readonly Offer[] {
  if (topic === undefined || !isReminded(topic, state, policy)) return [];
  if (onItNow(topic, madeAtMs, state, nowMs).kind !== "reminds") return [];
  return [{ label: onItLabel, link: { action: "on-it", topic, madeAtMs } }];
}

function podOffers(
  notice: Notify,
  madeAtMs: number,
  look: Seen | undefined,
  known: Known,
): readonly Offer[] {
  if (look === undefined || look.pods === "unknown") return [];
  const cases = podsOf(notice, look.pods).flatMap((pod): readonly Case[] => {
    const run = own(known.state.runs, pod.id);
    if (run === undefined || run.unsureSinceMs !== undefined || isKept(pod, known)) return [];
    const about = aboutOf(notice, run, known);
    return about === undefined ? [] : [{ pod, run, about }];
  });
  const shown = cases.toSorted(dearestFirst).slice(0, mostPods);
  const isOne = shown.length === 1 && shown[0]?.about.kind === "guard";
  const offers = (make: typeof keepOf): readonly Offer[] =>
    shown.flatMap((each) => {
      const made = make(each, known, isOne ? undefined : nameOf(each.pod));
      return made === undefined
        ? []
        : [{ label: made.label, link: { ...made.act, ...linkedTo(each), madeAtMs } }];
    });
  // What keeps comes first: it is what services that show few of them show.
  return [...offers(keepOf), ...offers(stopOf)];
}

interface Case {
  readonly pod: Pod;
  readonly run: PodRun;
  readonly about: About;
}

type Made = { readonly label: string; readonly act: Pick<PodLink, "action" | "hours"> } | undefined;

function linkedTo({ pod, run, about }: Case): Pick<PodLink, "podId" | "run" | "about"> {
  return { podId: pod.id, run: runNameOf(run), about };
}

/** The pods that it is about; of what all of them bring about, all that run. */
function podsOf({ event, podIds }: Notify, pods: readonly Pod[]): readonly Pod[] {
  const running = pods.filter(isRunning);
  if (podIds !== undefined && podIds.length > 0) {
    const ids = new Set(podIds);
    return running.filter(({ id }) => ids.has(id));
  }
  const isOfAll = event === "trip" || event === "backstop" || event === "zero" || event === "burn";
  return isOfAll ? running : [];
}

/** Nothing could be done to it that a person may do from afar. */
function isKept(pod: Pod, { policy }: Known): boolean {
  return (
    isProtected(pod, policy.protect) || pod.isLocked !== false || unknownWords(pod) !== undefined
  );
}

/** Undefined: nothing that has a button, or it is over by now. */
function aboutOf(
  { event, name, threshold }: Notify,
  run: PodRun,
  { state }: Known,
): About | undefined {
  switch (event) {
    case "warn":
    case "budget":
    case "schedule":
    case "idle":
    case "lease":
    case "hard_timeout":
      return isGuard(name) ? guardAbout(name, run) : undefined;
    case "agent":
      return isGuard(name) ? guardAbout(name, run) : thresholdAbout(threshold ?? name, state);
    case "trip":
    case "backstop":
      return thresholdAbout(threshold ?? name, state);
    case "burn":
    case "zero":
      return { kind: "burn" };
    case "stopped":
    case "estimate":
    case "rearm":
    case "blind":
    case "sighted":
    case "silent":
    case "heard":
    case "on_it":
    case "source":
    case "rehearsal":
    case "billing":
    case "trouble":
    case "recovered":
    case "brief":
    case "drill":
      return undefined;
  }
}

function isGuard(name: string): name is PodGuardName {
  return podGuardNames.some((each) => each === name);
}

/** The end that was announced, or when the guard spoke of the pod without ending it. */
function guardAbout(guard: PodGuardName, run: PodRun): About | undefined {
  const atMs = announcedOf(guard, run);
  return atMs === undefined ? undefined : { kind: "guard", guard, atMs: Math.round(atMs) };
}

/** Changes when the end is put off, or is another one. */
export function announcedOf(guard: PodGuardName, run: PodRun): number | undefined {
  return run.warnedOfMs?.[guard] ?? run.actedAtMs[guard];
}

function thresholdAbout(name: string, { trippedAtMs }: Known["state"]): About | undefined {
  const atMs = own(trippedAtMs, name);
  return atMs === undefined ? undefined : { kind: "threshold", name, atMs: Math.round(atMs) };
}

/** What puts its end off: more time where its lease ends, a touch where it is idle. */
function keepOf({ pod, run, about }: Case, { state, policy, nowMs }: Known, name?: string): Made {
  if (about.kind !== "guard" || isEnding(pod, state)) return undefined;
  const { lease, idle } = policy.podGuards;
  switch (about.guard) {
    case "idle": {
      if (idle === undefined || !isGuardFor(pod, idle)) return undefined;
      return { label: `Keep ${name ?? "it"}`, act: { action: "touch" } };
    }
    case "lease": {
      if (lease === undefined || !isGuardFor(pod, lease)) return undefined;
      const hours = hoursFor(extended(run, lease, extendHours * hourMs, nowMs));
      if (hours === undefined) return undefined;
      const whom = name === undefined ? "" : `${name} `;
      return {
        label: `Extend ${whom}${plainNumber(hours)} h`,
        act: { action: "extend", hours },
      };
    }
    case "budget":
    case "schedule":
    case "hard_timeout":
      return undefined;
  }
}

/** Two hours, or the quarters of an hour that max_hours leaves. */
function hoursFor(answer: ReturnType<typeof extended>): number | undefined {
  switch (answer.kind) {
    case "granted":
      return extendHours;
    case "over-cap": {
      const hours = Math.floor((4 * answer.remainsMs) / hourMs) / 4;
      return hours > 0 ? Math.min(hours, extendHours) : undefined;
    }
    case "no-lease":
      return undefined;
  }
}

/** Not what is being ended already, unless that has failed; and a cluster can only be terminated. */
function stopOf({ pod }: Case, { state }: Known, name?: string): Made {
  if (pod.cluster !== undefined || isEnding(pod, state, 1)) return undefined;
  return { label: name === undefined ? "Stop now" : `Stop ${name} now`, act: { action: "stop" } };
}

function isEnding({ id }: Pod, { owed }: Known["state"], untriedBelow = Infinity): boolean {
  return owed.some((each) => isEnd(each) && each.podId === id && each.tries < untriedBelow);
}

function nameOf({ id, name }: Pod): string {
  const shown = cleanName(name === "" ? id : name);
  const letters = Array.from(shown);
  return letters.length <= longestName ? shown : `${letters.slice(0, longestName - 1).join("")}…`;
}

/** One of unknown cost may be the dearest of all. */
function dearestFirst(a: Case, b: Case): number {
  const [aUsd, bUsd] = [a.pod.costPerHrUsd ?? Infinity, b.pod.costPerHrUsd ?? Infinity];
  return aUsd === bUsd ? 0 : bUsd - aUsd;
}
