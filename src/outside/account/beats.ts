import { spanWords } from "#guard/text.ts";
import type { Beat } from "#outside/beat/beat.ts";
import { silentFromMs } from "#outside/beat/silence.ts";
import type { AccountGuardDeps, SignedAnswer } from "./deps.ts";
import { forMachine } from "./for-machine.ts";
import { nothingOf, stateIn, textsIn, textsOf } from "./kept-state.ts";
import { readReceived, type Received } from "./received.ts";
import { readStandIn, type StandIn } from "./stand-in.ts";

/** A beat of the machine's own guard, which is heard, and hears what was done in its place. */
export async function hearBeat(
  deps: AccountGuardDeps,
  { count, body }: { readonly count: number; readonly body: string },
): Promise<SignedAnswer> {
  const { account, kept, clock } = deps;
  const nowMs = clock.nowMs();
  const received: Received = { atMs: nowMs, count, body };
  const now = readReceived(JSON.stringify(received));
  if (now === undefined) return { kind: "refused", because: "it is no beat of this version" };
  const all = await kept.read();
  if (all["orders"] !== undefined) {
    return {
      kind: "refused",
      because: "this account has its guard here, with no machine; two would act side by side",
    };
  }
  const standIn = readStandIn(all["standIn"]);
  const heard = { account, beat: JSON.stringify(received), ...nothingOf("unheard") };
  await kept.wakeAt(silentFromMs({ atMs: nowMs, nextInMs: now.beat.nextInMs }));
  const answer = { kind: "heard", nowMs, isFirst: all["beat"] === undefined } as const;
  if (standIn === undefined) {
    await kept.write(heard);
    return answer;
  }
  if (standIn.overAtMs !== undefined && now.beat.tookBack === standIn.id) {
    await kept.write({ ...heard, standIn: undefined, ...nothingOf("base"), ...nothingOf("own") });
    return answer;
  }
  const over = { ...standIn, overAtMs: standIn.overAtMs ?? nowMs };
  await kept.write({ ...heard, standIn: JSON.stringify(over) });
  // People hear of it from here, as they heard of the silence.
  await kept.wakeAt(nowMs);
  const back = backOf(over, all, now.beat);
  return back === undefined ? answer : { ...answer, back };
}

/** The same is handed back until a beat says that it was taken. */
function backOf(
  standIn: StandIn & { readonly overAtMs: number },
  all: Readonly<Record<string, string>>,
  { host }: Beat,
) {
  const [base, state] = [textsIn(all, "base"), stateIn(all, "own")];
  if (base === undefined || state === undefined) return undefined;
  const { id, aheadMs, acts, sinceMs, overAtMs } = standIn;
  const did = acts === "guards" ? "guarded" : "told people what it saw";
  const because = `the guard outside ${did} while ${host} was silent for ${spanWords(overAtMs - sinceMs)}`;
  return { id, aheadMs, base, because, theirs: textsOf(forMachine(state)) };
}
