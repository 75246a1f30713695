import type { Effect, Notify } from "#guard/model/effect.ts";
import { mayWait } from "#guard/outbox/severity.ts";
import { wayOf } from "#guard/outbox/ways.ts";

/** What is told of one threshold through one way. */
export function lineOf(notice: Notify): string {
  const { event, name, threshold = event === "trip" ? name : "" } = notice;
  return `${wayOf(notice)}\n${threshold}`;
}

/** The lines in which something is owed beside a crossing. */
export function followedIn(waiting: readonly Notify[]): ReadonlySet<string> {
  return new Set(waiting.filter(isFollower).map(lineOf));
}

function isFollower({ event, threshold }: Notify): boolean {
  return event !== "trip" && threshold !== undefined;
}

/**
 * Whether a channel's notification has to wait for another: an end for its beginning, what begins anew for
 * the end before, unless it is critical, and what follows a crossing for the crossing, as long as that is
 * about to be sent or being sent. `waiting` is in the order in which it happened.
 */
export function orderOf(
  waiting: readonly Notify[],
  starting: readonly Effect[],
): (notice: Notify) => boolean {
  const place = new Map(waiting.map((each, n) => [each.id, n]));
  const begun = firstPlaces(
    waiting.filter(({ isResolution }) => isResolution !== true),
    place,
  );
  const ended = firstPlaces(
    waiting.filter(({ isResolution }) => isResolution === true),
    place,
  );
  const crossings = new Set(
    starting.flatMap((each) =>
      each.kind === "notify" && each.event === "trip" ? [lineOf(each)] : [],
    ),
  );
  return (notice) => {
    if (notice.channel === undefined) return false;
    if (isFollower(notice) && crossings.has(lineOf(notice))) return true;
    if (notice.isResolution !== true && !mayWait(notice)) return false;
    const before = (notice.isResolution === true ? begun : ended).get(incidentOn(notice));
    return before !== undefined && before < (place.get(notice.id) ?? -1);
  };
}

function firstPlaces(
  notices: readonly Notify[],
  place: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  for (const each of notices) {
    if (each.incident === undefined || first.has(incidentOn(each))) continue;
    first.set(incidentOn(each), place.get(each.id) ?? 0);
  }
  return first;
}

function incidentOn(notice: Notify): string {
  return `${wayOf(notice)}\n${notice.incident ?? ""}`;
}
