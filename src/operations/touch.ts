import { UserError } from "#errors.ts";
import { isRunning, type Pod, statusWordOf } from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { rowTitle } from "#guard/text.ts";
import { identityOf } from "#process/identity.ts";
import { factsNow } from "#report/known-run.ts";
import type { SeenSnapshot } from "#report/snapshot.ts";
import { createLeaseFile } from "#store/lease-file.ts";
import { leaseFileOf } from "#store/paths.ts";
import { refuseBeforeDaemonFollows } from "./daemon-clock.ts";
import { record } from "./record.ts";

export interface Touched {
  readonly because: string;
  /** Why it may change nothing, and what could not be written. */
  readonly warnings: readonly string[];
}

/** Marks a pod as active. Throws a UserError when it is not running, or the lease file cannot be written. */
export async function touchPod(pod: Pod, snapshot: SeenSnapshot, nowMs: number): Promise<Touched> {
  const { settings } = snapshot;
  if (!isRunning(pod)) {
    throw new UserError(
      `${rowTitle(pod)} is not running (${statusWordOf(pod)}): there is nothing to keep.`,
    );
  }
  refuseBeforeDaemonFollows(pod, snapshot, nowMs);
  await createLeaseFile(leaseFileOf(settings.stateFile), identityOf).change((book) => ({
    ...book,
    touchedAtMs: { ...book.touchedAtMs, [pod.id]: nowMs },
  }));
  const because = "counts as active from now on";
  const run = factsNow(pod, snapshot, nowMs);
  const troubles = await record({ type: "touch", atMs: nowMs, because, run }, settings);
  return { because, warnings: [...troubles, ...whatToKnow(pod, snapshot)] };
}

function whatToKnow(pod: Pod, { policy, saved, guardPid }: SeenSnapshot): readonly string[] {
  const { idle, command } = policy.podGuards;
  const noun = pod.cluster === undefined ? "pod" : "cluster";
  const isEnding = saved.owed.some((effect) => isEnd(effect) && effect.podId === pod.id);
  return [
    ...(idle === undefined ? ["the config has no idle guard, so this changes nothing"] : []),
    ...(idle !== undefined && !isGuardFor(pod, idle)
      ? [`guards.idle.${noun}s does not match the ${noun}, so this changes nothing`]
      : []),
    ...(isProtected(pod, policy.protect)
      ? [`the ${noun} is protected, so no guard stops it anyway`]
      : []),
    ...(pod.isLocked === true ? [`the ${noun} is locked, so nothing stops it anyway`] : []),
    ...(isEnding ? [`the ${noun} is already being stopped, so this may be too late`] : []),
    ...(guardPid === undefined ? [`the daemon is not running. Start it: ${command} watch`] : []),
  ];
}
