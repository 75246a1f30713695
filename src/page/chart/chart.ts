import type { BalanceAnswer } from "#http/contract/balance.ts";
import type { LiveEvents } from "#http/contract/live.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import { patch } from "#page/dom/patch.ts";
import { momentsIn } from "#page/words/moments.ts";
import { usd } from "#page/words/money.ts";
import { createAsking } from "./asking.ts";
import { type Drawn, readOf } from "./drawn.ts";
import { forecastOf, joined } from "./forecast.ts";
import { frameOf } from "./frame.ts";
import { createInks, onNewInks } from "./inks.ts";
import { stepWith } from "./keys.ts";
import { createPlot, type Plot } from "./plot.ts";
import { known, type Point, since, withPoint } from "./points.ts";
import { rangeNamed } from "./ranges.ts";
import { rememberedRange, rememberRange } from "./remembered.ts";
import { rowsOf } from "./rows.ts";
import { readingWords, shortName, summary, whenAt, whyNotAll } from "./words.ts";
import { windowOf } from "./window.ts";

export interface ChartSources {
  /** `GET /api/balance`; rejects with an Error whose message is a sentence for people. */
  readonly ask: (asked: BalanceAsked, signal: AbortSignal) => Promise<BalanceAnswer>;
  /** The server's clock, as the page counts it on. */
  readonly nowMs: () => number;
}

export interface BalanceAsked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface Chart {
  /** To be put into the page, once; it takes the width that it is given. */
  readonly element: HTMLElement;
  /** Each status that comes: thresholds, burn and forecast follow it. */
  readonly status: (status: StatusAnswer) => void;
  /** Each point that comes over the stream. */
  readonly balance: (point: LiveEvents["balance"]) => void;
  /** After a reconnect, or when events were missed: asks for it all anew. */
  readonly refresh: () => void;
}

/** More are no sharper; a screen reader's browser may give no width at all. */
const leastPoints = 100;
const mostPoints = 800;
/** So many may be added before it is all asked for anew. */
const mostAdded = 400;
const defaultIntervalS = 60;

