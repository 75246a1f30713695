import { crossedAtUsd } from "#guard/account/lines/line.ts";
import { cleanName } from "#control-characters.ts";
import { UserError, wordsOf } from "#errors.ts";
import { billingModeOf } from "#guard/account/postpaid.ts";
import { hourMs } from "#guard/model/time.ts";
import { plainNumber, usd } from "#guard/text.ts";
import { curveOf } from "#report/curve/curve.ts";
import { forecast, type Forecast } from "#report/curve/forecast.ts";
import type { CurvePoint } from "#report/curve/point.ts";
import { samplesSince } from "#report/curve/samples-since.ts";
import type { Snapshot } from "#report/snapshot.ts";
import { samplesFileOf } from "#store/paths.ts";
import type { BalanceSample } from "#ports.ts";
import { localTime } from "#terminal/local-time.ts";
import {
  axisRows,
  fewestColumns,
  fewestRows,
  limitLabel,
  mostColumns,
  plotOf,
  type PlotRoom,
} from "#terminal/plot/plot.ts";

export const defaultHours = 24;
const mostHours = 720;
/** The room ahead of now, as a share of the time behind it. */
const leastAhead = 0.02;
const someAhead = 0.25;
/** Less than this share of the time is not told to be empty before the first balance. */
const leastEmpty = 0.1;

/** Of `--hours`, in milliseconds. */
export function plotHours(text: string): number {
  const hours = text.trim() === "" ? NaN : Number(text);
  if (hours >= 1 && hours <= mostHours) return hours * hourMs;
  throw new UserError(
    `--hours must be a number from 1 to ${mostHours} (got ${cleanName(text) || "nothing"}).`,
    { hint: "For example: runpodboss status --plot --hours 48" },
  );
}

/** What there is to draw; `because` says why the samples are not there. */
export interface PlotSources {
  readonly forMs: number;
  readonly snapshot: Pick<Snapshot, "nowMs" | "look" | "policy" | "saved">;
  readonly samples: readonly BalanceSample[];
  readonly because: string | undefined;
}

/** The balances that the daemon has saved; a file that cannot be read takes nothing else away. */
export async function plotSources(
  snapshot: Pick<Snapshot, "nowMs" | "look" | "policy" | "saved" | "settings">,
  forMs: number,
  signal: AbortSignal,
): Promise<PlotSources> {
  const path = samplesFileOf(snapshot.settings.stateFile);
  const { nowMs } = snapshot;
  try {
    const samples = await samplesSince(path, { sinceMs: nowMs - forMs, nowMs }, signal);
    return { forMs, snapshot, samples, because: undefined };
  } catch (error) {
    return { forMs, snapshot, samples: [], because: wordsOf(error) };
  }
}

/** The curve of the balance, with what belongs to it in words. */
export function plotLines(sources: PlotSources, room: PlotRoom): readonly string[] {
  const { forMs, snapshot } = sources;
  const { nowMs, policy, look, saved } = snapshot;
  const fromMs = nowMs - forMs;
  const ahead = forecast({
    look: look.kind === "seen" ? { ...look, billingMode: billingModeOf(saved, look) } : undefined,
    thresholds: policy.thresholds,
  });
  const points = pointsOf(sources, fromMs, room.columns);
  const title = `balance over the last ${plainNumber(forMs / hourMs)} h:`;
  const words = forecastWords(ahead, nowMs);
  const why = whyNot(sources, points, room);
  if (why !== undefined) return [`${title} ${why}`, ...words];
  const limits = policy.thresholds.flatMap(({ name, ...line }) => {
    const at = crossedAtUsd(line, look.kind === "seen" ? look.burnPerHrUsd : undefined);
    return at === undefined ? [] : [{ label: limitLabel(name, usd(at)), usd: at }];
  });
  const { lines, unnamed } = plotOf(
    { fromMs, toMs: endOf(ahead, nowMs, forMs), nowMs, points, forecast: ahead.line, limits },
    { ...room, columns: Math.min(mostColumns, room.columns) },
  );
  return [
    title,
    ...lines,
    ...words,
    ...(unnamed.length === 0 ? [] : [`drawn without a name: ${unnamed.join(", ")}`]),
    ...edgeWords(points, sources),
    ...gapWords(points),
    ...(sources.because === undefined ? [] : [unreadWords(sources.because)]),
  ];
}

