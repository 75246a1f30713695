import type { Pod } from "#guard/model/account.ts";
import type { StoppedGuard } from "#guard/model/policy.ts";
import { hourMs } from "#guard/model/time.ts";
import { listedPods, plainNumber, spanWords, usd } from "#guard/text.ts";
import { stoppedDiskPerDayUsd, stoppedDiskUsd } from "./disk-price.ts";
import type { StoppedCase } from "./rows.ts";

export function listedStopped(cases: readonly StoppedCase[]): string {
  return listedPods(cases.map(({ pod: { id, name } }) => ({ podId: id, name })));
}

/** `stopped for 24 h`. */
export function stoppedWords({ afterMs }: StoppedGuard): string {
  return `stopped for ${plainNumber(afterMs / hourMs)} h`;
}

/** `pod trainer (p1) has been stopped for 26 h 5 min`; of several, for how long each at least. */
export function sinceWords(cases: readonly StoppedCase[], nowMs: number): string {
  const sinceMs = Math.max(...cases.map(({ stopped }) => stopped.sinceMs));
  const [has, least] = cases.length === 1 ? ["has", ""] : ["have", "at least "];
  return `${listedStopped(cases)} ${has} been stopped for ${least}${spanWords(nowMs - sinceMs)}`;
}

/** `Its 100 GB disk is billed all the same, about $0.67/day`. */
export function diskWords(pods: readonly Pick<Pod, "diskGb">[]): string {
  const [whose, disk, is] = pods.length === 1 ? ["Its", "disk", "is"] : ["Their", "disks", "are"];
  const gb = pods.reduce<number | undefined>(
    (all, { diskGb }) => (all === undefined || diskGb === undefined ? undefined : all + diskGb),
    0,
  );
  if (gb === undefined) {
    return `${whose} ${disk} ${is} billed all the same, at ${usd(stoppedDiskUsd)} a GB and month`;
  }
  if (gb === 0) return `${whose} ${disk} ${is} not billed, as there is none`;
  return `${whose} ${disk} ${is} billed all the same: ${plainNumber(gb)} GB, about ${usd(stoppedDiskPerDayUsd(gb))}/day`;
}

/** What is lost with it. */
export function lossWords(cases: readonly StoppedCase[]): string {
  const isAllKept = cases.every(({ pod }) => pod.hasNetworkVolume === true);
  return isAllKept
    ? "What is on the network volume stays"
    : "What is not on a network volume is deleted with it";
}
