import type { Look } from "#guard/model/account.ts";
import type { Account, Clock, EndAnswer } from "#ports.ts";

const looksBeside = 2;

/**
 * The same account, but a lost request does not cost a whole time limit. A poll without an answer
 * after `askAgainMs` is sent again beside the first; the first answer decides, unless a later request
 * succeeds before it comes. An answer to an end is not waited for, as only a poll proves it.
 * Once RunPod asked for fewer requests, nothing is sent beside another until a poll succeeds; and none
 * while `hasRoom` says that its rate windows have no room for that.
 */
export function hedged(
  inner: Account,
  clock: Clock,
  askAgainMs: number,
  hasRoom: () => boolean = () => true,
): Account {
  let isAskedForFewer = false;
  const account: Account = {
    ...inner,
    async look(signal) {
      const look = await inner.look(signal);
      if (look.kind === "seen") isAskedForFewer = false;
      else if (look.retryAfterMs !== undefined) isAskedForFewer = true;
      return look;
    },
  };
  const mayAskBeside = (): boolean => !isAskedForFewer && hasRoom();
  return {
    look: (signal) =>
      untilOver(signal, (over) =>
        Promise.race([
          account.look(over),
          firstSeenBeside(account, clock, askAgainMs, mayAskBeside, over),
        ]),
      ),
    // Nothing is decided in a hurry from it: its own time limit is enough.
    measure: (signal) => account.measure(signal),
    end: (target, action, signal) =>
      untilOver(signal, (over) =>
        Promise.race([account.end(target, action, over), noAnswer(clock, askAgainMs, over)]),
      ),
  };
}

/** Aborts what the work has started when it is done, or when it is interrupted. */
async function untilOver<Result>(
  interrupted: AbortSignal,
  work: (over: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const ending = new AbortController();
  const end = (): void => ending.abort();
  interrupted.addEventListener("abort", end);
  if (interrupted.aborted) end();
  try {
    return await work(ending.signal);
  } finally {
    interrupted.removeEventListener("abort", end);
    end();
  }
}

/** Resolves only if one of the requests beside sees. */
function firstSeenBeside(
  account: Account,
  clock: Clock,
  askAgainMs: number,
  mayAskBeside: () => boolean,
  over: AbortSignal,
): Promise<Look> {
  return new Promise((resolve) => {
    void askBeside(account, clock, askAgainMs, mayAskBeside, over, resolve);
  });
}

async function askBeside(
  account: Account,
  clock: Clock,
  askAgainMs: number,
  mayAskBeside: () => boolean,
  over: AbortSignal,
  onSeen: (look: Look) => void,
): Promise<void> {
  for (let n = 0; n < looksBeside; n += 1) {
    await clock.sleepUntil(clock.nowMs() + askAgainMs, over);
    if (over.aborted || !mayAskBeside()) return;
    void account.look(over).then((look) => {
      if (look.kind === "seen") onSeen(look);
    });
  }
}

async function noAnswer(clock: Clock, askAgainMs: number, over: AbortSignal): Promise<EndAnswer> {
  await clock.sleepUntil(clock.nowMs() + askAgainMs, over);
  const because = `no answer within ${askAgainMs / 1000} s`;
  return { kind: "failed", because, isReadOnlyKey: false };
}
