import {
  isRunning,
  type Look,
  type Pod,
  runStateOf,
  type Seen,
  type Source,
  wholeList,
} from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { AwaitedPod, Crossing, DisputedPod, Shown } from "#guard/model/source.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { forget, notify, notifyHourly } from "#guard/outbox/notify.ts";
import { own } from "#guard/own-value.ts";
import { isStartKnown } from "#guard/pods/run-start.ts";
import { listedPods, usd } from "#guard/text.ts";
import { joinClusters } from "./clustered.ts";
import {
  acrossChangeOver,
  apiWords,
  billedEveryMs,
  burntUsd,
  centUsd,
  deciderOf,
  idsIn,
  isOlder,
  isRisen,
} from "./crossing.ts";

/** A pod that only the interface before has shown is waited for so long; an older list says nothing. */
export const awaitedMs = 15 * minuteMs;
/** More money than before is believed when so many polls in a row, over so long, agree. */
const mostDoubted = 3;
const doubtedMs = 10 * minuteMs;
/** RunPod's clock, by which a pod starts, and ours, by which a list was given, may be so far apart. */
const clocksApartMs = 5 * minuteMs;

/**
 * Compares who a poll is from with who the guard goes by. A change-over is told, and saved; from then on
 * gives the poll as far as it can be believed, until the two agree.
 */
export function followSource(
  before: GuardState,
  look: Look,
  policy: Policy,
): Decision & { readonly look: Look } {
  if (look.source === undefined) return { state: before, events: [], look };
  const state = { ...before, unseenBy: look.source.unseen };
  const changed = onSource(state, look, look.source, policy);
  if (look.kind === "blind") return { ...changed, look };
  const next = chain(
    changed.state,
    (known) => ({ state: known, events: changed.events }),
    (known) => settleRise(known, look, policy),
    (known) => sayClustered(known, look, policy),
    (known) => followAwaited(known, look, policy),
    (known) => followDisputed(known, look, policy),
    (known) => ({ state: withShown(known, look), events: [] }),
  );
  const { crossing } = next.state;
  const isSame = JSON.stringify(crossing) === JSON.stringify(state.crossing);
  // What must not be lost is saved whenever it is another object.
  const after = isSame ? { ...next.state, crossing: state.crossing } : next.state;
  return { state: after, events: next.events, look: acrossChangeOver(after, look) };
}

function onSource(state: GuardState, look: Look, now: Source, policy: Policy): Decision {
  const { source, lookedAtMs } = state;
  const { api, because, isConfigured } = now;
  if (api !== deciderOf(state)) {
    // Nothing has decided before the first poll.
    const isFirst = lookedAtMs === undefined && isConfigured === true;
    if (!isFirst) return onChangeOver(state, look, now, policy);
    return { state: { ...state, source: { ...now, sinceMs: look.atMs } }, events: [] };
  }
  if (source?.isConfigured !== true || isConfigured === true) return { state, events: [] };
  // The same one decides, for another reason.
  return { state: { ...state, source: { api, because, sinceMs: source.sinceMs } }, events: [] };
}

function onChangeOver(state: GuardState, look: Look, source: Source, policy: Policy): Decision {
  const from = deciderOf(state);
  const isFreed = state.source?.isConfigured === true;
  const { api, isConfigured, because = isFreed ? autoWords : "the daemon was told so" } = source;
  const { command } = policy.podGuards;
  const blind = look.kind === "blind" ? ` It does not see the account yet (${look.because}).` : "";
  const back =
    api === "rest" && isConfigured !== true
      ? ` If GraphQL works again and is to decide: ${command} check --api graphql, then restart the daemon`
      : look.kind === "blind"
        ? ""
        : " Nothing has to be done";
  const joined = joinClusters(
    {
      ...state,
      source: { api, because, ...(isConfigured === true && { isConfigured }), sinceMs: look.atMs },
      crossing: crossingOf(state),
    },
    look,
  );
  const clustered = joined.words === undefined ? "" : ` ${joined.words}.`;
  const told = notify(joined.state, policy, {
    event: "source",
    name: "source",
    topic: "source",
    atMs: look.atMs,
    because: `${because}. From now on the account is seen, and pods are stopped, through ${apiWords(api)} in place of ${apiWords(from)}.${blind}${clustered}${back}`,
  });
  return { state: told.state, events: [...joined.events, ...told.events] };
}

/** Where the first list came only after the change-over. */
function sayClustered(before: GuardState, look: Seen, policy: Policy): Decision {
  const { state, events, words: because, podIds } = joinClusters(before, look);
  if (because === undefined) return { state, events };
  const { atMs } = look;
  const told = notify(state, policy, { event: "source", name: "source", atMs, podIds, because });
  return { state: told.state, events: [...events, ...told.events] };
}

const autoWords = 'the config now says "api": "auto"';

/** What is left of the interface before: its last list by this process, else the runs that go on. */
function crossingOf({ shown, lastSeen, runs, source, crossing }: GuardState): Crossing {
  const from = deciderOf({ source });
  const last = shown?.api === from ? shown : undefined;
  const pods = lastSeen === undefined || lastSeen.pods === "unknown" ? [] : lastSeen.pods;
  const awaited = new Map<string, AwaitedPod>();
  for (const { podId, name, costPerHrUsd, stoppedAtMs } of Object.values(runs)) {
    if (stoppedAtMs === undefined) awaited.set(podId, { name, costPerHrUsd });
  }
  for (const { id, name, costPerHrUsd, ...pod } of pods) {
    if (runStateOf(pod) === "ended") awaited.delete(id);
    else awaited.set(id, { name, costPerHrUsd });
  }
  return {
    from,
    // What was itself in doubt is nothing to compare with.
    before: crossing?.rise === undefined ? last : crossing.before,
    listedAtMs: last?.listedAtMs,
    listed: [...new Set([...Object.keys(runs), ...idsIn(pods)])],
    awaited: byId([...awaited]),
    disputed: {},
  };
}

