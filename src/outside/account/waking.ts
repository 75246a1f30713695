import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { hourMs, minuteMs } from "#guard/model/time.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { tellOnce } from "#outside/look/look-once.ts";
import { noOrders, readOrders } from "#outside/orders/orders.ts";
import { lookAndDo } from "#outside/phone/look-and-do.ts";
import { aged, begin, resumed } from "./begin.ts";
import type { AccountGuardDeps } from "./deps.ts";
import { keyed, nothingOf, stateIn, textsIn, textsOf } from "./kept-state.ts";
import { leasesByClockHere, withGiven } from "./leases-of.ts";
import { lookDepsFor, type Standing } from "./look-deps.ts";
import { lookAsPrimary } from "./primary.ts";
import { neededFromMs, type ReadBeat, readReceived } from "./received.ts";
import { silentWords } from "./silent-words.ts";
import { readStandIn, type StandIn } from "./stand-in.ts";

/** How often it looks while it stands in. */
const looksApartMs = minuteMs;
/** No alarm of a process that lives is so late. */
const lateMs = 2 * minuteMs;
/** A new account has so long to be heard for the first time. */
const firstBeatMs = hourMs;

const unreadWords =
  "what is kept here of the rules or of the state cannot be read, so nothing is looked at and nothing stopped. Give it its rules anew: runpodboss outside deploy --primary";

type All = Readonly<Record<string, string>>;

