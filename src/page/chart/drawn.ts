import type { Forecast } from "./forecast.ts";
import type { Known, Point } from "./points.ts";
import type { Window } from "./window.ts";

/** What is to be drawn. */
export interface Drawn extends Window {
  readonly points: readonly Point[];
  readonly forecast: Forecast;
  readonly thresholds: readonly { readonly label: string; readonly usd: number }[];
  readonly nowS: number;
  /** What is written beside where the forecast meets something. */
  readonly clock: (atS: number) => string;
}

/** What the cursor stands on. */
export interface Read {
  readonly point: Known;
  readonly isForecast: boolean;
}

/** All columns of it, from left to right. */
export function readOf({ points, forecast: { line } }: Drawn, n: number): Read | undefined {
  const ahead = line[n - points.length];
  if (ahead !== undefined) return { point: ahead, isForecast: true };
  const [atS, usd] = points[n] ?? [];
  if (atS === undefined || usd === undefined || usd === null) return undefined;
  return { point: [atS, usd], isForecast: false };
}
