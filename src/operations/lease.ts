import { UserError } from "#errors.ts";
import { unknownWords } from "#guard/account/may-end.ts";
import { isRunning, type Pod, runStateOf, statusWordOf } from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import type { LeaseGuard } from "#guard/model/policy.ts";
import type { Lease, LeaseBook, PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { hourMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { type Deadline, deadlinesOf, isEnding } from "#guard/pods/rules/deadlines.ts";
import { extended, granted, withSaid } from "#guard/pods/rules/lease.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { plainNumber, rowTitle, spanWords } from "#guard/text.ts";
import { identityOf } from "#process/identity.ts";
import { factsNow, knownRunOf } from "#report/known-run.ts";
import { savedState, type SeenSnapshot } from "#report/snapshot.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { localTime } from "#terminal/local-time.ts";
import { refuseBeforeDaemonFollows } from "./daemon-clock.ts";
import { atOnce, type Files } from "./files.ts";
import { whatRemains } from "./parse-hours.ts";
import { record } from "./record.ts";

/** `lease` gives a pod time from now, `extend` adds to the time that it has. */
export type Wish = "lease" | "extend";

export interface Leased {
  readonly guard: LeaseGuard;
  readonly atMs: number;
  readonly endsAtMs: number;
  /** When it is acted on: a pod is not stopped before it was warned of for long enough. */
  readonly actsAtMs: number;
  /** By how much it could still be extended. */
  readonly moreMs: number;
  /** What else ends the run before the lease does, the first of it. */
  readonly sooner: Deadline | undefined;
  /** What could not be written although the lease was given. */
  readonly troubles: readonly string[];
}

export interface LeaseOptions {
  /** Who asked, for the history: `on the page`. A person at a terminal is not named. */
  readonly by?: string | undefined;
  /** A dry run: all is as it would be, and nothing is written. */
  readonly isDry?: boolean;
  /** What the guard has decided by now; else what it has saved is read. */
  readonly savedNow?: () => GuardState;
  readonly files?: Files;
}

/**
 * Gives a pod a lease, or extends it, up to max_hours. When it is refused, writes nothing and throws a
 * UserError that says why.
 */
export async function leasePod(
  wish: Wish,
  pod: Pod,
  forMs: number,
  snapshot: SeenSnapshot,
  { by, isDry = false, savedNow, files = atOnce }: LeaseOptions = {},
): Promise<Leased> {
  const { settings } = snapshot;
  const guard = leaseGuardOf(pod, snapshot);
  const run = runOf(pod, snapshot);
  refuseOnceEnding(pod, run, snapshot.saved);

  const withIt = async (before: LeaseBook): Promise<LeaseBook> => {
    // The stop may have begun while we waited for the lock.
    const saved = savedNow?.() ?? (await stateNow(pod, settings.stateFile));
    refuseOnceEnding(pod, run, saved);
    const nowMs = Date.now();
    refuseBeforeDaemonFollows(pod, { saved, guardPid: snapshot.guardPid }, nowMs);
    const current = withSaid(run, before, nowMs);
    const endsAtMs = endOf(wish, pod, current, guard, forMs, nowMs);
    const givenAtMs = Math.max(nowMs, current.lease?.givenAtMs ?? 0);
    return { ...before, leases: { ...before.leases, [pod.id]: { endsAtMs, givenAtMs } } };
  };
  const file = createLeaseFile(leaseFileOf(settings.stateFile), identityOf);
  const book = await files(async () => (isDry ? withIt(await file.read()) : file.change(withIt)));
  const given = own(book.leases, pod.id);
  if (given === undefined) throw new Error("the lease just given is missing");

  const atMs = Date.now();
  const { endsAtMs } = given;
  const who = by === undefined ? "" : ` ${by}`;
  const because = `${wish === "lease" ? "given" : "extended by"} ${spanWords(forMs)}${who}`;
  const facts = { run: factsNow(pod, snapshot, atMs), endsAtMs };
  return {
    guard,
    atMs,
    endsAtMs,
    actsAtMs: isEnding(guard)
      ? Math.max(endsAtMs, atMs + snapshot.policy.podGuards.warnMs)
      : endsAtMs,
    moreMs: run.startedAtMs + guard.maxMs - endsAtMs,
    sooner: endBefore(given, run, pod, snapshot, atMs),
    troubles: isDry ? [] : await record({ type: wish, atMs, because, ...facts }, settings, files),
  };
}

/** Of what a lease and activity do not put off. */
function endBefore(
  lease: Lease,
  run: PodRun,
  pod: Pod,
  { policy, saved, moments, book: leaseBook }: SeenSnapshot,
  atMs: number,
): Deadline | undefined {
  return deadlinesOf({ ...run, lease }, pod, { ...saved, moments, leaseBook }, policy, atMs)
    .filter((each) => each.guard !== "idle" && each.guard !== "lease" && isEnding(each))
    .filter((each) => each.atMs < lease.endsAtMs)
    .toSorted((a, b) => a.atMs - b.atMs)
    .at(0);
}

async function stateNow(pod: Pod, stateFile: string): Promise<GuardState> {
  const { saved, troubles } = await savedState(stateFile);
  if (troubles.length === 0) return saved;
  throw new UserError(
    `${rowTitle(pod)} cannot get a lease: whether its stop has begun is not known.`,
    {
      hint: troubles.join("\n"),
    },
  );
}

function leaseGuardOf(pod: Pod, { policy, settings, unread }: SeenSnapshot): LeaseGuard {
  const { lease: guard } = policy.podGuards;
  const words = rowTitle(pod);
  if (guard === undefined && settings.guards.lease !== undefined && unread !== undefined) {
    throw new UserError(`${words} cannot get a lease: the daemon has no lease guard in force.`, {
      hint: "It was added to the config later. Reload the daemon first.",
    });
  }
  if (guard === undefined) {
    throw new UserError(`${words} cannot get a lease: the config has no lease guard.`, {
      hint: `Add guards.lease to ${settings.configPath}.`,
    });
  }
  if (!isGuardFor(pod, guard)) {
    const isCluster = pod.cluster !== undefined;
    const key = isCluster ? "guards.lease.clusters" : "guards.lease.pods";
    const needed = isCluster ? ', with "action": "terminate",' : "";
    throw new UserError(`${words} cannot get a lease: ${key} does not match it.`, {
      hint: `Add it to ${key}${needed} in ${settings.configPath}.`,
    });
  }
  if (isProtected(pod, policy.protect)) {
    throw new UserError(`${words} cannot get a lease: it is protected, so no guard stops it.`, {
      hint: `Remove it from protect in ${settings.configPath} first.`,
    });
  }
  return guard;
}

function runOf(pod: Pod, snapshot: SeenSnapshot): PodRun {
  const words = rowTitle(pod);
  const because = runStateOf(pod) === "unknown" ? unknownWords(pod) : undefined;
  if (because !== undefined) {
    throw new UserError(`${words} cannot get a lease: ${because}.`, {
      hint: "Look in RunPod's console whether it runs.",
    });
  }
  if (!isRunning(pod)) {
    throw new UserError(`${words} cannot get a lease: it is not running (${statusWordOf(pod)}).`, {
      hint: "Start it first.",
    });
  }
  if (snapshot.book === "unknown") {
    throw new UserError(`${words} cannot get a lease: the lease file cannot be read.`, {
      hint: snapshot.troubles.join("\n"),
    });
  }
  const run = knownRunOf(pod.id, snapshot);
  if (run === undefined) {
    throw new UserError(`${words} cannot get a lease: when it started is unknown.`, {
      hint: `Try again in a minute, with ${snapshot.policy.podGuards.command} watch running.`,
    });
  }
  return run;
}

/** A pod that is being stopped gets no more time; an end of an earlier run does not count. */
function refuseOnceEnding(pod: Pod, run: PodRun, saved: GuardState): void {
  const savedRun = own(saved.runs, pod.id) ?? run;
  const isOfThisRun = savedRun.firstSeenAtMs === run.firstSeenAtMs;
  const ending = saved.owed.find(
    (effect) =>
      isEnd(effect) && (effect.kind === "end-pod" || isOfThisRun) && effect.podId === pod.id,
  );
  if (ending === undefined) return;
  throw new UserError(`${rowTitle(pod)} is already being stopped (${ending.because}).`, {
    hint: "It gets no more time. You can start it again once it has stopped.",
  });
}

function endOf(
  wish: Wish,
  pod: Pod,
  run: PodRun,
  guard: LeaseGuard,
  forMs: number,
  nowMs: number,
): number {
  const words = rowTitle(pod);
  const found = (wish === "lease" ? granted : extended)(run, guard, forMs, nowMs);
  switch (found.kind) {
    case "no-lease":
      throw new UserError(`${words} has no lease to extend.`, {
        hint: `Give it one: runpodboss lease POD ${plainNumber(forMs / hourMs)}`,
      });
    case "over-cap":
      throw overCap(words, run, guard, found.remainsMs);
    case "granted":
      if (found.endsAtMs > nowMs) return found.endsAtMs;
      throw new UserError(
        `${words} needs more than that: even extended, its lease ended at ${localTime(found.endsAtMs)}.`,
        { hint: "Give it a lease from now: runpodboss lease POD HOURS" },
      );
  }
}

function overCap(
  words: string,
  { startedAtMs }: PodRun,
  { maxMs }: LeaseGuard,
  remainsMs: number,
): UserError {
  const cap = `max_hours is ${plainNumber(maxMs / hourMs)}, and it started at ${localTime(startedAtMs)}`;
  const left = whatRemains(remainsMs);
  return left === undefined
    ? new UserError(`${words} cannot get more time: ${cap}.`)
    : new UserError(
        `${words} can get at most ${spanWords(left.ms)} more (${left.hours} hours): ${cap}.`,
      );
}
