import type { Launch } from "#guard/model/launch.ts";
import type { LeaseBook, PodRun } from "#guard/model/run.ts";
import { dayMs } from "#guard/model/time.ts";

type Launches = NonNullable<LeaseBook["launches"]>;

interface ByPod {
  readonly ofId: ReadonlyMap<string, readonly Launch[]>;
  readonly ofName: ReadonlyMap<string, readonly Launch[]>;
}

/** A book stays as it is until it is read anew, and there may be thousands of runs. */
const found = new WeakMap<Launches, ByPod>();

/**
 * The launches of a pod, in no order: by its id, or by its name, which no pod but theirs was given. The id is what
 * RunPod has answered: it may be another's, or one of two that were made.
 */
export function launchesOf(
  { id, name }: { readonly id: string; readonly name: string },
  { launches }: Pick<LeaseBook, "launches">,
): readonly Launch[] {
  if (launches === undefined) return [];
  const { ofId, ofName } = byPod(launches);
  const byId = ofId.get(id) ?? [];
  const byName = (name !== "" && ofName.get(name)) || [];
  return [...byId, ...byName.filter((launch) => launch.podId !== id)];
}

/** Whether a launch is of this pod: see `launchesOf`. */
export function isOfLaunch(
  { id, name }: { readonly id: string; readonly name: string },
  launch: Launch,
): boolean {
  return launch.podId === id || (isNameItsOwn(launch) && launch.name === name);
}

/** The name of what was taken in was chosen by someone else, and may be many pods'. */
function isNameItsOwn({ podId, isAdopted }: Launch): boolean {
  return podId === undefined || isAdopted !== true;
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
    if (podId !== undefined) add(ofId, podId, launch);
    if (isNameItsOwn(launch)) add(ofName, name, launch);
  }
  found.set(launches, { ofId, ofName });
  return { ofId, ofName };
}

function add(to: Map<string, Launch[]>, key: string, launch: Launch): void {
  const rows = to.get(key);
  if (rows === undefined) to.set(key, [launch]);
  else rows.push(launch);
}
