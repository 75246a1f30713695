import type { Pod, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { Decision, GuardState, KeptPod } from "#guard/model/state.ts";
import { chain } from "#guard/outbox/chain.ts";
import { notify } from "#guard/outbox/notify.ts";
import { isAlike } from "#guard/alike.ts";
import { isCalled } from "#guard/protect.ts";
import { rowWords } from "#guard/text.ts";

/** Pods that are gone may come back in an answer; of so many that is remembered. */
const mostGone = 1_000;

/**
 * The policy with every pod protected that was protected by its name when it was last called so: what
 * can rename a pod must not be able to end it. A person lifts it by changing the rule in the config.
 */
export function withKept<With extends Pick<Policy, "protect">>(
  policy: With,
  { kept }: Pick<GuardState, "kept">,
): With {
  const ids = Object.entries(kept)
    .filter(([, { rule }]) => policy.protect.includes(rule))
    .map(([id]) => id);
  return ids.length === 0 ? policy : { ...policy, protect: [...policy.protect, ...ids] };
}

/** Remembers which pods are protected by their names, and says when one of them is renamed. */
export function rememberKept(state: GuardState, look: Seen, policy: Policy): Decision {
  const { pods, atMs } = look;
  if (pods === "unknown") return { state, events: [] };
  const kept = new Map(
    Object.entries(state.kept).filter(([, { rule }]) => policy.protect.includes(rule)),
  );
  let isSame = kept.size === Object.keys(state.kept).length;
  const renamed: { readonly pod: Pod; readonly was: KeptPod }[] = [];
  for (const pod of pods) {
    const was = kept.get(pod.id);
    const now = keptAs(pod, was, policy.protect);
    if (now === undefined || now === was) continue;
    isSame = false;
    kept.set(pod.id, now);
    if (was !== undefined && now.renamedTo !== undefined) renamed.push({ pod, was });
  }
  if (isSame) return { state, events: [] };
  return chain(
    { ...state, kept: withoutOldest(kept, pods) },
    ...renamed.map(
      ({ pod, was }) =>
        (before: GuardState) =>
          notify(before, policy, {
            event: "trouble",
            name: "trouble",
            atMs,
            podIds: [pod.id],
            because: `${rowWords(pod)} ${wasWords(pod, was)}. It stays protected. To let it be stopped, change that rule in the config and reload it`,
          }),
    ),
  );
}

function wasWords({ cluster }: Pod, { name, rule }: KeptPod): string {
  const [was, has] = [JSON.stringify(name), JSON.stringify(rule)];
  return cluster === undefined
    ? `was called ${was}, which protect has as ${has}, and was renamed`
    : `was protected by ${has}, and neither it nor one of its pods is called so any more`;
}

function keptAs(
  pod: Pod,
  was: KeptPod | undefined,
  protect: readonly string[],
): KeptPod | undefined {
  if (pod.rawName === undefined) return was;
  // What matches its id goes on to, whatever it is called.
  const rules = protect.filter((rule) => !isAlike(pod.id, rule) && isCalled(pod, rule));
  const [rule] = was !== undefined && rules.includes(was.rule) ? [was.rule] : rules;
  if (rule !== undefined) {
    const isKnown = was?.rule === rule && was.name === pod.name && was.renamedTo === undefined;
    return isKnown ? was : { name: pod.name, rule };
  }
  if (was === undefined || was.renamedTo === pod.name) return was;
  return { ...was, renamedTo: pod.name };
}

function withoutOldest(
  kept: ReadonlyMap<string, KeptPod>,
  pods: readonly Pod[],
): GuardState["kept"] {
  const there = new Set(pods.map(({ id }) => id));
  const gone = [...kept.keys()].filter((id) => !there.has(id));
  const dropped = new Set(gone.slice(0, Math.max(0, gone.length - mostGone)));
  return Object.fromEntries([...kept].filter(([id]) => !dropped.has(id)));
}
