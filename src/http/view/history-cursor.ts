import { createHash } from "node:crypto";
import { UserError } from "#errors.ts";
import type { HistoryReport, PlacedRecord } from "#report/history.ts";

/** Where a page of events ended, as whoever asks for the next one gives it back. */
interface Cursor {
  readonly place: number;
  /** Of the event that stood there: the file may have been pruned since. */
  readonly mark: string;
}

const form = /^(\d{1,15})-([\w-]{22})$/;

/** Longer ones are not looked at. */
export const longestCursor = 38;

/** Undefined: it is none of ours. */
export function cursorIn(text: string): Cursor | undefined {
  const [, place, mark] = form.exec(text) ?? [];
  return place === undefined || mark === undefined ? undefined : { place: Number(place), mark };
}

export function cursorOf({ place, record }: PlacedRecord): string {
  return `${place}-${markOf(record)}`;
}

/** The place of its event now. Throws a UserError where that is not among what is asked for. */
export async function placeOf(
  { place, mark }: Cursor,
  { at, isAsked, latest }: Pick<HistoryReport, "at" | "isAsked" | "latest">,
  sinceMs: number,
): Promise<number> {
  const there = await at(place);
  if (there !== undefined && markOf(there) === mark) {
    // What is behind one that is too old by now is so as well.
    if (isAsked(place) || there.atMs < sinceMs) return place;
  } else {
    for await (const some of latest()) {
      const moved = some.find(({ record }) => markOf(record) === mark);
      if (moved !== undefined) return moved.place;
    }
  }
  throw new UserError("The event that before stands for is not among what is asked for.", {
    hint: "Ask as for the page before, or anew without before.",
  });
}

function markOf({ id }: PlacedRecord["record"]): string {
  return createHash("sha256").update(id).digest("base64url").slice(0, 22);
}
