import { cleanName } from "#control-characters.ts";
import { clusterOf, type EndAction, isRunning, type Pod } from "#guard/model/account.ts";
import { own } from "#guard/own-value.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { rowTitle, rowWords } from "#guard/text.ts";
import type { Turns } from "#effects/turns.ts";
import type { Asked } from "#http/deps.ts";
import { choosePod } from "#operations/choose-pod.ts";
import { endedWords, interruptedWords } from "#operations/end-words.ts";
import type { Files } from "#operations/files.ts";
import { leasedWords } from "#operations/lease-words.ts";
import { leasePod } from "#operations/lease.ts";
import { pollingWords } from "#operations/manual-stop.ts";
import { planEnds } from "#operations/stop-plan.ts";
import { stopPods, type Stopped } from "#operations/stop.ts";
import { refuseTouch, touchPod } from "#operations/touch.ts";
import type { Paces } from "#paces.ts";
import { type DaemonMemory, snapshotNow, snapshotOfMemory } from "#report/daemon-snapshot.ts";
import { type SeenSnapshot, type Snapshot, withPodsSeen } from "#report/snapshot.ts";
import type { createRecordPace } from "./record-pace.ts";
import { asRefused, Refused } from "./refused.ts";

export interface CarryOutDeps {
  readonly memory: DaemonMemory;
  readonly turns: Turns;
  readonly files: Files;
  readonly paces: Paces;
  readonly protect: () => readonly string[];
  readonly isRecordDue: ReturnType<typeof createRecordPace>;
}

/** One operation, as it is carried out. */
export interface Job {
  readonly asked: Asked;
  readonly step: (words: string) => void;
  /** It is not refused, and this is what it is about. */
  readonly onPlanned: (pod: Pod, snapshot: SeenSnapshot) => void;
  /** RunPod is being asked for the end: from now on it may have happened. */
  readonly onAsked: () => void;
  readonly onTrouble: (because: string) => void;
}

export interface Done {
  readonly state: "done" | "refused" | "unproven" | "interrupted";
  readonly words: string;
}

/** So long it waits at most for whoever ends the same pod already. */
const othersLimitMs = 60_000;

/** Does what was asked for, as the command would. Throws Refused when it must not be done. */
export async function carryOut(job: Job, deps: CarryOutDeps, signal: AbortSignal): Promise<Done> {
  const { asked } = job;
  const isDry = deps.memory.settings().dryRun;
  job.step(isDry ? "dry run: looking at the last poll" : "polling whether it may be done");
  const seen = isDry ? snapshotOfMemory(deps.memory) : await snapshotNow(deps.memory, signal);
  const snapshot = noting(podsSeen(seen), job);
  const pod = podOf(asked.podId, snapshot);
  refuseOtherRun(asked, pod, snapshot);
  try {
    switch (asked.action) {
      case "extend":
        return await extend(asked, pod, snapshot, job, deps, isDry);
      case "touch":
        return await touch(asked, pod, snapshot, job, deps, isDry);
      case "stop":
      case "terminate":
        return await end(asked.action, pod, snapshot, job, deps, isDry, signal);
    }
  } catch (error) {
    throw asRefused(error, "conflict");
  }
}

async function extend(
  { forMs = 0, by }: Asked,
  pod: Pod,
  snapshot: SeenSnapshot,
  job: Job,
  { memory, files }: CarryOutDeps,
  isDry: boolean,
): Promise<Done> {
  const leased = await leasePod("extend", pod, forMs, snapshot, {
    by,
    isDry,
    savedNow: memory.state,
    files,
  });
  job.onPlanned(pod, snapshot);
  for (const trouble of leased.troubles) job.onTrouble(trouble);
  if (!isDry) await memory.readLeases();
  const { lines, warning } = leasedWords(pod, leased, utcWords);
  const all = [...lines, ...(warning === undefined ? [] : [`Warning: ${warning}`])];
  const words = all.map((line) => (line.endsWith(".") ? line : `${line}.`)).join(" ");
  return done(isDry ? dryWords(`it would have been extended. ${words}`) : words);
}

