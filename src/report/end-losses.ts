import type { EndAction, Pod } from "#guard/model/account.ts";

/** What an end of the pod loses, and what stays and costs: for the question before it. */
export function endLoses(
  action: EndAction,
  pod: Pick<Pod, "hasNetworkVolume" | "cluster">,
): string {
  return action === "stop" ? whatGoesOn(pod) : whatIsLost(pod);
}

function whatGoesOn({ hasNetworkVolume }: Pick<Pod, "hasNetworkVolume">): string {
  switch (hasNetworkVolume) {
    case true:
      return "LOSES its container disk; its network volume stays, and costs";
    case false:
      return "LOSES its container disk; a volume disk stays, and costs";
    case undefined:
      return "LOSES its container disk; a volume may stay, and cost (unknown)";
  }
}

function whatIsLost({
  hasNetworkVolume,
  cluster,
}: Pick<Pod, "hasNetworkVolume" | "cluster">): string {
  if (cluster !== undefined) {
    const { length } = cluster.members;
    const pods = length === 0 ? "its pods LOSE" : `its ${length} pods LOSE`;
    const which = length === 1 ? "its pod LOSES" : pods;
    return `A CLUSTER: ${which} what no network volume holds`;
  }
  switch (hasNetworkVolume) {
    case true:
      return "keeps its network volume";
    case false:
      return "LOSES ITS DATA";
    case undefined:
      return "may LOSE ITS DATA (network volume: unknown)";
  }
}
