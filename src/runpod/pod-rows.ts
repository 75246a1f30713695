import { cleanName } from "#control-characters.ts";
import { type Pod, runStateOf } from "#guard/model/account.ts";

/** More than is ever shown of one. */
const longestId = 128;

/** More rows than any account has: the guard follows each, which takes memory. */
const mostRows = 20_000;

/** Why so many rows are not read; undefined when they are. */
export function tooManyRows({ length }: { readonly length: number }): string | undefined {
  return length > mostRows
    ? `its answer has ${length} rows of pods, and at most ${mostRows} are read`
    : undefined;
}

/**
 * The id of a row; undefined when it has none. One that would have to be changed to be shown is none:
 * changed, it may be another pod's.
 */
export function idIn(found: unknown): string | undefined {
  const isShort = typeof found === "string" && found !== "" && found.length <= longestId;
  return isShort && cleanName(found) === found ? found : undefined;
}

/** RunPod's word for what a pod does; one that would have to be changed to be shown is none. */
export function statusWordIn(found: unknown): string | undefined {
  const isShort = typeof found === "string" && found !== "" && found.length <= longestId;
  return isShort && cleanName(found) === found ? found : undefined;
}

/**
 * One pod for each id. Where rows of one id disagree, any that protects counts, then any that runs; and
 * what the one says and another does not is unknown.
 */
export function onePodAnId(rows: readonly Pod[]): readonly Pod[] {
  const byId = new Map<string, Pod>();
  for (const row of rows) {
    const before = byId.get(row.id);
    byId.set(row.id, before === undefined ? row : joined(before, row));
  }
  return byId.size === rows.length ? rows : [...byId.values()];
}

function joined(a: Pod, b: Pod): Pod {
  const [one, other] = rank(a) <= rank(b) ? [a, b] : [b, a];
  const cluster = one.cluster ?? other.cluster;
  // A pod and a cluster of one id: which of the two would be ended by it is unknown, so neither is.
  const isNamed = one.rawName !== undefined && other.rawName !== undefined && cluster === undefined;
  return {
    id: one.id,
    name: one.name,
    rawName: isNamed ? one.rawName : undefined,
    otherNames: [one, other].flatMap(namesOf),
    status: one.status,
    word: one.word,
    costPerHrUsd: highest(one.costPerHrUsd, other.costPerHrUsd),
    hasNetworkVolume:
      one.hasNetworkVolume === other.hasNetworkVolume ? one.hasNetworkVolume : undefined,
    isLocked: isLockedIn(one.isLocked, other.isLocked),
    ...(cluster !== undefined && { cluster }),
    ...(one.stamp !== undefined && one.stamp === other.stamp && { stamp: one.stamp }),
  };
}

/** The lower, the more its row counts. */
function rank(pod: Pod): number {
  return ["running", "unknown", "ended"].indexOf(runStateOf(pod));
}

function namesOf({ name, rawName, otherNames = [] }: Pod): readonly string[] {
  return rawName === undefined ? otherNames : [name, rawName, ...otherNames];
}

function highest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : Math.max(a, b);
}

function isLockedIn(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === undefined || b === undefined ? undefined : false;
}
