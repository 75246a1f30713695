import { isJson, type Json } from "#runpod/readings.ts";
import { tooManyRows } from "#runpod/pod-rows.ts";
import type { Answered, Refused } from "./ask.ts";

/** More than 20,000 pods would take, a page of RunPod's own length holding 1,000. */
const mostPages = 100;
/** RunPod's own are far shorter. */
const longestCursor = 4_096;
/** A full page by RunPod's own measure: where nothing says that it is the last, it need not be. */
const fullPage = 1_000;

export interface Pages<Row> {
  readonly kind: "whole";
  readonly rows: readonly Row[];
  /** Rows that do not say what they are of. */
  readonly unreadable: number;
  /** RunPod has told of its pages. */
  readonly isPaged: boolean;
}

/** Half a sight: nothing may be taken from it. */
export interface Half {
  readonly kind: "half";
  readonly because: string;
  /** Where a page was refused. */
  readonly refused?: Refused;
}

interface Reading<Row> {
  /** Asks for the page behind the cursor, or for the first. */
  readonly ask: (cursor: string | undefined) => Promise<Answered>;
  /** The row, as far as it can be used; undefined when it does not say what it is of. */
  readonly read: (found: unknown) => Row | undefined;
  /** RunPod has told of pages before: an answer that no longer does is half of one. */
  readonly wasPaged: boolean;
}

/**
 * Reads a list from its first page to its last. Whatever leaves a doubt that it is the whole list makes
 * it half a sight.
 */
export async function readPages<Row extends { readonly id: string }>({
  ask,
  read,
  wasPaged,
}: Reading<Row>): Promise<Pages<Row> | Half> {
  const rows: Row[] = [];
  const earlier = new Set<string>();
  const cursors = new Set<string>();
  let unreadable = 0;
  let isPaged = wasPaged;
  let cursor: string | undefined;
  for (let page = 1; page <= mostPages; page += 1) {
    const answered = await ask(cursor);
    if (answered.kind === "refused") {
      const which = page === 1 ? "" : `page ${page} of the pods: `;
      return { kind: "half", because: `${which}${answered.because}`, refused: answered };
    }
    const { pods, pagination } = answered.body;
    if (!Array.isArray(pods)) {
      return half(`${page === 1 ? "the answer" : `page ${page}`} has no list of pods`);
    }
    const tooMany = tooManyRows({ length: rows.length + unreadable + pods.length });
    if (tooMany !== undefined) return half(tooMany);

    const found = pods.map(read);
    const readable = found.filter((row) => row !== undefined);
    unreadable += found.length - readable.length;
    const again = readable.find(({ id }) => earlier.has(id));
    if (again !== undefined) return half(`page ${page} shows pods of an earlier page again`);
    for (const { id } of readable) earlier.add(id);
    rows.push(...readable);

    const next = nextIn(pagination, { isFirst: page === 1, wasPaged, length: pods.length });
    if (next.kind === "odd") return half(next.because);
    isPaged ||= pagination !== undefined;
    if (next.kind === "last") return { kind: "whole", rows, unreadable, isPaged };
    if (cursors.has(next.cursor)) return half("the pages of the pods lead round in a circle");
    cursors.add(next.cursor);
    ({ cursor } = next);
  }
  return half(`the pods come in more than ${mostPages} pages`);
}

function half(because: string): Half {
  return { kind: "half", because };
}

type Next =
  | { readonly kind: "last" }
  | { readonly kind: "next"; readonly cursor: string }
  | { readonly kind: "odd"; readonly because: string };

function nextIn(
  pagination: unknown,
  { isFirst, wasPaged, length }: { isFirst: boolean; wasPaged: boolean; length: number },
): Next {
  if (pagination === undefined && isFirst && !wasPaged && length < fullPage)
    return { kind: "last" };
  if (!isJson(pagination)) return odd("does not say whether more pages follow");
  const { hasNextPage, nextCursor }: Json = pagination;
  if (typeof hasNextPage !== "boolean") return odd("does not say whether more pages follow");
  if (nextCursor === undefined || nextCursor === null || nextCursor === "") {
    return hasNextPage ? odd("says that more pages follow, and not where") : { kind: "last" };
  }
  if (typeof nextCursor !== "string" || nextCursor.length > longestCursor) {
    return odd("does not say where the next page is");
  }
  // That no more follow, and where they are: looked at rather than believed, unless nothing is left.
  return !hasNextPage && length === 0 ? { kind: "last" } : { kind: "next", cursor: nextCursor };
}

function odd(because: string): Next {
  return { kind: "odd", because: `the list of pods ${because}` };
}
