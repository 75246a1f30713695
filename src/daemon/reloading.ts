import { wordsOf } from "#errors.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { GivenUp, oneAtATime } from "#within-limit.ts";
import type { SystemdNotify } from "./systemd-notify.ts";

export interface ReloadingDeps {
  /** Reads the new config and puts it in force, all of it or none. Throws in words when it cannot. */
  readonly load: () => Promise<void>;
  readonly clock: Clock;
  readonly limitMs: number;
  readonly log: Log;
  readonly systemd: Pick<SystemdNotify, "reloading" | "reloaded">;
  /** Told why not, in words; undefined when it was reloaded. */
  readonly onDone: (because: string | undefined) => void;
}

const refusedWords = "not reloaded, still using the old one";

/**
 * Reloads the config when asked, beside the loop: one reload at a time, however often it is asked for,
 * and none is waited for beyond its limit. While one hangs, the next ones are refused.
 */
export function createReloading(deps: ReloadingDeps): () => void {
  const { load, clock, limitMs, log, systemd, onDone } = deps;
  const inTurn = oneAtATime(limitMs, clock);
  let isUnderWay = false;
  let isWantedAgain = false;

  async function reload(): Promise<void> {
    systemd.reloading();
    let because: string | undefined;
    try {
      await inTurn(load);
    } catch (error) {
      because = error instanceof GivenUp ? lateWords(limitMs) : wordsOf(error);
      log.error({ because }, `config ${refusedWords}`);
    }
    const words = because === undefined ? undefined : `${refusedWords}: ${because}`;
    onDone(words);
    systemd.reloaded(words && `config ${words}`);
  }

  async function untilNoneIsWanted(): Promise<void> {
    do {
      isWantedAgain = false;
      await reload();
    } while (isWantedAgain);
  }

  return () => {
    isWantedAgain = true;
    if (isUnderWay) return;
    isUnderWay = true;
    void untilNoneIsWanted()
      .catch((error: unknown) => log.error({ because: wordsOf(error) }, "this is a bug"))
      .finally(() => (isUnderWay = false));
  };
}

function lateWords(limitMs: number): string {
  return `it could not be read within ${limitMs / 1_000} s`;
}
