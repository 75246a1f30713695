import { wordsOf } from "#errors.ts";
import type { Clock } from "#ports.ts";
import { oneAtATime, withinLimit } from "#within-limit.ts";
import { type Link, linkLastsMs } from "./link.ts";
import { markOf } from "./seal.ts";

/** Each link is good for one act, however many ask for it at once, and whatever restarts in between. */
export interface Spending {
  /** Resolves once it is known what was used before, or that it cannot be known. Never throws. */
  readonly whenRead: Promise<void>;
  /** Gives the link to whoever asks first, and writes that down before it says so. Never throws. */
  readonly take: (token: string, link: Link) => Promise<Taken>;
  /** Nothing was done by the link of this mark: it is good again. The operation says why, if there was one. */
  readonly giveBack: (mark: string, operationId?: string) => Promise<void>;
  /** What is done by it, for whoever asks for it again. */
  readonly note: (token: string, done: Done | "elsewhere") => void;
  readonly useOf: (token: string, link: Link) => Use;
}

type Taken =
  | {
      readonly kind: "taken";
      /** It could not be written down: a restart would forget it. */
      readonly trouble: string | undefined;
    }
  | Exclude<Use, { readonly kind: "free" }>;

export type Use =
  /** With an operation: it was used, which has changed nothing. */
  | { readonly kind: "free"; readonly operationId?: string | undefined }
  /** "elsewhere": by what nobody knows here, as before a restart. */
  | { readonly kind: "spent"; readonly done: Done | "beginning" | "elsewhere" }
  /** Nobody knows; it may have been used. */
  | { readonly kind: "unknown"; readonly because: string; readonly isForGood: boolean };

/** What was done by a link. */
interface Done {
  readonly operationId: string;
  /** It could not be written down that the link was used. */
  readonly trouble: string | undefined;
}

interface Kept {
  /** A day longer than the link is good: the clock may be set back meanwhile. */
  readonly untilMs: number;
  readonly done: Done | "beginning" | "elsewhere";
}

export interface SpendingDeps {
  readonly clock: Clock;
  readonly file: {
    readonly read: () => Promise<
      | { readonly kind: "read"; readonly spent: ReadonlyMap<string, number> }
      | { readonly kind: "unreadable"; readonly because: string }
    >;
    readonly write: (spent: ReadonlyMap<string, number>) => Promise<void>;
  };
  readonly most: number;
}

/** As many as there are operations that are kept. */
const mostInVain = 50;
const readLimitMs = 10_000;
const writeLimitMs = 3_000;
const notReadYet = "which buttons were used is still being read. Try again in a moment";

/**
 * Reads what was used before at once. Where that cannot be read, what was made before is refused: it may
 * have been used. What is made from then on is known here.
 */
export function createSpending({ clock, file, most }: SpendingDeps): Spending {
  const used = new Map<string, Kept>();
  /** The last ones that were given back, by their mark. */
  const inVain = new Map<string, string>();
  const startedAtMs = clock.nowMs();
  let before: { readonly kind: "read" } | { readonly kind: "unread"; readonly because: string } = {
    kind: "unread",
    because: notReadYet,
  };
  const ready = readBefore();
  const inTurn = oneAtATime(writeLimitMs, clock);

  async function readBefore(): Promise<void> {
    try {
      const found = await withinLimit(file.read(), readLimitMs, clock);
      if (found.kind === "unreadable") {
        before = { kind: "unread", because: found.because };
        return;
      }
      for (const [mark, untilMs] of found.spent) used.set(mark, { untilMs, done: "elsewhere" });
      before = { kind: "read" };
    } catch (error) {
      before = { kind: "unread", because: `what was used cannot be read: ${wordsOf(error)}` };
    }
  }

  function useOf(token: string, { madeAtMs }: Link): Use {
    const found = used.get(markOf(token));
    if (found !== undefined) return { kind: "spent", done: found.done };
    if (before.kind === "read" || madeAtMs > startedAtMs) {
      return { kind: "free", operationId: inVain.get(markOf(token)) };
    }
    const { because } = before;
    return { kind: "unknown", because, isForGood: because !== notReadYet };
  }

  function forgetWhatIsOver(): void {
    for (const [mark, { untilMs }] of used) {
      if (untilMs <= clock.nowMs()) used.delete(mark);
    }
  }

  /** What cannot be read is not written over. */
  async function write(): Promise<string | undefined> {
    if (before.kind === "unread") return before.because;
    try {
      // As it is when its turn has come: the last one has all of them.
      await inTurn(() =>
        file.write(new Map([...used].map(([mark, { untilMs }]) => [mark, untilMs]))),
      );
      return undefined;
    } catch (error) {
      return wordsOf(error);
    }
  }

  return {
    whenRead: ready,
    async take(token, link) {
      await ready;
      const use = useOf(token, link);
      if (use.kind !== "free") return use;
      forgetWhatIsOver();
      if (used.size >= most) {
        const because = "too many buttons were used within a day";
        return { kind: "unknown", because, isForGood: false };
      }
      used.set(markOf(token), { untilMs: link.madeAtMs + 2 * linkLastsMs, done: "beginning" });
      return { kind: "taken", trouble: await write() };
    },
    async giveBack(mark, operationId) {
      await ready;
      if (!used.delete(mark)) return;
      inVain.delete(mark);
      if (operationId !== undefined) inVain.set(mark, operationId);
      for (const [oldest] of inVain) if (inVain.size > mostInVain) inVain.delete(oldest);
      await write();
    },
    note(token, done) {
      const mark = markOf(token);
      const found = used.get(mark);
      if (found !== undefined) used.set(mark, { ...found, done });
    },
    useOf,
  };
}
