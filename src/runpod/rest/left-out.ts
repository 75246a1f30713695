import { runStateOf } from "#guard/model/account.ts";
import { addressOfId } from "./address.ts";
import type { Answered, Ask } from "./ask.ts";
import { type PodRow, podRowIn } from "./pod-row.ts";
import { isForbidden } from "./scopes.ts";

/** So many are asked for in one look; the rest in the next ones. */
const mostAsked = 10;
/** One that no list has shown for so long, and of which RunPod says nothing, is taken for gone. */
const longestDoubtMs = 900_000;
/** What is gone is told for so long: long enough for whoever knew of it. */
const goneToldMs = 600_000;

/** What a list that leaves pods out may be taken for. */
type Absence =
  /** Each that is not in it is gone. */
  | { readonly kind: "gone"; readonly ids: readonly string[] }
  | { readonly kind: "half"; readonly because: string };

/**
 * A list that leaves out a pod is no proof that the pod is gone: nothing else in the answer would
 * contradict it, as the burn is added up from the same list. What an earlier list showed as not ended, and
 * a new one leaves out, is asked for by its own id.
 */
export type LeftOut = (rows: readonly PodRow[], signal: AbortSignal) => Promise<Absence>;

interface Missed {
  readonly id: string;
  readonly clusterId: string | undefined;
  /** When a list first left it out. */
  readonly sinceMs: number | undefined;
}

type Fate = "gone" | "there" | { readonly because: string };

const noAddress: Fate = { because: "RunPod has no address for it" };

export function createLeftOut(base: string, ask: Ask, nowMs: () => number): LeftOut {
  let open: ReadonlyMap<string, Missed> = new Map();
  let gone: ReadonlyMap<string, number> = new Map();
  /** A key that may read pods need not be one that may read clusters. */
  let mayReadClusters = true;

  return async (rows, signal) => {
    const now = nowMs();
    const listed = new Set(rows.flatMap(idsOf));
    const missed = [...open.values()]
      .filter(({ id }) => !listed.has(id))
      .map((each) => ({ ...each, sinceMs: earlier(each.sinceMs, now) }));
    const going = rows.filter(({ pod }) => runStateOf(pod) !== "ended");
    open = byId([...going.map(asSeen), ...missed]);

    const fates = await fatesOf(unitsOf(missed, going, mayReadClusters), signal);
    const over = missed.filter(({ id, sinceMs }) => isOver(fates.get(id), now - sinceMs));
    const left = missed.filter((each) => !over.includes(each));
    const overIds = new Set(over.map(({ id }) => id));
    // What was asked for is asked for again after what was not.
    const askedLast = left.toSorted((a, b) => Number(fates.has(a.id)) - Number(fates.has(b.id)));
    open = byId(
      [...open.values()].filter(({ id }) => !overIds.has(id)),
      askedLast,
    );
    const fresh = over.flatMap(idsOf);
    const told = new Map([...gone, ...fresh.map((id) => [id, now] as const)]);
    gone = new Map([...told].filter(([, atMs]) => Math.abs(now - atMs) < goneToldMs));
    return left.length === 0
      ? { kind: "gone", ids: [...gone.keys()].filter((id) => !listed.has(id)) }
      : { kind: "half", because: leftWords(left, fates) };
  };

  async function fatesOf(units: readonly Unit[], signal: AbortSignal) {
    const found = await Promise.all(
      units.slice(0, mostAsked).map(async ({ kind, id, pods }) => {
        const url = addressOfId(base, kind, id);
        const answered = url && (await ask(url, { signal }));
        const isUnreadable = answered?.kind === "refused" && isForbidden(answered);
        if (kind === "clusters" && isUnreadable) mayReadClusters = false;
        const fate = answered ? fateIn(answered, id, nowMs()) : noAddress;
        return pods.map((each) => [each.id, fate] as const);
      }),
    );
    return new Map<string, Fate>(found.flat());
  }
}

/** One that was not asked for is not over. */
function isOver(fate: Fate | undefined, leftOutMs: number): boolean {
  return fate === "gone" || (typeof fate === "object" && leftOutMs >= longestDoubtMs);
}

/** Where one is in several lists, the last counts, and its place there. */
function byId(...lists: readonly (readonly Missed[])[]): ReadonlyMap<string, Missed> {
  const all = new Map<string, Missed>();
  for (const each of lists.flat()) {
    all.delete(each.id);
    all.set(each.id, each);
  }
  return all;
}

/** What is asked for together. */
interface Unit {
  readonly kind: "pods" | "clusters";
  readonly id: string;
  readonly pods: readonly Missed[];
}

/** A cluster of which no member is listed any more is asked for as a whole: so it ends. */
function unitsOf(
  missed: readonly Missed[],
  going: readonly PodRow[],
  mayReadClusters: boolean,
): readonly Unit[] {
  const still = new Set(going.map(({ clusterId }) => clusterId));
  const byUnit = new Map<string, Unit>();
  for (const each of missed) {
    const { clusterId } = each;
    const isWhole = mayReadClusters && clusterId !== undefined && !still.has(clusterId);
    const [kind, id] = isWhole ? (["clusters", clusterId] as const) : (["pods", each.id] as const);
    const key = `${kind}/${id}`;
    byUnit.set(key, { kind, id, pods: [...(byUnit.get(key)?.pods ?? []), each] });
  }
  return [...byUnit.values()];
}

function fateIn(answered: Answered, id: string, atMs: number): Fate {
  if (answered.kind === "refused") {
    const { status, isRunPods, because } = answered;
    return status === 404 && isRunPods ? "gone" : { because };
  }
  if (answered.body["id"] !== id) return { because: "the answer is of something else" };
  const row = podRowIn(answered.body, atMs);
  return row?.pod.status === "gone" ? "gone" : "there";
}

function idsOf({ id, clusterId }: Pick<Missed, "id" | "clusterId">): readonly string[] {
  return clusterId === undefined ? [id] : [id, clusterId];
}

function asSeen({ id, clusterId }: PodRow): Missed {
  return { id, clusterId, sinceMs: undefined };
}

/** A clock that has gone back says nothing of how long it has been. */
function earlier(sinceMs: number | undefined, nowMs: number): number {
  return Math.min(sinceMs ?? nowMs, nowMs);
}

function leftWords(left: readonly Missed[], fates: ReadonlyMap<string, Fate>): string {
  const there = left.filter(({ id }) => fates.get(id) === "there");
  if (there.length > 0) return `the list leaves out ${podWords(there)} that RunPod still has`;
  const [why] = left.flatMap(({ id }) => {
    const fate = fates.get(id);
    return typeof fate === "object" ? [`: ${fate.because}`] : [];
  });
  return `the list leaves out ${podWords(left)}, and it is not known yet whether they are gone${why ?? ""}`;
}

function podWords(pods: readonly Missed[]): string {
  return pods.length === 1 ? "a pod" : `${pods.length} pods`;
}
