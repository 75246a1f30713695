import { type Pod, isRunning } from "#guard/model/account.ts";
import type { Launch, StartedBy } from "#guard/model/launch.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { isEnding } from "#guard/pods/rules/deadlines.ts";
import { originOf } from "#guard/pods/run/started-by.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { newLeaseId } from "#operations/launch/lease-id.ts";
import { startedByWords } from "#operations/launch/start-words.ts";
import { record } from "#operations/record.ts";
import { identityOf } from "#process/identity.ts";
import { factsNow } from "#report/known-run.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";

/** A pod that began so lately may be what a call has just started. */
const latelyMs = 15 * minuteMs;
const usualMs = hourMs;

export interface Adopted {
  readonly pod: Pod;
  readonly endsAtMs: number;
  /** No guard of the daemon ends it by its lease. */
  readonly isHeld: boolean;
}

/** Why nobody can tell which pods are new; undefined: it can be told. */
export function whyNotKnown({ saved, guardPid, book, troubles, nowMs }: SeenSnapshot) {
  if (guardPid === undefined) return "the daemon is not running";
  if (book === "unknown") return "the lease file cannot be read";
  if (troubles.length > 0) return troubles[0];
  const { lookedAtMs } = saved;
  return lookedAtMs === undefined || nowMs - lookedAtMs > latelyMs
    ? "the daemon has not polled lately"
    : undefined;
}

/** The pods that began lately, past this program, and have no lease; each runs and is not protected. */
export function newcomers(snapshot: SeenSnapshot): readonly Pod[] {
  const { look, policy, protect, book, nowMs, saved, runs } = snapshot;
  return look.pods.filter((pod) => {
    const run = own(runs, pod.id);
    if (pod.cluster !== undefined || !isRunning(pod) || run === undefined) return false;
    if (isProtected(pod, [...policy.protect, ...protect])) return false;
    if (run.lease !== undefined || originOf(pod, book).kind !== "elsewhere") return false;
    const seenAtMs = own(saved.runs, pod.id)?.firstSeenAtMs ?? nowMs;
    const beganAtMs = run.startFrom === "first-seen" ? seenAtMs : run.startedAtMs;
    return Math.min(seenAtMs, beganAtMs) > nowMs - latelyMs;
  });
}

/** Writes a lease down for each, unless somebody else did meanwhile, and says so in the history. */
export async function adopt(
  pods: readonly Pod[],
  by: StartedBy,
  snapshot: SeenSnapshot,
): Promise<readonly Adopted[]> {
  const { settings, policy } = snapshot;
  const { lease: guard } = policy.podGuards;
  const forMs = Math.min(
    guard?.defaultMs ?? usualMs,
    guard?.maxMs ?? usualMs,
    settings.launch?.mostMs ?? Infinity,
  );
  let taken: readonly Pod[] = [];
  let endsAtMs = 0;
  await createLeaseFile(leaseFileOf(settings.stateFile), identityOf).change((book) => {
    const atMs = Date.now();
    endsAtMs = atMs + forMs;
    taken = pods.filter((pod) => {
      const given = own(book.leases, pod.id)?.givenAtMs ?? -Infinity;
      return originOf(pod, book).kind === "elsewhere" && given < snapshot.nowMs;
    });
    const launches = taken.map((pod): readonly [string, Launch] => {
      const id = newLeaseId();
      const name = pod.rawName ?? pod.name;
      return [id, { id, name, atMs, endsAtMs, by, podId: pod.id, isAdopted: true }];
    });
    const leases = taken.map(({ id }) => [id, { endsAtMs, givenAtMs: atMs }] as const);
    return {
      ...book,
      leases: { ...book.leases, ...Object.fromEntries(leases) },
      launches: { ...book.launches, ...Object.fromEntries(launches) },
    };
  });
  for (const pod of taken) {
    const because = `taken in: started ${startedByWords(by)}, past runpodboss`;
    const run = factsNow(pod, snapshot, snapshot.nowMs);
    await record({ type: "launch", atMs: Date.now(), because, run, endsAtMs }, settings);
  }
  return taken.map((pod) => ({
    pod,
    endsAtMs,
    isHeld: guard !== undefined && isEnding(guard) && isGuardFor(pod, guard) && !settings.dryRun,
  }));
}
