import { withKept } from "#guard/account/kept.ts";
import { mergedBooks } from "#guard/hand-over/merged-books.ts";
import type { LeaseBook, PodRun } from "#guard/model/run.ts";
import { hourMs } from "#guard/model/time.ts";
import { extended, withSaid } from "#guard/pods/rules/lease.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import { spanWords } from "#guard/text.ts";
import type { PodLink } from "#http/links/link.ts";
import { whenWords } from "#http/links/question-page.ts";
import type { AccountGuardDeps } from "#outside/account/deps.ts";
import type { Standing } from "#outside/account/look-deps.ts";
import { readLeaseBook, writeLeaseBook } from "#store/lease-text.ts";
import { askedHere, changed, emptyBook, over, standingHere } from "./asked.ts";
import type { Wish } from "./wish.ts";

/** Extends and touches, as people have asked for here. Gives the leases that hold from then on. */
export async function giveTime(
  deps: AccountGuardDeps,
  standing: Standing,
): Promise<string | undefined> {
  const { kept, clock } = deps;
  const all = await kept.read();
  const read = standing.leases === undefined ? undefined : readLeaseBook(standing.leases);
  let book = read?.kind === "book" ? read.book : undefined;
  let said: LeaseBook | undefined;
  const now: Wish[] = [];
  for (const { wish, link } of askedHere(deps, standing, all)) {
    if (link.action === "stop" || link.action === "on-it") continue;
    const came = timeFor(link, standing, book, clock.nowMs());
    if (came === undefined) continue;
    const { words, rows } = came;
    if (rows !== undefined && book !== undefined) {
      book = mergedBooks(book, rows);
      said = mergedBooks(said ?? emptyBook, rows);
    }
    const isDone = rows !== undefined;
    now.push(over(wish, words, { isDone, note: isDone ? "history" : "none" }));
  }
  if (now.length === 0) return standing.leases;
  await kept.write(changed(all, now, said));
  return book && writeLeaseBook(book);
}

/** Without rows nothing is changed. */
interface Came {
  readonly words: string;
  readonly rows?: LeaseBook;
}

/** Undefined: it may be told in a while. */
function timeFor(
  link: PodLink,
  { state, orders }: Standing,
  book: LeaseBook | undefined,
  nowMs: number,
): Came | undefined {
  const standing = standingHere(link, state, nowMs);
  if (standing.kind === "unsure") return undefined;
  if (standing.kind === "over") return { words: standing.because };
  if (book === undefined) return { words: "its leases could not be read" };
  if (orders.isDry) return { words: "a dry run, so nothing was changed" };
  const { run } = standing;
  const pod = { id: run.podId, name: run.name, rawName: run.name };
  if (isProtected(pod, withKept(orders.policy, state).protect)) {
    return { words: "it is protected, so no guard stops it" };
  }
  if (link.action === "extend")
    return longer(link, run, orders.policy.podGuards.lease, book, nowMs);
  return {
    words: "it counts as active from now on: its idle time starts again from zero",
    rows: { leases: {}, touchedAtMs: { [pod.id]: nowMs } },
  };
}

function longer(
  { hours = 0 }: PodLink,
  run: PodRun,
  guard: Standing["orders"]["policy"]["podGuards"]["lease"],
  book: LeaseBook,
  nowMs: number,
): Came {
  const { podId, name } = run;
  if (guard === undefined || !isGuardFor({ id: podId, name, rawName: name }, guard)) {
    return { words: "no lease guard is for it" };
  }
  const current = withSaid(run, book, nowMs);
  const found = extended(current, guard, hours * hourMs, nowMs);
  switch (found.kind) {
    case "no-lease":
      return { words: "it has no lease to extend" };
    case "over-cap":
      return {
        words: `it can get at most ${spanWords(found.remainsMs)} more, by guards.lease.max_hours`,
      };
    case "granted": {
      const { endsAtMs } = found;
      if (endsAtMs <= nowMs) return { words: "even extended, its lease would be over" };
      const givenAtMs = Math.max(nowMs, current.lease?.givenAtMs ?? 0);
      return {
        words: `its lease ends ${whenWords(endsAtMs, nowMs)}`,
        rows: { leases: { [podId]: { endsAtMs, givenAtMs } }, touchedAtMs: {} },
      };
    }
  }
}