export function createChart({ ask, nowMs }: ChartSources): Chart {
  const moments = momentsIn();
  const inks = createInks();
  const element = document.createElement("section");
  element.className = "panel chart";
  element.setAttribute("aria-labelledby", "curve-title");
  const body = document.createElement("div");
  const spoken = document.createElement("p");
  spoken.className = "visually-hidden";
  spoken.setAttribute("aria-live", "polite");
  element.append(body, spoken, ...inks.elements);

  let range = rememberedRange();
  let answer: BalanceAnswer | undefined;
  let points: readonly Point[] = [];
  let added = 0;
  let status: StatusAnswer | undefined;
  let trouble: string | undefined;
  let plot: Plot | undefined;
  let drawn: Drawn | undefined;
  let at: number | undefined;
  let isAsked = false;

  const asking = createAsking(
    (signal) => {
      isAsked = true;
      const toMs = nowMs();
      const width = Math.round(element.clientWidth);
      const room = Math.min(mostPoints, Math.max(leastPoints, width));
      return ask({ fromMs: toMs - range.ms, toMs, points: room }, signal);
    },
    (next) => {
      const later = points.filter(([atS]) => atS > (next.points.at(-1)?.[0] ?? Infinity));
      answer = next;
      points = known(later).reduce<readonly Point[]>(
        (all, point) => withPoint(all, point, intervalS()),
        next.points,
      );
      added = 0;
      trouble = undefined;
      show();
    },
    (because) => {
      trouble = `The curve could not be fetched: ${because}. It is tried again.`;
      show();
    },
  );

  function intervalS(): number {
    return status?.poll.interval_seconds ?? defaultIntervalS;
  }

  function drawnNow(shown: readonly Point[], nowS: number): Drawn {
    const forecast = joined(forecastOf(status, answer), known(shown).at(-1));
    const thresholds = linesOf(status, answer);
    return {
      ...windowOf(
        known(shown),
        thresholds.map(({ below_usd: below }) => below),
        forecast,
        { nowS, rangeS: range.ms / 1000 },
      ),
      points: shown,
      forecast,
      thresholds: thresholds.map(({ name, below_usd: below }) => ({
        label: `${shortName(name)} ${usd(below)}`,
        usd: below,
      })),
      nowS,
      clock: (atS) => moments(atS * 1000, nowS * 1000),
    };
  }

  function show(): void {
    const now = nowMs();
    const when = whenAt(moments, now);
    const shown = since(points, (now - range.ms) / 1000);
    const next = drawnNow(shown, now / 1000);
    drawn = next;
    const hasCurve = shown.length > 0;
    const note =
      answer === undefined
        ? trouble === undefined
          ? "Fetching the curve…"
          : undefined
        : whyNotAll(answer, shown, range, { nowMs: now, when });
    patch(
      body,
      frameOf({
        range,
        summary: summary(shown, range, when),
        note,
        trouble,
        hasCurve,
        meets: next.forecast.meets,
        rows: rowsOf(shown, next.forecast.meets, when),
        reading: readingAt(at) ?? lastWords(),
        when,
      }),
    );
    const host = body.querySelector<HTMLElement>(".plot");
    if (!hasCurve || host === null) return;
    if (plot === undefined) plot = createPlot(host, inks, next, read);
    else plot.draw(next);
    plot.resize(host.clientWidth);
  }

  function lastWords(): string {
    const last = known(drawn?.points ?? []).at(-1);
    return last === undefined ? "" : readingWords(last, false, whenAt(moments, nowMs()), []);
  }

  function readingAt(n: number | undefined): string | undefined {
    const found = drawn === undefined || n === undefined ? undefined : readOf(drawn, n);
    if (found === undefined || drawn === undefined) return undefined;
    const { meets } = drawn.forecast;
    return readingWords(found.point, found.isForecast, whenAt(moments, nowMs()), meets);
  }

  function read(n: number | undefined): void {
    at = n;
    const reading = body.querySelector(".reading");
    if (reading !== null) reading.textContent = readingAt(n) ?? lastWords();
  }

  element.addEventListener("click", ({ target }) => {
    const button = target instanceof Element ? target.closest("[data-range]") : null;
    const chosen = rangeNamed(button?.getAttribute("data-range"));
    if (chosen === undefined || chosen === range) return;
    range = chosen;
    rememberRange(range);
    at = undefined;
    plot?.stand(undefined);
    show();
    asking.now();
  });
  element.addEventListener("keydown", (event) => {
    if (drawn === undefined || !(event.target instanceof Element)) return;
    if (!event.target.classList.contains("plot") || event.ctrlKey || event.altKey || event.metaKey)
      return;
    const step = stepWith(event.key, at, drawn);
    if (step === "none") return;
    event.preventDefault();
    plot?.stand(step);
    // Two points of one moment stand in one place.
    read(step);
    spoken.textContent = readingAt(step) ?? "";
  });
  // It comes first when the element has its place in the page: then it is known how much there is room for.
  new ResizeObserver(() => {
    if (!isAsked && element.clientWidth > 0) asking.now();
    const host = body.querySelector<HTMLElement>(".plot");
    if (host !== null) plot?.resize(host.clientWidth);
  }).observe(element);
  onNewInks(() => plot?.repaint());
  show();

  return {
    element,
    status: (next) => {
      const isOther =
        status !== undefined &&
        (status.burn_per_hr_usd !== next.burn_per_hr_usd ||
          status.thresholds.length !== next.thresholds.length);
      status = next;
      show();
      if (isOther) asking.soon();
    },
    balance: (point) => {
      points = withPoint(points, point, intervalS());
      added += 1;
      show();
      if (added > mostAdded) asking.soon();
    },
    refresh: () => {
      // Until it has its place in the page, the first question is still to come.
      if (element.clientWidth > 0) asking.now();
    },
  };
}

/** The thresholds that can be drawn: those of which it is known at which balance they are crossed. */
function linesOf(
  status: StatusAnswer | undefined,
  answer: BalanceAnswer | undefined,
): BalanceAnswer["thresholds"] {
  if (status === undefined) return answer?.thresholds ?? [];
  return status.thresholds.flatMap(({ name, crosses_at_usd: at }) =>
    at === null ? [] : [{ name, below_usd: at }],
  );
}
