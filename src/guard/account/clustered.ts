import type { Look } from "#guard/model/account.ts";
import { isEnd } from "#guard/model/effect.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { listedPods } from "#guard/text.ts";

/**
 * Pods that one interface lists one by one and the other as members of a cluster. No member ends alone:
 * what was to end it is given up, and what holds for a cluster holds from now on. The words are for people.
 */
export function joinClusters(
  state: GuardState,
  look: Look,
): Decision & { readonly words?: string; readonly podIds: readonly string[] } {
  const { crossing } = state;
  const pods = look.kind === "blind" || look.pods === "unknown" ? [] : look.pods;
  if (crossing === undefined) return { state, events: [], podIds: [] };
  const rows = new Set(pods.map(({ id }) => id));
  const clusters = pods.flatMap(({ id: podId, name, cluster }) => {
    const joined = (cluster?.members ?? []).filter(
      ({ id }) => own(crossing.awaited, id) !== undefined && !rows.has(id),
    );
    return joined.length === 0 ? [] : [{ podId, name, isCluster: true, joined }];
  });
  if (clusters.length === 0) return { state, events: [], podIds: [] };
  const podIds = clusters.flatMap(({ joined }) => joined.map(({ id }) => id));
  const over = state.owed.filter(isEnd).filter((each) => podIds.includes(each.podId));
  const given = over.map(({ action, podId }) => `${action} ${podId}`);
  const dropped = new Set<string>(over.map(({ id }) => id));
  const awaited = Object.create(null) as Record<string, (typeof crossing.awaited)[string]>;
  for (const [id, pod] of Object.entries(crossing.awaited)) {
    if (!podIds.includes(id)) awaited[id] = pod;
  }
  return {
    state: {
      ...state,
      owed: state.owed.filter(({ id }) => !dropped.has(id)),
      crossing: { ...crossing, awaited },
    },
    events: over.map((effect) => ({ kind: "moot", effect, because: "it is in a cluster now" })),
    words: [
      ...clusters.map(
        (each) =>
          `${listedPods(each.joined.map(({ id, name }) => ({ podId: id, name })))}: shown as part of ${listedPods([each])} now, which ends only as a whole. Guards end it only if "clusters" names it`,
      ),
      ...(given.length === 0 ? [] : [`Not tried any more: ${given.join(", ")}`]),
    ].join(". "),
    podIds,
  };
}
