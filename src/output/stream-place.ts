import { wordsOf } from "#errors.ts";
import { createBacklog, type BacklogLimits } from "./backlog.ts";
import { silentLimitMs, type Place, type PlaceHooks } from "./place.ts";
import { createStall } from "./stall.ts";

/** A stream that does not wait for what it writes to: a pipe, a socket, an unheld terminal. */
export interface Unwaiting extends Pick<NodeJS.WritableStream, "on"> {
  write(text: string, done: (error?: Error | null) => void): boolean;
  readonly writableLength: number;
}

export interface StreamPlaceOptions extends BacklogLimits {
  readonly limitMs?: number;
}

/** What the stream itself may hold; the rest is ours, so that the oldest can be dropped. */
const inStreamLetters = 16_384;

/** Lines to a stream whose reader may be slow, asleep or gone. */
export function createStreamPlace(
  stream: Unwaiting,
  hooks: PlaceHooks,
  { limitMs = silentLimitMs, ...limits }: StreamPlaceOptions = {},
): Place {
  const backlog = createBacklog(hooks.lostLine, limits);
  const stall = createStall(limitMs, hooks.onFault);
  let whenDone: (() => void) | undefined;
  let hasFailed = false;

  const fail = (error: unknown): void => {
    hasFailed = true;
    hooks.onFault(wordsOf(error));
  };
  // Without a listener a closed pipe would end the process.
  stream.on("error", fail);

  const isDone = (): boolean => backlog.isEmpty() && stream.writableLength === 0;

  function pump(): void {
    while (stream.writableLength < inStreamLetters) {
      const line = backlog.next();
      if (line === undefined) break;
      try {
        stream.write(line, taken);
      } catch (error) {
        // A full disk throws right from here.
        fail(error);
      }
    }
    if (!isDone()) stall.waits();
  }

  function taken(error?: Error | null): void {
    if (error) return fail(error);
    hasFailed = false;
    stall.moved(!isDone());
    hooks.onSound();
    pump();
    if (isDone()) whenDone?.();
  }

  return {
    write(line) {
      backlog.add(line);
      pump();
    },
    finish: (atMostMs) =>
      new Promise((resolve) => {
        if (isDone() || hasFailed) return resolve();
        const limit = setTimeout(resolve, atMostMs);
        whenDone = () => {
          clearTimeout(limit);
          resolve();
        };
      }),
  };
}
