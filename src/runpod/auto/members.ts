import type { Look, Pod } from "#guard/model/account.ts";
import type { Account } from "#ports.ts";

/** Which pods belong to which cluster, as REST has last shown it. */
export interface Members {
  /** The same account, whose polls are remembered. */
  readonly noting: (rest: Account) => Account;
  /** A poll of GraphQL, which lists members like any pod, and by which none of them may be ended alone. */
  readonly marked: (look: Look) => Look;
}

export function createMembers(): Members {
  let clusterOf: ReadonlyMap<string, string> = new Map();

  function note(look: Look): Look {
    if (look.kind === "blind" || look.pods === "unknown") return look;
    clusterOf = new Map(
      look.pods.flatMap(({ id, cluster }) => (cluster?.members ?? []).map((each) => [each.id, id])),
    );
    return look;
  }

  function markedPod(pod: Pod): Pod {
    const clusterId = clusterOf.get(pod.id);
    if (clusterId === undefined) return pod;
    return { ...pod, doubt: `how to stop it apart from its cluster ${clusterId}` };
  }

  return {
    noting: (rest) => ({ ...rest, look: async (signal) => note(await rest.look(signal)) }),
    marked(look) {
      if (clusterOf.size === 0 || look.kind === "blind" || look.pods === "unknown") return look;
      return { ...look, pods: look.pods.map(markedPod) };
    },
  };
}
