import type { LeaseBook } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { mergedBooks } from "#guard/hand-over/merged-books.ts";
import type { Link, PodLink } from "#http/links/link.ts";
import { opened, outsideLinkKeyOf } from "#http/links/seal.ts";
import { standingOf } from "#http/links/standing.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import type { Standing } from "#outside/account/look-deps.ts";
import { readLeaseBook, writeLeaseBook } from "#store/lease-text.ts";
import { shiftedLink } from "./link-times.ts";
import { keptWishes, type Wish, wishesIn } from "./wish.ts";

export const emptyBook: LeaseBook = { leases: {}, touchedAtMs: {} };

/** What was pressed with a button and is not over, with what that is for by the clock here. */
export function askedHere(
  { account, beatKey }: Pick<AccountGuardDeps, "account" | "beatKey">,
  { aheadMs = 0 }: Standing,
  all: Readonly<Record<string, string>>,
): readonly { readonly wish: Wish; readonly link: Link }[] {
  const key = outsideLinkKeyOf(beatKey, account);
  return wishesIn(all).flatMap((wish) => {
    const link = wish.isOver ? undefined : opened(wish.token, key);
    return link === undefined ? [] : [{ wish, link: shiftedLink(link, aheadMs) }];
  });
}

/** By what a guard here knows itself. */
export function standingHere(link: PodLink, state: GuardState, nowMs: number) {
  const isSeen = state.blind === undefined && state.podsBlind === undefined;
  return standingOf(link, { ...state, lastSeen: isSeen ? {} : undefined }, nowMs);
}

/** These wishes as they stand now, and what was said to the book here. */
export function changed(
  all: Readonly<Record<string, string>>,
  wishes: readonly Wish[],
  said?: LeaseBook,
): Readonly<Record<string, string | undefined>> {
  const byId = new Map(wishes.map((wish) => [wish.id, wish]));
  const now = wishesIn(all).map((wish) => byId.get(wish.id) ?? wish);
  return { ...keptWishes(now), ...(said && { leases: bookWith(all["leases"], said) }) };
}

/** What of people's words was said here, as a lease file has it. */
function bookWith(text: string | undefined, said: LeaseBook): string {
  const read = text === undefined ? undefined : readLeaseBook(text);
  return writeLeaseBook(mergedBooks(read?.kind === "book" ? read.book : emptyBook, said));
}

export function over(
  wish: Wish,
  words: string,
  { isDone = false, note = "none" }: Partial<Pick<Wish, "isDone" | "note">> = {},
): Wish {
  return { ...wish, isOver: true, isDone, words, note };
}
