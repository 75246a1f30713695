import type { Account } from "#ports.ts";

/**
 * The same account, polled once for all who ask while a poll is under way: theirs begins when that is over,
 * so that it is never older than their question. However many ask, RunPod is asked as by one.
 */
export function withSharedLooks(account: Account, interrupted: AbortSignal): Account {
  return {
    look: shared(() => account.look(interrupted)),
    measure: shared(() => account.measure(interrupted)),
    end: (target, action, signal) => account.end(target, action, signal),
  };
}

function shared<Result>(ask: () => Promise<Result>): () => Promise<Result> {
  let current: Promise<unknown> = Promise.resolve();
  let next: Promise<Result> | undefined;
  async function askNext(): Promise<Result> {
    await current;
    next = undefined;
    const mine = ask();
    current = mine.catch(() => undefined);
    return mine;
  }
  return () => (next ??= askNext());
}
