import type { AccountGuardDeps, SignedAnswer } from "#outside/account/deps.ts";
import { readBeat } from "#outside/beat/beat.ts";
import { knownIn } from "./known.ts";
import { afterBeat, keptWishes, wishesIn } from "./wish.ts";

/**
 * The answer to a beat, with what people have pressed here for the guard that has sent it: again and again, until it
 * has said what came of it.
 */
export async function withWishes(
  { kept, clock }: Pick<AccountGuardDeps, "kept" | "clock">,
  answer: SignedAnswer,
  body: string,
): Promise<SignedAnswer> {
  if (answer.kind !== "heard") return answer;
  const all = await kept.read();
  const before = wishesIn(all);
  if (before.length === 0) return answer;
  const wishes = afterBeat(before, readBeat(body)?.tookWishes ?? []);
  await kept.write(keptWishes(wishes));
  // What is done from here is not done there as well.
  if (knownIn(all, clock.nowMs())?.doer.kind === "here") return answer;
  const open = wishes.filter(({ isOver }) => !isOver);
  return open.length === 0
    ? answer
    : { ...answer, wishes: open.map(({ id, token, atMs }) => ({ id, token, atMs })) };
}
