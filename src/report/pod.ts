import { whyKept } from "#guard/account/may-end.ts";
import {
  type ClusterMember,
  type EndAction,
  type Pod,
  type PodSample,
  runStateOf,
} from "#guard/model/account.ts";
import type { PodGuardName, Policy } from "#guard/model/policy.ts";
import type { LeaseBook, PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { isEnding } from "#guard/pods/rules/deadlines.ts";
import { comingEnds } from "#guard/pods/rules/first-end.ts";
import { type GuardedAs, guardedAs, type Named } from "#guard/pods/rules/foreign.ts";
import { namedIn } from "#guard/pods/run/named-in.ts";
import { type Origin, originOf } from "#guard/pods/run/started-by.ts";
import { factsOf } from "#guard/pods/run/run-facts.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";

/** What is known, that there is no such thing, or that nobody knows. */
export type Known<Value> = Value | "none" | "unknown";

/** A pod and what it comes to. */
export interface PodReport {
  readonly id: string;
  readonly name: string;
  readonly gpu: Known<{ readonly type: string; readonly count: number | undefined }>;
  /** RunPod's word; undefined where only the guard has seen it, a while ago. */
  readonly status: string | undefined;
  /** It is a whole cluster; its members are undefined where only the guard has seen it. */
  readonly cluster?: { readonly members: readonly ClusterMember[] | undefined } | undefined;
  readonly isProtected: boolean;
  /** Why nothing will end it, whatever its guards say. */
  readonly heldBy: "protected" | "locked" | "unknown" | undefined;
  readonly startedBy: Origin;
  /** What the guards of single pods do with it, by who started it. */
  readonly guardedAs: GuardedAs;
  readonly costPerHrUsd: number | undefined;
  readonly uptimeMs: Known<number>;
  /** It was running already when it was first seen: it may be up for longer, and cost more. */
  readonly isAtLeast: boolean;
  readonly idleMs: Known<number>;
  /** The first end that will really come, as things stand. */
  readonly end: Known<PodEnd>;
  readonly costUsd: Known<number>;
  readonly totalUsd: Known<number>;
}

export interface PodEnd {
  readonly guard: PodGuardName | "backstop";
  readonly action: EndAction;
  readonly atMs: number;
  /** Negative when it is past. */
  readonly leftMs: number;
}

/** What the reports of all pods are made from. */
export interface PodSources {
  readonly policy: Policy;
  readonly runs: GuardState["runs"];
  readonly book: LeaseBook | "unknown" | undefined;
  /** What the guard itself had written down. */
  readonly saved: Pick<
    GuardState,
    "runs" | "owed" | "fired" | "trippedAtMs" | "hoursCrossed" | "scheduled" | "budgets"
  >;
  /** What the calendar says now; undefined: it could not be asked. */
  readonly moments: GuardState["moments"];
  readonly samples: readonly PodSample[];
  /** The moment for which it is told. */
  readonly atMs: number;
}

/** A pod that the look has shown. */
export function podReport(pod: Pod, sources: PodSources): PodReport {
  const { id, name, word, costPerHrUsd } = pod;
  const run = own(sources.runs, id);
  const shared = {
    id,
    name,
    status: word,
    gpu: gpuOf(id, run, sources.samples),
    ...(pod.cluster !== undefined && { cluster: pod.cluster }),
    isProtected: isProtected(pod, sources.policy.protect),
    heldBy: whyHeld(pod, sources.policy),
    startedBy: originOf(pod, sources.book),
    guardedAs: asOf(pod, sources),
    costPerHrUsd: costPerHrUsd ?? run?.costPerHrUsd,
  };
  switch (runStateOf(pod)) {
    case "ended":
      return { ...shared, costPerHrUsd: undefined, ...nothing("none") };
    case "unknown":
      return { ...shared, ...nothing("unknown") };
    case "running":
      return run === undefined
        ? { ...shared, ...nothing("unknown") }
        : { ...shared, ...runReport(run, pod, shared.heldBy, sources) };
  }
}

/** A pod that only the guard has seen; what it was when it was listed last is known where it was. */
export function unseenPodReport(run: PodRun, sources: PodSources, listed?: Pod): PodReport {
  const { podId: id, name, costPerHrUsd } = run;
  const pod = namedIn(run);
  const isKept = isProtected(pod, sources.policy.protect);
  const held = isKept ? "protected" : listed && whyHeld(listed, sources.policy);
  return {
    id,
    name,
    status: undefined,
    gpu: gpuOf(id, run, sources.samples),
    ...(pod.cluster !== undefined && { cluster: { members: undefined } }),
    isProtected: isKept,
    heldBy: held,
    startedBy: originOf(listed ?? pod, sources.book),
    guardedAs: asOf(listed ?? pod, sources),
    costPerHrUsd,
    ...runReport(run, pod, held, sources),
  };
}

function asOf(pod: Named & Partial<Pod>, { runs, book, policy }: PodSources): GuardedAs {
  const run = pod.status === "stopped" ? undefined : own(runs, pod.id);
  return guardedAs(pod, run, book, policy.podGuards);
}

type RunReport = Pick<
  PodReport,
  "uptimeMs" | "isAtLeast" | "idleMs" | "end" | "costUsd" | "totalUsd"
>;
function nothing(because: "none" | "unknown"): RunReport {
  return {
    uptimeMs: because,
    isAtLeast: false,
    idleMs: because,
    end: because,
    costUsd: because,
    totalUsd: because,
  };
}

function whyHeld(pod: Pod, { protect }: Policy): PodReport["heldBy"] {
  return whyKept(pod, protect)?.is ?? (pod.isLocked === true ? "locked" : undefined);
}

function runReport(
  run: PodRun,
  pod: Named,
  held: PodReport["heldBy"],
  sources: PodSources,
): RunReport {
  const { atMs, saved } = sources;
  const wasWatched = own(saved.runs, run.podId) !== undefined;
  // Of what nobody watched, and which does not tell either, nothing is known but that it runs.
  const isTimed = run.unsureSinceMs === undefined && (wasWatched || run.startFrom !== "first-seen");
  const { uptimeMs, costUsd } = factsOf(run, atMs);
  const end = held === undefined ? endOf(run, pod, isTimed, sources) : "none";
  return {
    uptimeMs: isTimed ? uptimeMs : "unknown",
    isAtLeast: run.startFrom === "first-seen",
    idleMs: idleOf(run, pod, wasWatched, sources),
    end,
    costUsd: (isTimed ? costUsd : undefined) ?? "unknown",
    totalUsd: totalOf(run, end, atMs),
  };
}

function endOf(
  run: PodRun,
  pod: Named,
  isTimed: boolean,
  { policy, book, saved, moments, atMs }: PodSources,
): Known<PodEnd> {
  const { lease } = policy.podGuards;
  const ends = comingEnds(run, pod, { ...saved, moments, leaseBook: book }, policy, atMs);
  const isLeaseUnknown =
    lease !== undefined && isEnding(lease) && isGuardFor(pod, lease) && book === "unknown";
  if (ends.length === 0 && !isLeaseUnknown) return "none";
  if (!isTimed) return "unknown";
  const isWhoseUnknown = guardedAs(pod, run, book, policy.podGuards) === "unknown";
  if (isWhoseUnknown && ends.every(({ by }) => by !== "backstop" && by !== "budget")) {
    return "unknown";
  }
  // A lease that cannot be read may end at any time; what no lease puts off is due all the same.
  const certain = isLeaseUnknown
    ? ends.filter((end) => end.by !== "lease" && end.by !== "idle" && end.atMs <= atMs)
    : ends;
  const [first] = certain;
  return first === undefined
    ? "unknown"
    : { guard: first.by, action: first.action, atMs: first.atMs, leftMs: first.atMs - atMs };
}

function idleOf(
  run: PodRun,
  pod: Named,
  wasWatched: boolean,
  { policy, book, atMs }: PodSources,
): Known<number> {
  const { idleMs, loadKnownAtMs } = run;
  const { idle, gapMs } = policy.podGuards;
  if (idle === undefined || !isGuardFor(pod, idle) || isProtected(pod, policy.protect)) {
    return "none";
  }
  if (guardedAs(pod, run, book, policy.podGuards) === "ignore") return "none";
  const isKnown = wasWatched && loadKnownAtMs !== undefined && atMs - loadKnownAtMs <= gapMs;
  return isKnown ? idleMs : "unknown";
}

/** By its end; past that, what it has come to already. */
function totalOf(run: PodRun, end: Known<PodEnd>, atMs: number): Known<number> {
  if (end === "none" || end === "unknown") return end;
  if (run.costPerHrUsd === undefined) return "unknown";
  const forMs = Math.max(end.atMs, atMs) - run.startedAtMs;
  return (run.costPerHrUsd * forMs) / hourMs;
}

function gpuOf(
  podId: string,
  run: PodRun | undefined,
  samples: readonly PodSample[],
): PodReport["gpu"] {
  const sample = samples.find((each) => each.podId === podId);
  const count = sample?.gpuPercents?.length;
  if (count === 0) return "none";
  const type = sample?.gpuType ?? run?.gpuType;
  return type === undefined ? "unknown" : { type, count };
}
