import { type Look, runStateOf } from "#guard/model/account.ts";
import type { HeldCluster, HeldPod, Holdings, Prices } from "#guard/model/holdings.ts";
import type { Policy } from "#guard/model/policy.ts";
import { isProtected } from "#guard/protect.ts";
import { type AuditRow, commandOr, hoursInDay, pages, unprotectFirst } from "./row.ts";

interface ClusterSources {
  readonly look: Look;
  readonly holdings: Holdings;
  readonly prices: Prices;
  readonly policy: Pick<Policy, "protect">;
  /** What to type for this program. */
  readonly command: string;
}

/** Each cluster with all its members: by the list of clusters, by its members, and by the poll. */
export function clusterRows(sources: ClusterSources): readonly AuditRow[] {
  const { look, holdings, policy, command } = sources;
  const listed = holdings.clusters.kind === "read" ? holdings.clusters.value.rows : [];
  const members = membersOf(holdings);
  const seen = look.kind === "seen" && look.pods !== "unknown" ? look.pods : [];
  const polled = new Map(
    seen.filter(({ cluster }) => cluster !== undefined).map((pod) => [pod.id, pod]),
  );
  const named = new Map(listed.map((cluster) => [cluster.id, cluster]));
  const ids = new Set([...named.keys(), ...members.keys(), ...polled.keys()]);
  return [...ids].map((id) => {
    const pods = members.get(id);
    const pod = polled.get(id);
    const costs = pods?.map(costOf) ?? (pod === undefined ? undefined : [pod.costPerHrUsd]);
    const sum = costs?.reduce<number>((left, cost) => left + (cost ?? NaN), 0);
    const listPerHrUsd = costs === undefined ? catalogueCost(named.get(id), sources) : undefined;
    const perHrUsd = sum ?? listPerHrUsd;
    const count = pods?.length ?? pod?.cluster?.members.length ?? named.get(id)?.podCount;
    const name = named.get(id)?.name ?? pod?.name ?? "";
    const inIt = pods?.flatMap((each) => [each.id, each.name]) ?? [];
    const otherNames = [...(pod?.otherNames ?? []), ...inIt];
    const isKept = isProtected({ id, name, rawName: name, ...pod, otherNames }, policy.protect);
    return {
      what: "cluster",
      id,
      name,
      perDayUsd:
        perHrUsd === undefined || Number.isNaN(perHrUsd) ? undefined : perHrUsd * hoursInDay,
      priceFrom: listPerHrUsd === undefined ? "account" : "list",
      because: `${count ?? "an unknown number of"} pods that end only together${nowWords(pods)}`,
      ...(isKept
        ? unprotectFirst
        : {
            endWith: commandOr(pages.console, command, "terminate", id),
            loses: "what no network volume holds",
          }),
    };
  });
}

function membersOf({ pods }: Holdings): ReadonlyMap<string, readonly HeldPod[]> {
  const groups = new Map<string, HeldPod[]>();
  for (const pod of pods.kind === "read" ? pods.value.rows : []) {
    if (pod.clusterId === undefined) continue;
    const group = groups.get(pod.clusterId);
    if (group === undefined) groups.set(pod.clusterId, [pod]);
    else group.push(pod);
  }
  return groups;
}

function costOf(pod: HeldPod): number | undefined {
  return runStateOf(pod) === "ended" ? 0 : pod.costPerHrUsd;
}

function nowWords(pods: readonly HeldPod[] | undefined): string {
  if (pods === undefined) return "";
  return `; ${pods.filter((pod) => runStateOf(pod) === "running").length} of them run`;
}

function catalogueCost(
  cluster: HeldCluster | undefined,
  { prices }: ClusterSources,
): number | undefined {
  const { gpuTypeId, gpusPerPod, podCount } = cluster ?? {};
  if (prices.gpus.kind === "unread" || !gpusPerPod || !podCount) return undefined;
  const price = prices.gpus.value.find(({ id }) => id === gpuTypeId)?.securePerHrUsd;
  return price === undefined ? undefined : price * gpusPerPod * podCount;
}
