import type { BudgetPeriod, PodSpan } from "#guard/model/spend.ts";
import type { PodRun } from "#guard/model/run.ts";
import { hourMs } from "#guard/model/time.ts";
import { withSpent } from "./periods.ts";

/** What a budget of pods has counted. */
export interface Counted {
  readonly periods: readonly BudgetPeriod[];
  readonly spans: readonly PodSpan[];
}

/**
 * Counts what these runs cost up to now, by rate and time: each moment of a pod once, from the start of its
 * run, also where that becomes known only later. What may have been another run is not counted until it is
 * known. A run whose cost is unknown is counted once that is known. Of `others`, which run but are not meant,
 * nothing up to now is ever counted: a pod may be given a name that is.
 */
export function countRuns(
  { periods, spans }: Counted,
  { runs, others = [] }: { readonly runs: readonly PodRun[]; readonly others?: readonly PodRun[] },
  nowMs: number,
  gapMs: number,
): Counted {
  const known = new Map(spans.map((each) => [each.podId, each]));
  const next = new Map(known);
  for (const { podId } of others) {
    next.set(podId, { podId, beforeMs: nowMs, fromMs: nowMs, toMs: nowMs });
  }
  let counted = periods;
  for (const run of runs) {
    const before = known.get(run.podId);
    if (run.costPerHrUsd === undefined) continue;
    const { span, pieces } = spanTo(run, before, nowMs, gapMs);
    next.set(run.podId, span);
    counted = withPieces(counted, pieces, run.costPerHrUsd);
  }
  return { periods: counted, spans: [...next.values()] };
}

/** Counts the rest of a run that has ended. Where nobody saw how it ended, the periods have spent at least this. */
export function countEnded(
  { periods, spans }: Counted,
  run: PodRun,
  {
    endedAtMs,
    nowMs,
    gapMs,
  }: { readonly endedAtMs: number; readonly nowMs: number; readonly gapMs: number },
): Counted {
  const before = spans.find((each) => each.podId === run.podId);
  const { costPerHrUsd, unsureSinceMs } = run;
  const isSeen = unsureSinceMs === undefined && nowMs - endedAtMs <= gapMs;
  const marked =
    isSeen && costPerHrUsd !== undefined ? periods : asAtLeast(periods, endedAtMs, nowMs);
  if (before === undefined || costPerHrUsd === undefined) return { periods: marked, spans };
  const { span, pieces } = spanTo(run, before, Math.max(endedAtMs, before.toMs), gapMs);
  return {
    periods: withPieces(marked, pieces, costPerHrUsd),
    spans: spans.map((each) => (each === before ? span : each)),
  };
}

type Piece = readonly [fromMs: number, toMs: number];

/** What of the run is counted then, and what of it was not before. */
function spanTo(
  { podId, startedAtMs, unsureSinceMs }: PodRun,
  before: PodSpan | undefined,
  nowMs: number,
  gapMs: number,
): { readonly span: PodSpan; readonly pieces: readonly Piece[] } {
  if (before === undefined) {
    const fromMs = unsureSinceMs === undefined ? Math.min(startedAtMs, nowMs) : nowMs;
    return { span: { podId, fromMs, toMs: nowMs }, pieces: [[fromMs, nowMs]] };
  }
  const headMs = Math.min(before.fromMs, Math.max(startedAtMs, before.beforeMs ?? -Infinity));
  const head: Piece = [headMs, before.fromMs];
  // Over a gap, or since another start.
  const anew = (fromMs: number): PodSpan => ({
    podId,
    beforeMs: before.toMs,
    fromMs,
    toMs: nowMs,
  });
  if (unsureSinceMs !== undefined) {
    // What was known before nobody looked is no less known now.
    if (before.toMs <= unsureSinceMs) return { span: anew(nowMs), pieces: [head] };
    if (nowMs - before.toMs > gapMs) return { span: anew(nowMs), pieces: [] };
    return { span: { ...before, toMs: nowMs }, pieces: [[before.toMs, nowMs]] };
  }
  if (startedAtMs > before.toMs) {
    const fromMs = Math.min(startedAtMs, nowMs);
    return { span: anew(fromMs), pieces: [[fromMs, nowMs]] };
  }
  return {
    span: { ...before, fromMs: headMs, toMs: nowMs },
    pieces: [head, [before.toMs, nowMs]],
  };
}

function withPieces(
  periods: readonly BudgetPeriod[],
  pieces: readonly Piece[],
  costPerHrUsd: number,
): readonly BudgetPeriod[] {
  return pieces
    .filter(([fromMs, toMs]) => toMs > fromMs)
    .reduce((all, [fromMs, toMs]) => {
      const spentUsd = (costPerHrUsd * (toMs - fromMs)) / hourMs;
      return withSpent(all, { fromMs, toMs, spentUsd });
    }, periods);
}

function asAtLeast(
  periods: readonly BudgetPeriod[],
  sinceMs: number,
  nowMs: number,
): readonly BudgetPeriod[] {
  return periods.map((each) =>
    each.fromMs <= nowMs && each.toMs > sinceMs ? { ...each, isAtLeast: true } : each,
  );
}
