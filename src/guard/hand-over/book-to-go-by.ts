import type { LeaseBook } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { launchesOf } from "#guard/pods/run/launched.ts";

/**
 * What another guard needs of the book: of launches only those whose lease goes on, or whose pod is there. What is
 * sent to it each minute has a limit.
 */
export function bookToGoBy(
  book: LeaseBook,
  { runs, lastSeen }: Pick<GuardState, "runs" | "lastSeen">,
  nowMs: number,
): LeaseBook {
  const { launches } = book;
  if (launches === undefined) return book;
  const seen = lastSeen?.pods ?? "unknown";
  const pods = [
    ...Object.values(runs).map(({ podId: id, name }) => ({ id, name })),
    ...(seen === "unknown" ? [] : seen),
  ];
  const wanted = new Set(pods.flatMap((pod) => launchesOf(pod, book)));
  const rows = Object.entries(launches);
  const kept = rows.filter(([, each]) => each.endsAtMs > nowMs || wanted.has(each));
  return kept.length === rows.length ? book : { ...book, launches: Object.fromEntries(kept) };
}
