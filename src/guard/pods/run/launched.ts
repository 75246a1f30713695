import type { Launch } from "#guard/model/launch.ts";
import type { LeaseBook, PodRun } from "#guard/model/run.ts";
import { dayMs } from "#guard/model/time.ts";

type Launches = NonNullable<LeaseBook["launches"]>;

interface ByPod {
  readonly ofId: ReadonlyMap<string, readonly Launch[]>;
  /** Those of which no pod's id is known. */
  readonly ofName: ReadonlyMap<string, readonly Launch[]>;
}

/** A book stays as it is until it is read anew, and there may be thousands of runs. */
const found = new WeakMap<Launches, ByPod>();

/** The launches of a pod, in no order: by its id, or where that is not known yet, by its name. */
export function launchesOf(
  { id, name }: { readonly id: string; readonly name: string },
  { launches }: Pick<LeaseBook, "launches">,
): readonly Launch[] {
  if (launches === undefined) return [];
  const { ofId, ofName } = byPod(launches);
  return [...(ofId.get(id) ?? []), ...((name !== "" && ofName.get(name)) || [])];
}

/**
 * So long after it was asked for, a pod that nobody has seen yet may come to be. Its lease may be over by then, and
 * ends it all the same.
 */
const lateMs = dayMs;

/** The last launch whose lease is for this run: it began before that ended, as far as is known. */
export function launchOf(
  { podId, name, startedAtMs, firstSeenAtMs }: PodRun,
  book: Pick<LeaseBook, "launches">,
): Launch | undefined {
  const beganAtMs = Math.min(startedAtMs, firstSeenAtMs);
  return launchesOf({ id: podId, name }, book)
    .filter((launch) => beganAtMs < holdsUntilMs(launch))
    .toSorted((a, b) => b.atMs - a.atMs)[0];
}

function holdsUntilMs({ podId, atMs, endsAtMs }: Launch): number {
  return podId === undefined ? Math.max(endsAtMs, atMs + lateMs) : endsAtMs;
}

function byPod(launches: Launches): ByPod {
  const known = found.get(launches);
  if (known !== undefined) return known;
  const [ofId, ofName] = [new Map<string, Launch[]>(), new Map<string, Launch[]>()];
  for (const launch of Object.values(launches)) {
    const { podId, name } = launch;
    if (podId === undefined) add(ofName, name, launch);
    else add(ofId, podId, launch);
  }
  found.set(launches, { ofId, ofName });
  return { ofId, ofName };
}

function add(to: Map<string, Launch[]>, key: string, launch: Launch): void {
  const rows = to.get(key);
  if (rows === undefined) to.set(key, [launch]);
  else rows.push(launch);
}
