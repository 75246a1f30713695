import { type Look, runStateOf, type Seen, type Source, wholeList } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { AwaitedPod, Crossing, Shown } from "#guard/model/source.ts";
import type { Decision, GuardState } from "#guard/model/state.ts";
import { minuteMs } from "#guard/model/time.ts";
import { chain } from "#guard/outbox/chain.ts";
import { forget, notify, notifyHourly } from "#guard/outbox/notify.ts";
import { usd } from "#guard/text.ts";
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
  withCrossing,
} from "./crossing.ts";
import { byId, followAwaited, followDisputed } from "./one-sided-pods.ts";

/** More money than before is believed when so many polls in a row, over so long, agree. */
const mostDoubted = 3;
const doubtedMs = 10 * minuteMs;

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
      isResolution: true,
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

function withShown(state: GuardState, look: Seen): GuardState {
  const { atMs, balanceUsd, burnPerHrUsd } = look;
  const api = deciderOf(state);
  const isWhole = wholeList(look) !== "unknown";
  const before = state.shown?.api === api ? state.shown.listedAtMs : undefined;
  const listedAtMs = isWhole ? atMs : before;
  const shown: Shown = { api, atMs, balanceUsd, burnPerHrUsd, listedAtMs };
  return { ...state, shown };
}
