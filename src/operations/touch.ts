import type { Settings } from "#config/settings.ts";
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
import { atOnce, type Files } from "./files.ts";
import { record } from "./record.ts";

export interface TouchOptions {
  /** Who asked, for the history: `on the page`. A person at a terminal is not named. */
  readonly by?: string | undefined;
  /** One that comes every second is not worth a record each time. */
  readonly isRecorded?: boolean;
  /** Keeps when it was touched; else the lease file is asked to, at once. */
  readonly keep?: (podId: string, nowMs: number) => Promise<unknown>;
  readonly files?: Files;
}

export interface Touched {
  readonly because: string;
  /** Why it may change nothing, and what could not be written. */
  readonly warnings: readonly string[];
}

/** Marks a pod as active. Throws a UserError when it is not running, or the lease file cannot be written. */
export async function touchPod(
  pod: Pod,
  snapshot: SeenSnapshot,
  nowMs: number,
  { by, isRecorded = true, files = atOnce, ...options }: TouchOptions = {},
): Promise<Touched> {
  const { settings } = snapshot;
  refuseTouch(pod, snapshot, nowMs);
  const keep =
    options.keep ??
    ((podId: string, atMs: number) => files(() => keepTouches({ [podId]: atMs }, settings)));
  await keep(pod.id, nowMs);
  const because = "counts as active from now on";
  const run = factsNow(pod, snapshot, nowMs);
  const said = by === undefined ? because : `${because}, touched ${by}`;
  const troubles = isRecorded
    ? await record({ type: "touch", atMs: nowMs, because: said, run }, settings, files)
    : [];
  return { because, warnings: [...troubles, ...whatToKnow(pod, snapshot)] };
}

/** Throws a UserError when there is nothing to keep. */
export function refuseTouch(pod: Pod, snapshot: SeenSnapshot, nowMs: number): void {
  if (!isRunning(pod)) {
    throw new UserError(
      `${rowTitle(pod)} is not running (${statusWordOf(pod)}): there is nothing to keep.`,
    );
  }
  refuseBeforeDaemonFollows(pod, snapshot, nowMs);
}

/** Keeps when pods were touched, by their ids. */
export async function keepTouches(
  touchedAtMs: Readonly<Record<string, number>>,
  { stateFile }: Pick<Settings, "stateFile">,
): Promise<void> {
  await createLeaseFile(leaseFileOf(stateFile), identityOf).change((book) => ({
    ...book,
    touchedAtMs: { ...book.touchedAtMs, ...touchedAtMs },
  }));
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
