import type { Pod, PodSample } from "#guard/model/account.ts";
import { onePodAnId } from "#runpod/pod-rows.ts";
import { addressOf } from "./address.ts";
import type { Ask } from "./ask.ts";
import type { ClusterNames } from "./cluster-names.ts";
import { clusterRow, clusterSample } from "./cluster-row.ts";
import { type Half, type Pages, readPages } from "./pages.ts";
import { type PodRow, podRowIn } from "./pod-row.ts";
import { withScope } from "./scopes.ts";

export type Rows = Pages<PodRow> | Half;

/** Asks for all pods of the account, members of clusters too, page by page. Never throws. */
export function createRowReader(base: string, ask: Ask, nowMs: () => number) {
  let wasPaged = false;
  return async (signal: AbortSignal): Promise<Rows> => {
    const url = addressOf(base, "/pods");
    if (url === undefined) return { kind: "half", because: "the address of REST is none" };
    const found = await readPages<PodRow>({
      ask: async (cursor) => {
        const page = new URL(url);
        page.searchParams.set("includeClusterPods", "true");
        if (cursor !== undefined) page.searchParams.set("cursor", cursor);
        const answered = await ask(page, { signal });
        return answered.kind === "refused" ? withScope(answered, "a scope to read pods") : answered;
      },
      read: (row) => podRowIn(row, nowMs()),
      wasPaged,
    });
    if (found.kind === "whole") wasPaged = found.isPaged;
    return found;
  };
}

/** The pods as the guard sees them, a cluster being one of them; a string says why they are none. */
export async function podsIn(
  rows: readonly PodRow[],
  namesOf: ClusterNames,
  signal: AbortSignal,
): Promise<readonly Pod[] | string> {
  const { alone, clusters } = apart(rows);
  if (clusters.size === 0) return onePodAnId(alone.map(({ pod }) => pod));
  if (alone.some(({ id }) => clusters.has(id))) return "a cluster has the id of a pod";
  const { names, because } = await namesOf([...clusters.keys()], signal);
  const whole = [...clusters].map(([id, members]) => {
    const row = clusterRow(id, names.get(id), members);
    return names.has(id) || because === undefined ? row : { ...row, nameBecause: because };
  });
  return [...onePodAnId(alone.map(({ pod }) => pod)), ...whole];
}

/** What the rows say of the loads, a cluster's together. */
export function samplesIn(rows: readonly PodRow[]): readonly PodSample[] {
  const { alone, clusters } = apart(rows);
  return [
    ...alone.map(({ sample }) => sample),
    ...[...clusters].map(([id, members]) => clusterSample(id, members)),
  ];
}

function apart(rows: readonly PodRow[]): {
  readonly alone: readonly PodRow[];
  readonly clusters: ReadonlyMap<string, readonly PodRow[]>;
} {
  const clusters = new Map<string, PodRow[]>();
  const ofCluster = new Map(
    rows.flatMap(({ id, clusterId }) =>
      clusterId === undefined ? [] : [[id, clusterId] as const],
    ),
  );
  const alone = rows.filter((row) => {
    // Of several rows of one pod, one that names its cluster is enough.
    const clusterId = ofCluster.get(row.id);
    if (clusterId === undefined) return true;
    const members = clusters.get(clusterId);
    if (members === undefined) clusters.set(clusterId, [row]);
    else members.push(row);
    return false;
  });
  return { alone, clusters };
}
