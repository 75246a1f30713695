import type { Engine } from "#daemon/engine.ts";
import type { LockNews } from "#store/lock/late-lock.ts";

type Trouble =
  | { readonly kind: "trouble"; readonly what: string; readonly because: string }
  | { readonly kind: "recovered"; readonly what: string };

/** Hands troubles to the engine, also those from before it was made. */
export function troubleTeller() {
  let early: Trouble[] = [];
  let hand: ((trouble: Trouble) => void) | undefined;
  return {
    tell(trouble: Trouble): void {
      if (hand === undefined) early.push(trouble);
      else hand(trouble);
    },
    tellTo(engine: Engine, nowMs: () => number): void {
      hand = (trouble) => void engine.take({ ...trouble, atMs: nowMs() });
      for (const trouble of early) hand(trouble);
      early = [];
    },
  };
}

/** Two topics: that another daemon runs is told even right after a trouble of the disk. */
export function tellOfLock(news: LockNews, troubles: ReturnType<typeof troubleTeller>): void {
  switch (news.kind) {
    case "had":
      troubles.tell({ kind: "recovered", what: "lock" });
      return troubles.tell({ kind: "recovered", what: "another daemon" });
    case "failing":
      return troubles.tell({ kind: "trouble", what: "lock", because: news.because });
    case "lost":
      return troubles.tell({ kind: "trouble", what: "another daemon", because: news.because });
  }
}
