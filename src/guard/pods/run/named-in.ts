import type { Pod } from "#guard/model/account.ts";
import type { PodRun } from "#guard/model/run.ts";

/** The pod or cluster of a run, as far as the run tells: without the members of a cluster. */
export function namedIn({
  podId: id,
  name,
  isCluster,
}: PodRun): Pick<Pod, "id" | "name" | "rawName" | "cluster"> {
  return { id, name, rawName: name, ...(isCluster === true && { cluster: { members: [] } }) };
}
