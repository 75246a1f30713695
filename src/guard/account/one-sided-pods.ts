import { isRunning, type Pod, runStateOf, type Seen, wholeList } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { DisputedPod } from "#guard/model/source.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { notify } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { isStartKnown } from "#guard/pods/run/run-start.ts";
import { listedPods } from "#guard/text.ts";
import { apiWords, deciderOf, idsIn, withCrossing } from "./crossing.ts";

/** A pod that only the interface before has shown is waited for so long; an older list says nothing. */
export const awaitedMs = 15 * minuteMs;
/** RunPod's clock, by which a pod starts, and ours, by which a list was given, may be so far apart. */
const clocksApartMs = 5 * minuteMs;

/** Pods that the interface before showed: waited for, and in the end counted as gone, which is told. */
export function followAwaited(state: GuardState, { pods, atMs }: Seen, policy: Policy): Decision {
  const { crossing } = state;
  if (crossing === undefined || pods === "unknown") return { state, events: [] };
  const ids = idsIn(pods);
  const missing = Object.entries(crossing.awaited)
    .filter(([id]) => !ids.has(id))
    .map(([id, pod]) => [id, { ...pod, sinceMs: Math.min(pod.sinceMs ?? atMs, atMs) }] as const);
  const over = missing.filter(([, { sinceMs }]) => atMs - sinceMs >= awaitedMs);
  const awaited = byId(missing.filter((each) => !over.includes(each)));
  const next = withCrossing(state, { ...crossing, awaited });
  if (over.length === 0) return { state: next, events: [] };
  return notify(next, policy, {
    event: "source",
    name: "source",
    atMs,
    podIds: over.map(([id]) => id),
    because: `${listed(over)}: listed by ${apiWords(crossing.from)}, but not by ${apiWords(deciderOf(state))} for ${awaitedMs / minuteMs} min since, and counted as gone from now on. Check RunPod's console`,
  });
}

/** Pods that run by the present interface only: nothing but a person ends them. */
export function followDisputed(state: GuardState, look: Seen, policy: Policy): Decision {
  const { crossing } = state;
  const { pods, atMs } = look;
  if (crossing === undefined || pods === "unknown") return { state, events: [] };
  const { listedAtMs, listed: known, from } = crossing;
  const isFresh = listedAtMs !== undefined && atMs - listedAtMs <= awaitedMs;
  const were = new Set(known);
  const isNews = ({ id, cluster }: Pod): boolean =>
    // One interface lists clusters, the other does not: that says nothing of any.
    known !== undefined && isFresh && cluster === undefined && !were.has(id);
  const rows = new Map(pods.map((pod) => [pod.id, pod]));
  const old: readonly (readonly [string, DisputedPod])[] = Object.entries(crossing.disputed).filter(
    ([id]) => {
      const pod = rows.get(id);
      return pod === undefined ? look.unreadablePods > 0 : runStateOf(pod) !== "ended";
    },
  );
  const fresh: readonly (readonly [string, DisputedPod])[] = pods
    .filter((pod) => isRunning(pod) && isNews(pod) && own(crossing.disputed, pod.id) === undefined)
    .map(({ id, name }) => [id, { name, seenAtMs: atMs }] as const);
  const open = [...old, ...fresh].filter(([id]) => !hasStartedSince(state, id, listedAtMs));
  // By the next poll it is known when they started.
  const due = open.filter(([, pod]) => pod.toldAtMs === undefined && pod.seenAtMs < atMs);
  const disputed = byId(
    open.map((each) => (due.includes(each) ? [each[0], { ...each[1], toldAtMs: atMs }] : each)),
  );
  const isWhole = wholeList(look) !== "unknown";
  const next = withCrossing(state, {
    ...crossing,
    disputed,
    listed: isWhole ? undefined : known,
  });
  if (due.length === 0) return { state: next, events: [] };
  return notify(next, policy, {
    event: "source",
    name: "source",
    atMs,
    podIds: due.map(([id]) => id),
    because: `${listed(due)}: listed by ${apiWords(deciderOf(state))}, but shortly before not by ${apiWords(from)}, and not known to have started since. Until this run ends, no guard, backstop or agent stops it`,
    remedy: { words: "To stop it yourself", command: `${policy.podGuards.command} stop POD` },
  });
}

function hasStartedSince({ runs }: GuardState, id: string, listedAtMs = Infinity): boolean {
  const run = own(runs, id);
  return run !== undefined && isStartKnown(run) && run.startedAtMs > listedAtMs - clocksApartMs;
}

/** No prototype: a pod's id may be `__proto__`. */
export function byId<Of>(rows: readonly (readonly [string, Of])[]): Readonly<Record<string, Of>> {
  const found = Object.create(null) as Record<string, Of>;
  for (const [id, each] of rows) found[id] = each;
  return found;
}

function listed(rows: readonly (readonly [string, { readonly name: string }])[]): string {
  return listedPods(rows.map(([podId, { name }]) => ({ podId, name })));
}
