import { createClock } from "#clock.ts";
import type { Settings } from "#config/settings.ts";
import type { Paces } from "#paces.ts";
import { snapshotOf } from "#report/snapshot.ts";
import { statusNow, type StatusNow } from "#report/status/status-now.ts";
import { type PlotSources, plotSources } from "./plot.ts";

/** What is to be shown of which account. */
export interface Shown {
  readonly settings: Settings;
  /** Found once, as it takes its time. */
  readonly untested: readonly string[];
  /** How far back the balance is drawn; undefined: it is not, and the pods are shown. */
  readonly plotMs: number | undefined;
}

export interface Looked extends StatusNow {
  /** What is drawn in place of the pods. */
  readonly plot: PlotSources | undefined;
}

/** Polls once, and reads what the daemon has saved. */
export async function lookAt(
  { settings, untested, plotMs }: Shown,
  paces: Paces,
  signal: AbortSignal,
): Promise<Looked> {
  const snapshot = await snapshotOf(settings, createClock(), paces, signal);
  const plot = plotMs === undefined ? undefined : await plotSources(snapshot, plotMs, signal);
  return { ...(await statusNow(snapshot, settings, untested)), plot };
}