/** What a guard does whenever it is woken, by what is kept then. */
export function createWaking(deps: AccountGuardDeps): (signal: AbortSignal) => Promise<void> {
  const { account, kept, clock } = deps;

  async function wake(signal: AbortSignal): Promise<void> {
    const all = await kept.read();
    if (all["orders"] !== undefined) {
      if (await lookAsPrimary(deps, all, signal)) return;
      return sayUnheard(all, unreadWords, signal);
    }
    const received = readReceived(all["beat"]);
    if (received === undefined) return wakeUnheard(all, signal);
    await sayHeardAtLast(all, received.beat, signal);
    const fromMs = neededFromMs(received);
    const standIn = readStandIn(all["standIn"]);
    if (clock.nowMs() >= fromMs) {
      const isBegun = standIn !== undefined && standIn.overAtMs === undefined;
      if (!isBegun && (await isWaitedFor(all, fromMs))) return;
      return standInFor(all, received, standIn, fromMs, signal);
    }
    if (standIn?.overAtMs !== undefined) await sayHeard(standIn, all, received, signal);
    await kept.wakeAt(fromMs);
  }

  /** Nobody woke it in time, so that it may itself have been away: once, a beat has the time to come. */
  async function isWaitedFor({ lateAtMs }: All, fromMs: number): Promise<boolean> {
    const nowMs = clock.nowMs();
    if (nowMs - fromMs <= lateMs || lateAtMs !== undefined) return false;
    await kept.wakeAt(nowMs + looksApartMs);
    await kept.write({ lateAtMs: String(nowMs) });
    return true;
  }

  async function standInFor(
    all: All,
    received: ReadBeat,
    before: StandIn | undefined,
    fromMs: number,
    signal: AbortSignal,
  ): Promise<void> {
    const nowMs = clock.nowMs();
    // First of all: whatever becomes of this look, there is a next one.
    await kept.wakeAt(nowMs + looksApartMs);
    const names = deps.channelPolicies.map(({ name }) => name);
    const begun = begin(received, fromMs, nowMs, names);
    const known = before && stateIn(all, "own");
    if (before === undefined || known === undefined) {
      const texts = textsOf(begun.state);
      await kept.write({
        standIn: JSON.stringify(begun.standIn),
        ...(begun.isFromItsState ? keyed("base", texts) : nothingOf("base")),
        ...keyed("own", texts),
        ...nothingOf("given"),
      });
      return lookInPlaceOf(received, begun.standIn, begun.state, signal);
    }
    const same = before.overAtMs === undefined ? before : resumed(before, begun.standIn);
    const standIn = aged(same, received.atMs, nowMs);
    await kept.write({ standIn: JSON.stringify(standIn) });
    return lookInPlaceOf(received, standIn, known, signal);
  }

  async function lookInPlaceOf(
    received: ReadBeat,
    standIn: StandIn,
    state: GuardState,
    signal: AbortSignal,
  ): Promise<void> {
    const nowMs = clock.nowMs();
    const because = silentWords(received, standIn, nowMs);
    const silent: Input = { kind: "silent", atMs: nowMs, because };
    const given = (await kept.read())["leases"];
    await lookAndDo(deps, standingFor(standIn, state, received.beat, given), [silent], signal);
  }

  async function sayHeard(
    standIn: StandIn,
    all: All,
    { beat }: ReadBeat,
    signal: AbortSignal,
  ): Promise<void> {
    const state = stateIn(all, "own");
    if (state === undefined) return;
    // What is owed of ends is the daemon's from now on.
    const standing = standingFor(standIn, state, beat, all["leases"]);
    const mayEnd = false;
    await tellOnce({ ...lookDepsFor(deps, standing), mayEnd }, heardFrom(beat), signal);
    // Nobody will say that it took back what cannot be handed over.
    if (textsIn(all, "base") === undefined) {
      await kept.write({ standIn: undefined, ...nothingOf("own") });
    }
  }

  /** What is heard after people were told that there is nothing, and what was left to be said of the last silence. */
  async function sayHeardAtLast(all: All, beat: Beat, signal: AbortSignal): Promise<void> {
    const state = stateIn(all, "unheard");
    if (state === undefined) return;
    await tellOnce(unheardDeps(state), heardFrom(beat), signal);
    const left = stateIn(await kept.read(), "unheard");
    if (left === undefined || left.owed.length === 0) await kept.write(nothingOf("unheard"));
  }

  async function wakeUnheard(all: All, signal: AbortSignal): Promise<void> {
    // As somebody wanted, until something is said of the account again.
    if (all["forgotten"] !== undefined) return;
    const nowMs = clock.nowMs();
    const knownSinceMs = Number(all["knownSinceMs"] ?? nowMs);
    const fromMs = knownSinceMs + firstBeatMs;
    await kept.wakeAt(nowMs < fromMs ? fromMs : nowMs + firstBeatMs);
    await kept.write({ account, knownSinceMs: String(knownSinceMs) });
    if (nowMs < fromMs) return;
    const because = `nothing is known here of account ${account}: no beat of its guard has come, or what was kept is lost. Nothing is looked at and nothing stopped from here. See that its guard runs, with "outside" in its config`;
    return sayUnheard(all, because, signal);
  }

  async function sayUnheard(all: All, because: string, signal: AbortSignal): Promise<void> {
    const state = stateIn(all, "unheard") ?? emptyState;
    const silent: Input = { kind: "silent", atMs: clock.nowMs(), because };
    await tellOnce(unheardDeps(state), silent, signal);
  }

  function heardFrom({ host }: Beat): Input {
    const because = `the guard on ${host} is heard again, and goes on by itself`;
    return { kind: "heard", atMs: clock.nowMs(), because };
  }

  function unheardDeps(state: GuardState) {
    const standing = { state, orders: noOrders, acts: "tells", whose: "unheard" } as const;
    return lookDepsFor(deps, { ...standing, leases: undefined });
  }

  function standingFor(
    { acts, aheadMs }: StandIn,
    state: GuardState,
    beat: Beat,
    given: string | undefined,
  ): Standing {
    return {
      state,
      orders: readOrders(beat.orders) ?? noOrders,
      acts,
      leases: withGiven(leasesByClockHere(beat.leases, aheadMs), given),
      known: beat.look.pods ?? [],
      aheadMs,
      url: beat.url,
    };
  }

  return wake;
}
