import { wordsOf } from "#errors.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Clock, LeaseReader } from "#ports.ts";
import type { Engine } from "./engine.ts";
import { oneAtATime } from "#within-limit.ts";

const limitMs = 2_000;
const what = "leases";

/** Reads the lease file and hands it to the guard; when it cannot be read, that is unknown and notified. */
export function createLeaseReading(
  reader: LeaseReader,
  engine: Pick<Engine, "take">,
  clock: Clock,
): () => Promise<LeaseBook | "unknown"> {
  const withinLimit = oneAtATime(limitMs, clock);
  let isTroubled = false;
  return async () => {
    let book: LeaseBook | "unknown" = "unknown";
    try {
      book = await withinLimit(() => reader.read());
      if (isTroubled) await engine.take({ kind: "recovered", what, atMs: clock.nowMs() });
      isTroubled = false;
    } catch (error) {
      isTroubled = true;
      const because = `${wordsOf(error)}. Until it can be read, the lease and idle guards stop nothing`;
      await engine.take({ kind: "trouble", what, atMs: clock.nowMs(), because });
    }
    await engine.take({ kind: "leases", atMs: clock.nowMs(), book });
    return book;
  };
}
