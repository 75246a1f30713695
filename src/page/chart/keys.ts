import { type Drawn, readOf } from "./drawn.ts";

/** Where a key leads from here: to a point, off the curve (undefined), or nowhere, as it is no key of the plot's. */
export function stepWith(
  key: string,
  at: number | undefined,
  drawn: Drawn,
): number | undefined | "none" {
  const count = drawn.points.length + drawn.forecast.line.length;
  const places = Array.from({ length: count }, (_, n) => n).filter((n) => isPlace(drawn, n));
  const here = at === undefined ? undefined : places.findIndex((n) => n >= at);
  const now = places.findLastIndex((n) => n < drawn.points.length);
  const tenth = Math.max(1, Math.round(places.length / 10));
  const to = (n: number): number | undefined => places[Math.min(places.length - 1, Math.max(0, n))];
  switch (key) {
    case "ArrowLeft":
      return here === undefined ? to(now) : to(here - 1);
    case "ArrowRight":
      return here === undefined ? to(now) : to(here + 1);
    case "PageUp":
      return to((here ?? now) - tenth);
    case "PageDown":
      return to((here ?? now) + tenth);
    case "Home":
      return to(0);
    case "End":
      return to(places.length - 1);
    case "Escape":
      return undefined;
    default:
      return "none";
  }
}

/** Where the forecast begins in the last point of the curve, that point is enough. */
function isPlace(drawn: Drawn, n: number): boolean {
  const [atS] = readOf(drawn, n)?.point ?? [];
  const isTwice = n === drawn.points.length && drawn.points.at(-1)?.[0] === atS;
  return atS !== undefined && !isTwice;
}