/** More money re-arms nothing until the polls agree on it; then it is told. Less is believed at once. */
function settleRise(state: GuardState, look: Seen, policy: Policy): Decision {
  const { crossing } = state;
  const before = crossing?.before;
  if (crossing === undefined || before === undefined) return { state, events: [] };
  if (!isRisen(before, look)) {
    return {
      state: withCrossing(state, { ...crossing, before: undefined, rise: undefined }),
      events: [],
    };
  }
  const { rise } = crossing;
  const { atMs, balanceUsd, burnPerHrUsd } = look;
  const last = rise !== undefined && agree(rise, look) ? rise : undefined;
  const polls = (last?.polls ?? 0) + 1;
  const sinceMs = Math.min(last?.sinceMs ?? atMs, atMs);
  if (polls < mostDoubted || atMs - sinceMs < doubtedMs) {
    const next = { ...crossing, rise: { polls, sinceMs, atMs, balanceUsd, burnPerHrUsd } };
    return sayDoubted({ ...state, crossing: next }, before, look, policy);
  }
  const over = withCrossing(state, { ...crossing, before: undefined, rise: undefined });
  return notify(
    forget(over, (key) => key === riseTopic),
    policy,
    {
      event: "source",
      name: "source",
      topic: riseTopic,
      atMs,
      because: `${bothBalances(state, before, look)}. All polls of ${doubtedMs / minuteMs} min agree on it, so it counts from now on. If nobody has added money, compare it with RunPod's console`,
    },
  );
}

const riseTopic = "source:balance";

/** While it holds back what a threshold has begun, a person must know. */
function sayDoubted(state: GuardState, before: Shown, look: Seen, policy: Policy): Decision {
  const isAnyFired = Object.values(state.fired).includes(true);
  if (!isAnyFired || isOlder(before, look)) return { state, events: [] };
  return notifyHourly(state, policy, riseTopic, {
    event: "source",
    name: "source",
    atMs: look.atMs,
    because: `${bothBalances(state, before, look)}. Not believed before it has held for ${doubtedMs / minuteMs} min: until then no threshold is set back, and no backstop stops pods. If nobody has added money, look at RunPod's console now`,
  });
}

function bothBalances(state: GuardState, before: Shown, { balanceUsd }: Seen): string {
  return `${apiWords(deciderOf(state))} shows a balance of ${usd(balanceUsd)}, where ${apiWords(before.api)} last showed ${usd(before.balanceUsd)}`;
}

function agree(one: NonNullable<Crossing["rise"]>, other: Seen): boolean {
  // How far it may fall is unknown; that it rises again is no agreement.
  if (one.burnPerHrUsd === undefined) return other.balanceUsd <= one.balanceUsd + centUsd;
  const apartUsd = Math.abs(one.balanceUsd - other.balanceUsd);
  return apartUsd <= centUsd + burntUsd(one, other.atMs + billedEveryMs);
}

/** Pods that the interface before showed: waited for, and in the end counted as gone, which is told. */
function followAwaited(state: GuardState, { pods, atMs }: Seen, policy: Policy): Decision {
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
function followDisputed(state: GuardState, look: Seen, policy: Policy): Decision {
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
    because: `${listed(due)}: listed by ${apiWords(deciderOf(state))}, but shortly before not by ${apiWords(from)}, and not known to have started since. Until this run ends, no guard, backstop or agent stops it. To stop it yourself: ${policy.podGuards.command} stop POD`,
  });
}

function hasStartedSince({ runs }: GuardState, id: string, listedAtMs = Infinity): boolean {
  const run = own(runs, id);
  return run !== undefined && isStartKnown(run) && run.startedAtMs > listedAtMs - clocksApartMs;
}

function withShown(state: GuardState, look: Seen): GuardState {
  const { atMs, balanceUsd, burnPerHrUsd } = look;
  const api = deciderOf(state);
  const isWhole = wholeList(look) !== "unknown";
  const before = state.shown?.api === api ? state.shown.listedAtMs : undefined;
  const listedAtMs = isWhole ? atMs : before;
  const shown: Shown = { api, atMs, balanceUsd, burnPerHrUsd, listedAtMs };
  return { ...state, shown };
}

/** A change-over is over once nothing is left to be waited for. */
function withCrossing(state: GuardState, crossing: Crossing): GuardState {
  const { before, listed: known, awaited, disputed } = crossing;
  const isOver =
    before === undefined &&
    known === undefined &&
    Object.keys(awaited).length === 0 &&
    Object.keys(disputed).length === 0;
  return { ...state, crossing: isOver ? undefined : crossing };
}

/** No prototype: a pod's id may be `__proto__`. */
function byId<Of>(rows: readonly (readonly [string, Of])[]): Readonly<Record<string, Of>> {
  const found = Object.create(null) as Record<string, Of>;
  for (const [id, each] of rows) found[id] = each;
  return found;
}

function listed(rows: readonly (readonly [string, { readonly name: string }])[]): string {
  return listedPods(rows.map(([podId, { name }]) => ({ podId, name })));
}
