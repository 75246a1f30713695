import { cleanName } from "#control-characters.ts";
import { wordsOf } from "#errors.ts";
import { clusterOf, type Pod } from "#guard/model/account.ts";
import { own } from "#guard/own-value.ts";
import type { Log } from "#log.ts";
import type { Files } from "#operations/files.ts";
import { keepTouches, refuseTouch, touchPod } from "#operations/touch.ts";
import { type DaemonMemory, snapshotOfMemory } from "#report/daemon-snapshot.ts";
import { type SeenSnapshot, type Snapshot, withPodsSeen } from "#report/snapshot.ts";
import type { createRecordPace } from "./record-pace.ts";
import { asRefused, Refused } from "./refused.ts";
import { createTouches } from "./touches.ts";

interface ActivityDeps {
  readonly memory: DaemonMemory;
  readonly files: Files;
  readonly log: Log;
  readonly isRecordDue: ReturnType<typeof createRecordPace>;
}

/** Who touched it, in the history. */
const by = "by a job in the pod";

/** A job in a pod says that it is at work. It asks RunPod nothing: such a job may say so each second. */
export function createActivity({ memory, files, log, isRecordDue }: ActivityDeps) {
  const { clock } = memory;
  const touches = createTouches({
    clock,
    write: async (touchedAtMs) => {
      await files(() => keepTouches(touchedAtMs, memory.settings()));
      await memory.readLeases();
    },
  });
  return async function touchFromInside(podId: string): Promise<void> {
    const snapshot = snapshotOfMemory(memory);
    const nowMs = Date.now();
    const { pod, ...seen } = meant(podId, snapshot);
    try {
      refuseTouch(pod, seen.snapshot, nowMs);
    } catch (error) {
      throw asRefused(error, "conflict");
    }
    if (snapshot.settings.dryRun) return;
    try {
      const { warnings } = await touchPod(pod, seen.snapshot, nowMs, {
        by,
        isRecorded: isRecordDue(`${pod.id} ${by}`, nowMs),
        keep: (id, atMs) => touches.keep(id, atMs),
        files,
      });
      for (const warning of warnings) log.debug({ podId, warning }, "activity told by a job");
    } catch (error) {
      log.warn({ podId, because: wordsOf(error) }, "activity of a pod not kept");
      // A pod need not know of the files here.
      const hint = "The daemon's log says why. Try again.";
      throw new Refused("unavailable", "It could not be kept.", hint);
    }
  };
}

/** The pod; of a member the cluster that it is in, as that is what has a run. */
function meant(
  podId: string,
  snapshot: Snapshot,
): { readonly pod: Pod; readonly snapshot: SeenSnapshot } {
  const seen = seenOrRuns(snapshot);
  const pod = seen.look.pods.find(({ id }) => id === podId) ?? clusterOf(podId, seen.look.pods);
  if (pod !== undefined) return { pod, snapshot: seen };
  throw new Refused(
    "not-found",
    `There is no pod with the id ${JSON.stringify(cleanName(podId))}.`,
    `A new pod is known after the next poll, within ${Math.ceil(snapshot.settings.pollIntervalMs / 1_000)} s.`,
  );
}

/** While RunPod does not list the pods, those that ran are taken to run. */
function seenOrRuns(snapshot: Snapshot): SeenSnapshot {
  const { look, runs } = snapshot;
  if (look.kind === "seen" && look.pods === "unknown") {
    const pods = Object.keys(runs).flatMap((id) => {
      const run = own(runs, id);
      return run === undefined ? [] : [podOfRun(run)];
    });
    return { ...snapshot, look: { ...look, pods } };
  }
  try {
    return withPodsSeen(snapshot);
  } catch (error) {
    throw asRefused(error, "unavailable");
  }
}

function podOfRun({
  podId: id,
  name,
  costPerHrUsd,
}: {
  readonly podId: string;
  readonly name: string;
  readonly costPerHrUsd?: number | undefined;
}): Pod {
  return {
    id,
    name,
    rawName: undefined,
    status: "running",
    word: undefined,
    costPerHrUsd,
    hasNetworkVolume: undefined,
    isLocked: undefined,
  };
}
