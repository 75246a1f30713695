import { setTimeout as pause } from "node:timers/promises";
import { lossWords } from "./lock-beat.ts";
import type { LockFile } from "./lock-file.ts";

/** How the lock of a running daemon stands. */
export type LockNews =
  | { readonly kind: "had" }
  | { readonly kind: "failing"; readonly because: string }
  /** Another daemon has it. */
  | { readonly kind: "lost"; readonly because: string };

export interface LateLock {
  /** Begins to try at each beat; tells how each try ended. */
  follow(tell: (news: LockNews) => void): void;
  /** No try takes the lock after this. Never throws. */
  release(): Promise<void>;
}

export interface LateLockOptions {
  readonly make: () => Promise<LockFile>;
  readonly wordsOf: (error: unknown) => string;
  readonly beatMs: number;
}

const patienceMs = 2_000;
/** A disk that hangs holds up no end. */
const endLimitMs = 500;

/** A lock that could not be had at the start: the guard works without it, and tries on beside its work. */
export function createLateLock({ make, wordsOf, beatMs }: LateLockOptions): LateLock {
  let lock: LockFile | undefined;
  let timer: NodeJS.Timeout | undefined;
  let trying: Promise<void> | undefined;
  let isOver = false;

  async function attempt(tell: (news: LockNews) => void): Promise<void> {
    try {
      lock ??= await make();
      const held = await lock.acquire(patienceMs);
      if (isOver) await lock.release();
      else if (held === undefined) {
        clearInterval(timer);
        void lock.lost.then((because) => tell({ kind: "lost", because }));
        tell({ kind: "had" });
      } else if (held.life === "alive")
        tell({ kind: "lost", because: lossWords(held.path, held.holder) });
    } catch (error) {
      if (!isOver) tell({ kind: "failing", because: wordsOf(error) });
    }
  }

  return {
    follow(tell) {
      timer = setInterval(() => {
        // One that hangs keeps a thread of the few there are: there is never a second one.
        trying ??= attempt(tell).finally(() => (trying = undefined));
      }, beatMs).unref();
    },
    async release() {
      isOver = true;
      clearInterval(timer);
      await Promise.race([trying, pause(endLimitMs, undefined, { ref: false })]);
      await lock?.release();
    },
  };
}
