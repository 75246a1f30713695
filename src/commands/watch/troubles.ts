import type { Engine } from "#daemon/engine.ts";
import type { Log } from "#log.ts";
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

/** Beside the real guard a dry run finds the port taken: that is no trouble of anybody's. */
export function tellOfPage(
  because: string | undefined,
  { dryRun }: { readonly dryRun: boolean },
  {
    log,
    troubles,
  }: { readonly log: Log; readonly troubles: Pick<ReturnType<typeof troubleTeller>, "tell"> },
): void {
  if (because === undefined) troubles.tell({ kind: "recovered", what: "the page" });
  else if (dryRun) log.warn({ because }, "page not served");
  else troubles.tell({ kind: "trouble", what: "the page", because });
}
