import type { Settings } from "#config/settings.ts";
import type { UserError } from "#errors.ts";
import type { GuardState } from "#guard/model/state.ts";
import type { BalanceSample } from "#ports.ts";
import { samplesFileOf } from "#store/paths.ts";
import { samplesBack } from "#store/samples-file.ts";
import { cannotLook } from "#report/account-error.ts";
import type { Snapshot } from "#report/snapshot.ts";
import { reportOf, type StatusReport } from "./status.ts";

/** What was found, and why the account could not be seen. */
export interface StatusNow {
  readonly report: StatusReport;
  readonly fault: UserError | undefined;
}

/** What `status` tells of a snapshot; where nothing was seen, with the last balance that was saved. */
export async function statusNow(
  snapshot: Snapshot,
  settings: Settings,
  untested: readonly string[],
): Promise<StatusNow> {
  const { look, saved } = snapshot;
  if (look.kind === "seen") {
    return { report: reportOf(snapshot, undefined, untested), fault: undefined };
  }
  const report = reportOf(snapshot, await lastBalance(settings, saved), untested);
  return { report, fault: cannotLook(look, settings) };
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
