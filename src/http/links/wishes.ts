import { wordsOf } from "#errors.ts";
import type { Operations } from "#http/deps.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Links, ReadOnItLink, ReadPodLink } from "./links.ts";
import { onItDone } from "./on-it-pages.ts";
import { press } from "./press.ts";

/** A button that was pressed where this guard is not reached, and waits there for it. */
export interface Wish {
  readonly id: string;
  readonly token: string;
}

/** What has come of one so far. */
export interface Took {
  readonly id: string;
  /** Nothing more comes of it. */
  readonly isOver: boolean;
  /** It was done; false: nothing was changed, or nobody knows. */
  readonly isDone: boolean;
  readonly words: string;
}

export interface WishDeps {
  readonly links: Links;
  readonly operations: Pick<Operations, "begin" | "of">;
  /** What leaves holds no secret of any settings. */
  readonly redact: (text: string) => string;
}

/** As many as the operations that are kept. */
const mostKnown = 50;

/**
 * Does what was wished elsewhere as if the button were pressed at the page here, each once, however often it is heard
 * of. What was used before a restart is not done again.
 */
export function createWishTaker(deps: WishDeps): (wish: Wish) => Promise<Took> {
  /** By the id of a wish: the operation that it has begun. */
  const begun = new Map<string, string>();
  /** Those that are being begun right now. */
  const beginning = new Map<string, Promise<Came>>();

  async function came(wish: Wish): Promise<Came> {
    const operation = operationOf(begun.get(wish.id));
    if (operation !== undefined) return cameOf(operation);
    await deps.links.whenRead;
    const read = deps.links.read(wish.token);
    if (read === undefined) {
      return over("this guard does not know the button: its key was changed since");
    }
    if (read.kind === "on-it") return hold(read);
    return cameBefore(read) ?? (await begin(wish, read));
  }

  async function hold({ link, standing }: ReadOnItLink): Promise<Came> {
    if (standing.kind === "over") return over(standing.because);
    if (standing.kind === "reminds") await deps.links.hold(link);
    return done(onItDone);
  }

  async function begin({ id, token }: Wish, read: ReadPodLink): Promise<Came> {
    try {
      const pressed = await press(token, read, deps.links, deps.operations);
      if (pressed.kind === "refused") {
        return over([pressed.message, pressed.hint].filter(Boolean).join(" "));
      }
      if (pressed.operationId !== undefined) remember(id, pressed.operationId);
      const operation = operationOf(pressed.operationId);
      return operation === undefined ? waits("it is being done") : cameOf(operation);
    } catch (error) {
      return over(`it failed: ${wordsOf(error)}. Whether it was done is not known`);
    }
  }

  /** Undefined: it is to be done now. */
  function cameBefore({ link, use, standing }: ReadPodLink): Came | undefined {
    if (link.about.kind === "test") return done("the button works, and leads to your guard");
    if (use.kind === "spent") return cameOfSpent(use.done);
    switch (standing.kind) {
      case "over":
        return over(standing.because);
      case "unsure":
        return waits(standing.because);
      case "stands":
        break;
    }
    if (use.kind === "free") return undefined;
    return use.isForGood
      ? over(`whether it was used is not known: ${use.because}`)
      : waits(use.because);
  }

  function cameOfSpent(by: Extract<ReadPodLink["use"], { readonly kind: "spent" }>["done"]): Came {
    if (by === "beginning") return waits("it is being done");
    const operation = by === "elsewhere" ? undefined : operationOf(by.operationId);
    return operation === undefined
      ? over("the button was used before. What came of it stands in the history")
      : cameOf(operation);
  }

  function operationOf(id: string | undefined): OperationAnswer | undefined {
    return id === undefined ? undefined : deps.operations.of(id);
  }

  function remember(id: string, operationId: string): void {
    begun.set(id, operationId);
    for (const [oldest] of begun) if (begun.size > mostKnown) begun.delete(oldest);
  }

  return async (wish) => {
    const { id } = wish;
    const now = beginning.get(id) ?? came(wish);
    beginning.set(id, now);
    try {
      const { words, ...rest } = await now;
      return { id, ...rest, words: deps.redact(words) };
    } finally {
      beginning.delete(id);
    }
  };
}

type Came = Omit<Took, "id">;

function cameOf({ state, words }: OperationAnswer): Came {
  switch (state) {
    case "running":
      return waits("it is being done");
    case "done":
      return done(words ?? "it was done");
    case "refused":
    case "unproven":
    case "interrupted":
      return over(words ?? "it was not done");
  }
}

function waits(words: string): Came {
  return { isOver: false, isDone: false, words };
}

function over(words: string): Came {
  return { isOver: true, isDone: false, words };
}

function done(words: string): Came {
  return { isOver: true, isDone: true, words };
}
