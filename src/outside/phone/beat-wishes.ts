import type { AccountGuardDeps, SignedAnswer } from "#outside/account/deps.ts";
import { readBeat } from "#outside/beat/beat.ts";
import { knownIn } from "./known.ts";
import { afterBeat, keptWishes, wishesIn } from "./wish.ts";

/**
 * The answer to a beat, with what people have pressed here for the guard that has sent it: again and again, until it
 * has said what came of it. What they were given from here in its place is handed back with the rest.
 */
export async function withWishes(
  { kept, clock }: Pick<AccountGuardDeps, "kept" | "clock">,
  answer: SignedAnswer,
  body: string,
): Promise<SignedAnswer> {
  if (answer.kind !== "heard") return answer;
  const all = await kept.read();
  const { leases, standIn } = all;
  // It has all of them.
  if (leases !== undefined && standIn === undefined) await kept.write({ leases: undefined });
  const heard = leases === undefined ? answer : withLeases(answer, leases);
  const before = wishesIn(all);
  if (before.length === 0) return heard;
  const wishes = afterBeat(before, readBeat(body)?.tookWishes ?? []);
  await kept.write(keptWishes(wishes));
  // What is done from here is not done there as well.
  if (knownIn(all, clock.nowMs())?.doer.kind === "here") return heard;
  const open = wishes.filter(({ isOver }) => !isOver);
  return open.length === 0
    ? heard
    : { ...heard, wishes: open.map(({ id, token, atMs }) => ({ id, token, atMs })) };
}

function withLeases(
  answer: SignedAnswer & { readonly kind: "heard" },
  leases: string,
): SignedAnswer & { readonly kind: "heard" } {
  const { back } = answer;
  return back === undefined ? answer : { ...answer, back: { ...back, leases } };
}
