import { listedPods, spanWords } from "#guard/text.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Beat } from "#outside/beat/beat.ts";
import type { AccountGuardDeps, HandedBack, SignedAnswer } from "./deps.ts";
import { forMachine, leftToSay } from "./for-machine.ts";
import { keyed, nothingOf, stateIn, textsIn, textsOf } from "./kept-state.ts";
import { neededFromMs, readReceived, type Received } from "./received.ts";
import { readStandIn, type StandIn } from "./stand-in.ts";

/**
 * A beat of the machine's own guard, which is heard, and hears what was done in its place. `endLook` ends a look
 * that is under way.
 */
export async function hearBeat(
  deps: AccountGuardDeps,
  { count, body }: { readonly count: number; readonly body: string },
  endLook: () => Promise<void>,
): Promise<SignedAnswer> {
  const { account, kept, clock } = deps;
  const nowMs = clock.nowMs();
  const before = await kept.read();
  if (before["orders"] !== undefined) {
    return {
      kind: "refused",
      because: "this account has its guard here, with no machine; two would act side by side",
    };
  }
  const last = readReceived(before["beat"]);
  const received = readReceived(JSON.stringify({ atMs: nowMs, count, body } satisfies Received));
  if (received === undefined) return { kind: "refused", because: "it is no beat of this version" };
  const seesNothing = received.beat.look.isBlind || received.beat.isStart === true;
  const blindSinceMs = seesNothing ? (last?.blindSinceMs ?? nowMs) : undefined;
  const now = { ...received, blindSinceMs };
  const { beat, ...kind } = now;
  const heard = {
    account,
    beat: JSON.stringify(kind satisfies Received),
    lateAtMs: undefined,
    forgotten: undefined,
  };
  const answer = { kind: "heard", nowMs, isFirst: last === undefined } as const;
  const fromMs = neededFromMs(now);
  // It runs, and sees nothing: what stands in for it goes on. One that starts is handed over to in any case.
  if (
    nowMs >= fromMs &&
    beat.isStart !== true &&
    readStandIn(before["standIn"])?.overAtMs === undefined
  ) {
    await kept.write(heard);
    return answer;
  }
  await endLook();
  const all = await kept.read();
  const standIn = readStandIn(all["standIn"]);
  const neededMs = Math.max(nowMs, fromMs);
  await (kept.wakeBy === undefined ? kept.wakeAt(neededMs) : kept.wakeBy(neededMs));
  if (standIn === undefined) {
    await kept.write(heard);
    return answer;
  }
  if (standIn.overAtMs !== undefined && beat.tookBack === standIn.id) {
    const own = stateIn(all, "own");
    // It may be so soon that people have not heard of it from here.
    const left = own && leftToSay(own);
    const none = { ...nothingOf("base"), ...nothingOf("own"), ...nothingOf("given") };
    const unsaid = left && keyed("unheard", textsOf(left));
    await kept.write({ ...heard, standIn: undefined, ...none, ...unsaid });
    if (left !== undefined) await kept.wakeAt(nowMs);
    return answer;
  }
  const over = { ...standIn, overAtMs: standIn.overAtMs ?? nowMs };
  const back = backOf(deps, over, all, beat);
  await kept.write({
    ...heard,
    standIn: JSON.stringify({ ...over, given: back && { id: back.id, because: back.because } }),
    ...(back && { ...keyed("base", back.base), ...keyed("given", back.theirs) }),
  });
  // People hear of it from here, as they heard of the silence.
  await kept.wakeAt(nowMs);
  return back === undefined ? answer : { ...answer, back };
}

/** The same is handed back until a beat says that it was taken. */
function backOf(
  { channelPolicies }: AccountGuardDeps,
  standIn: StandIn & { readonly overAtMs: number },
  all: Readonly<Record<string, string>>,
  { host, tookBack }: Beat,
): HandedBack | undefined {
  const { id, aheadMs, acts, sinceMs, overAtMs, given } = standIn;
  const channels = channelPolicies.map(({ name }) => name);
  // It was taken over before the last silence.
  const wasTaken = given !== undefined && given.id === tookBack;
  const whose = wasTaken ? "given" : "base";
  const [base, from] = [textsIn(all, whose), stateIn(all, whose)];
  if (base === undefined || from === undefined) return undefined;
  const before = textsIn(all, "given");
  if (given !== undefined && given.id === id && before !== undefined) {
    return { id, aheadMs, base, theirs: before, channels, because: given.because };
  }
  const state = stateIn(all, "own");
  if (state === undefined) return undefined;
  const did = acts === "guards" ? "guarded" : "told people what it saw";
  const silent = `while ${host} was silent for ${spanWords(overAtMs - sinceMs)}`;
  const because = `the guard outside ${did} ${silent}${endedWords(from, state)}`;
  return { id, aheadMs, base, theirs: textsOf(forMachine(state)), channels, because };
}

/** What was ended there, and recorded since. */
function endedWords(from: GuardState, { unrecorded }: GuardState): string {
  const had = new Set(from.unrecorded.map(({ id }) => id));
  const ended = unrecorded.flatMap(({ id, type, run }) =>
    run !== undefined && (type === "stop" || type === "termination") && !had.has(id)
      ? [{ podId: run.podId, name: run.podName }]
      : [],
  );
  return ended.length === 0 ? "" : `. Pods that ended meanwhile: ${listedPods(ended)}`;
}
