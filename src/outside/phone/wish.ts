import * as z from "zod";
import type { Beat } from "#outside/beat/beat.ts";

/** A button that was pressed here, and what came of it. */
const wish = z.object({
  /** Of this press alone: a button that came to nothing may be pressed again. */
  id: z.string(),
  token: z.string(),
  /** When it was pressed, by the clock here. */
  atMs: z.number(),
  /** What it is for, in words: `Stop pod trainer (p1)`. */
  asked: z.string(),
  /** RunPod was asked from here for the end that it is for. */
  wasAsked: z.boolean(),
  /** Nothing more comes of it. */
  isOver: z.boolean(),
  /** It was done; false: nothing was changed, or nobody knows. */
  isDone: z.boolean(),
  /** What came of it. */
  words: z.string().optional(),
  /** Who is still to know of it. */
  note: z.enum(["none", "history", "people"]),
});

export type Wish = z.infer<typeof wish>;

/** So many wait at once: nobody has as many pods to keep or stop from a phone. */
const mostOpen = 20;
/** The oldest that are over go first. */
const mostKept = 100;
const key = "wishes";

type All = Readonly<Record<string, string>>;

export function wishesIn(all: All): readonly Wish[] {
  const text = all[key];
  const { data } = wish.array().safeParse(text === undefined ? undefined : JSON.parse(text));
  return data ?? [];
}

/** Of what was pressed with this button, the last. */
export function wishOf(token: string, all: All): Wish | undefined {
  return wishesIn(all).findLast((each) => each.token === token);
}

export function keptWishes(wishes: readonly Wish[]): Record<string, string | undefined> {
  const over = wishes.filter(({ isOver }) => isOver);
  const left = new Set(over.slice(0, Math.max(0, wishes.length - mostKept)));
  const kept = wishes.filter((each) => !left.has(each));
  return { [key]: kept.length === 0 ? undefined : JSON.stringify(kept) };
}

/** Undefined: too many wait. */
export function withWish(
  wishes: readonly Wish[],
  { token, atMs, asked }: Pick<Wish, "token" | "atMs" | "asked">,
): readonly Wish[] | undefined {
  if (wishes.filter(({ isOver }) => !isOver).length >= mostOpen) return undefined;
  const pressed = wishes.filter((each) => each.token === token).length;
  const id = `${atMs.toString(36)}-${pressed}-${token.slice(-8)}`;
  const fresh = { id, token, atMs, asked, wasAsked: false };
  return [...wishes, { ...fresh, isOver: false, isDone: false, note: "none" }];
}

/** As the account's own guard has said what came of them. */
export function afterBeat(
  wishes: readonly Wish[],
  took: NonNullable<Beat["tookWishes"]>,
): readonly Wish[] {
  return wishes.map((each) => {
    const found = took.find(({ id }) => id === each.id);
    if (found === undefined || each.isOver) return each;
    const { isOver, isDone, words } = found;
    const asked = each.wasAsked && !isDone ? `RunPod was asked from here; ${words}` : words;
    return { ...each, isOver, isDone, words: asked };
  });
}
