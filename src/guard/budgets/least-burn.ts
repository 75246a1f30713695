import { costOf } from "#guard/ahead/burn.ts";
import { isEveryRunKnown, isRunning, type Seen } from "#guard/model/account.ts";

interface LeastBurn {
  /** Undefined: nothing is known to burn, and something may. */
  readonly burnPerHrUsd: number | undefined;
  /** More may burn. */
  readonly isAtLeast: boolean;
}

/** What burns; where nobody tells, what those pods cost of which it is known. */
export function leastBurn(look: Pick<Seen, "burnPerHrUsd" | "pods" | "unreadablePods">): LeastBurn {
  const { burnPerHrUsd, pods } = look;
  if (burnPerHrUsd !== undefined) return { burnPerHrUsd, isAtLeast: false };
  if (pods === "unknown") return { burnPerHrUsd: undefined, isAtLeast: true };
  const isPriced = pods.every((pod) => !isRunning(pod) || pod.costPerHrUsd !== undefined);
  const isAll = isPriced && isEveryRunKnown(look);
  const leastUsd = costOf(pods);
  return { burnPerHrUsd: isAll || leastUsd > 0 ? leastUsd : undefined, isAtLeast: !isAll };
}
