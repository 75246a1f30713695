import type { Look } from "#guard/model/account.ts";
import type { Account, Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";

/** A poll that takes longer no longer keeps the next one waiting. */
const slowMs = 3_000;

/** A poll that may not have begun, and how many wait for it. */
interface Next {
  readonly look: Promise<Look>;
  waiting: number;
  readonly ending: AbortController;
}

/**
 * The same account, but all who ask for a poll before it begins share it, and two begin no closer together
 * than `apartMs` says. Each gets one that began after he asked, so that it may prove what he did before.
 */
export function shared(account: Account, clock: Clock, apartMs: () => number): Account {
  let next: Next | undefined;
  let last: Promise<unknown> = Promise.resolve();
  let beganAtMs: number | undefined;

  function made(): Next {
    const ending = new AbortController();
    const mine: Next = { waiting: 0, ending, look: begin(() => mine) };
    return mine;
  }

  async function begin(mine: () => Next): Promise<Look> {
    // Who asks at the same moment is with it too.
    await Promise.resolve();
    const { ending } = mine();
    await withinLimit(last, slowMs, clock).catch(() => undefined);
    const now = clock.nowMs();
    // After a clock that went back, as long as that.
    if (beganAtMs !== undefined) {
      await clock.sleepUntil(Math.min(beganAtMs, now) + apartMs(), ending.signal);
    }
    if (next === mine()) next = undefined;
    if (ending.signal.aborted) return interrupted(clock);
    beganAtMs = clock.nowMs();
    const look = account.look(ending.signal);
    last = look;
    return look;
  }

  return {
    ...account,
    look(signal) {
      next ??= made();
      return waitedFor(next, signal);
    },
  };

  async function waitedFor(mine: Next, signal: AbortSignal): Promise<Look> {
    mine.waiting += 1;
    let leave = (): void => undefined;
    const left = new Promise<Look>((resolve) => {
      leave = () => resolve(interrupted(clock));
    });
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
    try {
      return await Promise.race([mine.look, left]);
    } finally {
      signal.removeEventListener("abort", leave);
      mine.waiting -= 1;
      if (mine.waiting === 0) {
        if (next === mine) next = undefined;
        mine.ending.abort();
      }
    }
  }
}

function interrupted(clock: Clock): Look {
  return { kind: "blind", atMs: clock.nowMs(), cause: "unreachable", because: "interrupted" };
}
