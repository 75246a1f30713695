import { wordsOf } from "#errors.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";

/** A button that was pressed at the guard outside, for this one. */
export interface Wish {
  readonly id: string;
  readonly token: string;
}

/** What has come of one so far. */
export interface Took {
  readonly id: string;
  readonly isOver: boolean;
  readonly isDone: boolean;
  readonly words: string;
}

/** Undefined: nothing here can see to it. The same once more does nothing more. */
export type TakeWish = (wish: Wish) => Promise<Took> | undefined;

interface Deps {
  readonly takeWish: TakeWish;
  readonly clock: Clock;
  readonly log: Log;
}

/** More than it takes to know whether something is refused. What is not known by then, the next beat says. */
const limitMs = 15_000;

/** Sees to the wishes that an answer to a beat brings, and keeps for the next one what came of them. */
export function createTakingWishes({ takeWish, clock, log }: Deps) {
  let took: readonly Took[] = [];

  async function one(wish: Wish): Promise<readonly Took[]> {
    try {
      const taking = takeWish(wish);
      return taking === undefined ? [] : [await withinLimit(taking, limitMs, clock)];
    } catch (error) {
      log.warn({ wish: wish.id, because: wordsOf(error) }, "a button of a phone was not seen to");
      return [];
    }
  }

  return {
    took: () => took,
    /** True: there is something to say of them that was not said before. Never throws. */
    async take(wishes: readonly Wish[]): Promise<boolean> {
      const before = JSON.stringify(took);
      took = (await Promise.all(wishes.map(one))).flat();
      return took.length > 0 && JSON.stringify(took) !== before;
    },
  };
}
