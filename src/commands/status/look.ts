import { createClock } from "#clock.ts";
import type { Settings } from "#config/settings.ts";
import type { UserError } from "#errors.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { Paces } from "#paces.ts";
import type { BalanceSample } from "#ports.ts";
import { cannotLook } from "#report/account-error.ts";
import { snapshotOf } from "#report/snapshot.ts";
import { reportOf, type StatusReport } from "#report/status.ts";
import { samplesFileOf } from "#store/paths.ts";
import { samplesBack } from "#store/samples-file.ts";
import { type PlotSources, plotSources } from "./plot.ts";

/** What is to be shown of which account. */
export interface Shown {
  readonly settings: Settings;
  /** Found once, as it takes its time. */
  readonly untested: readonly string[];
  /** How far back the balance is drawn; undefined: it is not, and the pods are shown. */
  readonly plotMs: number | undefined;
}

/** What was found, and why the account could not be seen. */
export interface Looked {
  readonly report: StatusReport;
  readonly fault: UserError | undefined;
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
  const { look, saved } = snapshot;
  const plot = plotMs === undefined ? undefined : await plotSources(snapshot, plotMs, signal);
  if (look.kind === "seen")
    return { report: reportOf(snapshot, undefined, untested), fault: undefined, plot };
  const report = reportOf(snapshot, await lastBalance(settings, saved), untested);
  return { report, fault: cannotLook(look, settings), plot };
}

/** The last balance that the daemon saved. */
async function lastBalance(
  { stateFile }: Settings,
  { blind }: GuardState,
): Promise<BalanceSample | undefined> {
  // A fault in the samples does not matter: they are only old values.
  const sample = await lastSample(samplesFileOf(stateFile)).catch(() => undefined);
  const { sinceMs, lastBalanceUsd, lastBurnPerHrUsd } = blind ?? {};
  const seen =
    sinceMs === undefined || lastBalanceUsd === undefined
      ? []
      : [{ atMs: sinceMs, balanceUsd: lastBalanceUsd, burnPerHrUsd: lastBurnPerHrUsd }];
  return [...(sample === undefined ? [] : [sample]), ...seen]
    .toSorted((a, b) => a.atMs - b.atMs)
    .at(-1);
}

async function lastSample(path: string): Promise<BalanceSample | undefined> {
  for await (const sample of samplesBack(path)) return sample;
  return undefined;
}
