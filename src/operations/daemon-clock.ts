import { UserError } from "#errors.ts";
import type { Pod } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";
import { rowTitle, spanWords } from "#guard/text.ts";
import type { Snapshot } from "#report/snapshot.ts";

/** The daemon's clock and ours may differ by so much. */
const toleranceMs = 2 * minuteMs;

/**
 * Throws a UserError when the daemon has looked in the future: this machine's clock was set since, and
 * what is said to a pod now the daemon would take for something said to an earlier run.
 */
export function refuseBeforeDaemonFollows(
  pod: Pod,
  { saved, guardPid }: Pick<Snapshot, "saved" | "guardPid">,
  nowMs: number,
): void {
  const aheadMs = (saved.lookedAtMs ?? nowMs) - nowMs;
  if (guardPid === undefined || aheadMs <= toleranceMs) return;
  throw new UserError(
    `${rowTitle(pod)}: nothing was changed, as the daemon's clock is ${spanWords(aheadMs)} ahead of this one.`,
    { hint: "It follows at its next poll. Try again then." },
  );
}
