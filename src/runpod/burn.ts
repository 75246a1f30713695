import { isEveryRunKnown, isRunning, type Pod, type Seen } from "#guard/model/account.ts";
import { amountIn } from "./readings.ts";

/** Which pods run; undefined as soon as one of them is unknown. */
export function runningIn(list: Pick<Seen, "pods" | "unreadablePods">): readonly Pod[] | undefined {
  return list.pods !== "unknown" && isEveryRunKnown(list) ? list.pods.filter(isRunning) : undefined;
}

/** What they cost together; undefined as soon as the price of one is unknown. */
export function burnOf(running: readonly Pod[] | undefined): number | undefined {
  return amountIn(running?.reduce((sum, { costPerHrUsd = NaN }) => sum + costPerHrUsd, 0));
}
