import { wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { type AskedEnd, type AskedEndsFile, mostAskedEnds } from "#store/asked-ends-file.ts";
import { oneAtATime, withinLimit } from "#within-limit.ts";

/** The ends that people have asked for: written down before RunPod is asked, until it is known what came of them. */
export interface AskedEnds {
  /** What an earlier daemon has left, or why that cannot be known. Never throws. */
  readonly before: Promise<{ readonly ends: readonly AskedEnd[]; readonly because?: string }>;
  /** Resolves to why it could not be written down. Never throws, and takes a few seconds at most. */
  readonly keep: (end: AskedEnd) => Promise<string | undefined>;
  readonly drop: (id: string) => Promise<void>;
}

const readLimitMs = 3_000;
const writeLimitMs = 3_000;

/** Reads at once. What cannot be read is not written over. */
export function createAskedEnds(file: AskedEndsFile, clock: Clock): AskedEnds {
  const kept = new Map<string, AskedEnd>();
  let unread: string | undefined;
  const before = readBefore();
  const inTurn = oneAtATime(writeLimitMs, clock);

  async function readBefore() {
    try {
      const found = await withinLimit(file.read(), readLimitMs, clock);
      if (found.kind === "read") {
        for (const end of found.ends) kept.set(end.id, end);
        return { ends: found.ends };
      }
      unread = found.because;
    } catch (error) {
      unread = `what was asked for cannot be read: ${wordsOf(error)}`;
    }
    return { ends: [], because: unread };
  }

  async function write(): Promise<string | undefined> {
    if (unread !== undefined) return unread;
    try {
      // As they are when its turn has come: the last one has all of them.
      await inTurn(() => file.write([...kept.values()]));
      return undefined;
    } catch (error) {
      return wordsOf(error);
    }
  }

  return {
    before,
    async keep(end) {
      await before;
      if (!kept.has(end.id) && kept.size >= mostAskedEnds) return "too many are under way";
      kept.set(end.id, end);
      return write();
    },
    async drop(id) {
      await before;
      if (kept.delete(id)) await write();
    },
  };
}
