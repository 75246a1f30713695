import type { SimulatedAccount } from "#simulator/account.ts";
import type { SimulatedCluster } from "#simulator/cluster.ts";
import { dateTime, statusOf } from "./pod-view.ts";

/** A cluster in REST's words: its members are only counted. */
export function clusterView(cluster: SimulatedCluster, account: SimulatedAccount) {
  const members = account.membersOf(cluster.id);
  const byStatus: Record<string, number> = {};
  for (const member of members) {
    const status = statusOf(member);
    byStatus[status] = (byStatus[status] ?? 0) + 1;
  }
  const [first] = members;
  return {
    id: cluster.id,
    name: cluster.name,
    type: cluster.type,
    compute: {
      gpuTypeId: first?.gpuTypeId,
      gpuCountPerPod: first?.gpuCount,
      podCount: members.length,
    },
    dataCenterId: "EU-SE-1",
    pods: { total: members.length, byStatus },
    ...(first === undefined ? {} : { primary: { podId: first.id, status: statusOf(first) } }),
    createdAt: dateTime(cluster.createdAtMs),
  };
}