/** `2026-11-27 07:30 UTC`: it may be read in another zone than the daemon's. */
function utcWords(atMs: number): string {
  const date = new Date(atMs);
  if (Number.isNaN(date.getTime())) return "a time that no calendar has";
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

async function touch(
  { by }: Asked,
  pod: Pod,
  snapshot: SeenSnapshot,
  job: Job,
  { memory, files, isRecordDue }: CarryOutDeps,
  isDry: boolean,
): Promise<Done> {
  const nowMs = Date.now();
  refuseTouch(pod, snapshot, nowMs);
  job.onPlanned(pod, snapshot);
  if (isDry) return done(dryWords(`${rowTitle(pod)} would have counted as active.`));
  const { because, warnings } = await touchPod(pod, snapshot, nowMs, {
    by,
    isRecorded: isRecordDue(`${pod.id} ${by}`, nowMs),
    files,
  });
  await memory.readLeases();
  const said = warnings.map((warning) => ` Warning: ${warning}.`).join("");
  return done(`${rowTitle(pod)} ${because}: its idle time starts again from zero.${said}`);
}

async function end(
  action: EndAction,
  pod: Pod,
  snapshot: SeenSnapshot,
  job: Job,
  { turns, ...deps }: CarryOutDeps,
  isDry: boolean,
  signal: AbortSignal,
): Promise<Done> {
  const { asked } = job;
  const plan = planEnds(action, [pod.id], snapshot.look, snapshot.protect);
  job.onPlanned(pod, snapshot);
  if (plan.pods.length === 0) return done(plan.leftOut.join(" "));
  if (pod.cluster !== undefined) {
    job.step(`all ${pod.cluster.members.length} pods of the cluster end with it`);
  }
  if (isDry) return done(dryWords(`RunPod would have been asked to ${action} ${rowWords(pod)}.`));
  const work = async (hasWaited: boolean): Promise<Done> => {
    if (!hasWaited) return endNow(action, pod, snapshot, job, deps, signal);
    const again = noting(podsSeen(await snapshotNow(deps.memory, signal)), job);
    const now = again.look.pods.find(({ id }) => id === pod.id) ?? pod;
    // What it waited for may have ended that run: then there is none to mistake it for.
    if (isRunning(now)) refuseOtherRun(asked, now, again);
    return endNow(action, now, again, job, deps, signal);
  };
  const onWait = (): void => job.step("it is being ended already: waiting for that");
  return turns.take(pod.id, work, {
    by: "person",
    patienceMs: othersLimitMs,
    signal,
    onWait,
  });
}

async function endNow(
  action: EndAction,
  pod: Pod,
  snapshot: SeenSnapshot,
  { asked, step, onTrouble }: Job,
  { memory, files, paces, protect }: Omit<CarryOutDeps, "turns">,
  signal: AbortSignal,
): Promise<Done> {
  const [stopped] = await stopPods(action, [pod], snapshot, {
    clock: memory.clock,
    paces,
    signal,
    by: asked.by,
    files,
    protect,
    // Or a poll that is under way would take it for the end by someone else.
    onSaid: memory.readLeases,
    onProgress: (_, words) => {
      // That it polls was said already.
      if (words !== undefined && words !== pollingWords) step(words);
    },
  });
  if (stopped === undefined) return { state: "interrupted", words: "not asked" };
  memory.wishForPoll();
  for (const trouble of stopped.troubles) onTrouble(trouble);
  return cameTo(action, stopped);
}

function cameTo(action: EndAction, { pod, end: found, run }: Stopped): Done {
  switch (found.kind) {
    case "ended":
      return done(endedWords(action, pod, run, found.outcome.because));
    case "over-before":
      return done(`${rowTitle(pod)}: ${found.because} already.`);
    case "unproven":
      return {
        state: "unproven",
        words: `Not proven ended: ${rowWords(pod)}: ${found.because}. It may still run and cost money.`,
      };
    case "interrupted":
      return { state: "interrupted", words: `${rowTitle(pod)}: ${interruptedWords(found)}.` };
  }
}

function podsSeen(snapshot: Snapshot): SeenSnapshot {
  try {
    return withPodsSeen(snapshot);
  } catch (error) {
    throw asRefused(error, "unavailable");
  }
}

/** Only its whole id names a pod here. */
function podOf(podId: string, { look }: SeenSnapshot): Pod {
  const pod = look.pods.find(({ id }) => id === podId);
  if (pod !== undefined) return pod;
  if (clusterOf(podId, look.pods) !== undefined) return refusedMember(podId, look);
  const { unreadablePods } = look;
  throw new Refused(
    "not-found",
    `There is no pod with the id ${JSON.stringify(cleanName(podId))}. Nothing was changed.`,
    unreadablePods === 0
      ? undefined
      : `${unreadablePods} could not be read, and it may be one of them: check RunPod's console.`,
  );
}

function refusedMember(podId: string, look: SeenSnapshot["look"]): Pod {
  try {
    return choosePod(podId, look);
  } catch (error) {
    throw asRefused(error, "conflict");
  }
}

/** Whoever says which run is meant must not end, nor keep, the next one. */
function refuseOtherRun({ run: meant }: Asked, pod: Pod, { runs }: SeenSnapshot): void {
  if (meant === undefined) return;
  const run = own(runs, pod.id);
  const because =
    run === undefined
      ? "that run is over"
      : runNameOf(run) !== meant
        ? "it was restarted since: this is another run"
        : run.unsureSinceMs !== undefined
          ? "it is not known whether it was restarted since"
          : undefined;
  if (because === undefined) return;
  throw new Refused(
    "conflict",
    `${rowTitle(pod)}: ${because}. Nothing was changed.`,
    "Look at it again, and ask anew.",
  );
}

/** Tells when RunPod is asked for an end. */
function noting(snapshot: SeenSnapshot, { onAsked }: Job): SeenSnapshot {
  const { account } = snapshot;
  return {
    ...snapshot,
    account: {
      ...account,
      end(...asked) {
        onAsked();
        return account.end(...asked);
      },
    },
  };
}

function done(words: string): Done {
  return { state: "done", words };
}

function dryWords(words: string): string {
  return `Dry run, so nothing was changed: ${words}`;
}
