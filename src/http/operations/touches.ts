import type { Clock } from "#ports.ts";

interface TouchesDeps {
  readonly clock: Clock;
  /** Keeps them all. Throws when it cannot. */
  readonly write: (touchedAtMs: Readonly<Record<string, number>>) => Promise<unknown>;
}

/** Two writes are this far apart: jobs in many pods may say each second that they are at work. */
const apartMs = 1_000;

interface Batch {
  readonly touchedAtMs: Map<string, number>;
  readonly written: Promise<void>;
}

/** Keeps touches that come often: those that come together are written together. */
export function createTouches({ clock, write }: TouchesDeps) {
  const never = new AbortController().signal;
  let waiting: Batch | undefined;
  let writing: Promise<unknown> = Promise.resolve();
  let nextAtMs = -Infinity;

  function begin(): Batch {
    const touchedAtMs = new Map<string, number>();
    const before = writing;
    const written = (async () => {
      await before;
      await clock.sleepUntil(nextAtMs, never);
      waiting = undefined;
      nextAtMs = clock.nowMs() + apartMs;
      await write(Object.fromEntries(touchedAtMs));
    })();
    writing = written.catch(() => undefined);
    return { touchedAtMs, written };
  }

  return {
    /** Resolves when it is kept. Throws when it could not be. */
    keep(podId: string, atMs: number): Promise<void> {
      waiting ??= begin();
      waiting.touchedAtMs.set(podId, atMs);
      return waiting.written;
    },
  };
}