/** With the balance of now: the daemon may not run. */
function pointsOf(
  { samples, snapshot: { look, nowMs, policy } }: PlotSources,
  fromMs: number,
  columns: number,
): readonly CurvePoint[] {
  const { gapMs } = policy.podGuards;
  const all =
    look.kind === "seen" ? [...samples, { ...look, atMs: nowMs, burnPerHrUsd: 0 }] : samples;
  return curveOf(all, {
    fromMs,
    toMs: nowMs,
    points: 8 * Math.min(mostColumns, columns),
    nowMs,
    gapMs,
  });
}

function endOf({ line, meets, zeroAtMs }: Forecast, nowMs: number, forMs: number): number {
  if (line.length === 0) return nowMs + leastAhead * forMs;
  const met = [...meets.map(({ atMs }) => atMs), ...(zeroAtMs === undefined ? [] : [zeroAtMs])];
  const last = met.findLast((atMs) => atMs - nowMs <= forMs);
  if (last === undefined) return nowMs + someAhead * forMs;
  return nowMs + Math.max(leastAhead * forMs, (last - nowMs) * 1.05);
}

function whyNot(
  { because }: PlotSources,
  points: readonly CurvePoint[],
  { columns, rows }: PlotRoom,
): string | undefined {
  if (points.length === 0) {
    return because === undefined
      ? "none is known; the daemon saves one at each poll"
      : unreadWords(because);
  }
  if (columns < fewestColumns) {
    return `not drawn, the terminal has ${columns} columns and the plot needs ${fewestColumns}`;
  }
  return rows < fewestRows + axisRows
    ? "not drawn, the terminal has too few rows for it"
    : undefined;
}

function unreadWords(because: string): string {
  return `the balances that the daemon saved cannot be read: ${because}`;
}

/** What is left empty before the first balance, and after the last one. */
function edgeWords(
  points: readonly CurvePoint[],
  { forMs, snapshot: { nowMs, policy } }: PlotSources,
): readonly string[] {
  const [first, last] = [points[0]?.atMs ?? nowMs, points.at(-1)?.atMs ?? nowMs];
  const { gapMs } = policy.podGuards;
  const before =
    first - (nowMs - forMs) > Math.max(gapMs, leastEmpty * forMs)
      ? [`before ${momentOf(first, nowMs)}`]
      : [];
  const since = nowMs - last > gapMs ? [`since ${momentOf(last, nowMs)}`] : [];
  const words = [...before, ...since];
  return words.length === 0 ? [] : [`no balance is known ${words.join(", nor ")}`];
}

function gapWords(points: readonly CurvePoint[]): readonly string[] {
  const gaps = points.filter(({ balanceUsd }) => balanceUsd === undefined).length;
  if (gaps === 0) return [];
  return [gaps === 1 ? "nobody looked in one gap" : `nobody looked in ${gaps} gaps`];
}

function forecastWords({ meets, zeroAtMs }: Forecast, nowMs: number): readonly string[] {
  const zero = zeroAtMs === undefined ? [] : [{ name: "$0", atMs: zeroAtMs }];
  const words = [...meets, ...zero].map(
    ({ name, atMs }) => `${name} at about ${momentOf(atMs, nowMs)}`,
  );
  return words.length === 0 ? [] : [`at the present burn: ${words.join(", ")}`];
}

/** `16:40`; of another day `2026-03-09 16:40`. */
function momentOf(atMs: number, nowMs: number): string {
  const [date = "", time = ""] = localTime(atMs).slice(0, "2026-03-09 16:40".length).split(" ");
  return localTime(nowMs).startsWith(date) ? time : `${date} ${time}`;
}
