import type { SimulatedCluster } from "#simulator/cluster.ts";
import { json, type Answer } from "#simulator/sending.ts";
import { clusterView } from "./cluster-view.ts";
import { podView } from "./pod-view.ts";
import { done, problem } from "./problem.ts";
import type { Route, Visit } from "./routes.ts";

const reads = "clusters:read";

export const clusters: readonly Route[] = [
  {
    method: "GET",
    path: "/v2/clusters",
    does: () => "clusters",
    scope: reads,
    fields: { clusters: { type: "array" } },
    answer: ({ account }) =>
      json(200, { clusters: account.clusters().map((one) => clusterView(one, account)) }),
  },
  {
    method: "GET",
    path: "/v2/clusters/{id}",
    does: () => "clusters",
    scope: reads,
    answer: (visit) =>
      withCluster(visit, (cluster) => json(200, clusterView(cluster, visit.account))),
  },
  {
    method: "GET",
    path: "/v2/clusters/{id}/pods",
    does: () => "clusters",
    scope: reads,
    fields: { pods: { type: "array" } },
    answer: (visit) =>
      withCluster(visit, ({ id }) => {
        const { account } = visit;
        const rows = account.membersOf(id).map((pod) => podView(pod, account.nowMs()));
        return json(200, { pods: rows });
      }),
  },
  {
    method: "DELETE",
    path: "/v2/clusters/{id}",
    does: () => "terminate",
    scope: "clusters:write",
    answer: (visit) =>
      withCluster(visit, ({ id }) => {
        if (!visit.lies) visit.account.deleteCluster(id);
        return done;
      }),
  },
];

function withCluster({ account, id }: Visit, answer: (one: SimulatedCluster) => Answer): Answer {
  const cluster = account.cluster(id);
  return cluster === undefined ? problem(404, "cluster not found") : answer(cluster);
}
