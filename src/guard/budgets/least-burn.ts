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
  const running = pods === "unknown" ? [] : pods.filter(isRunning);
  const costs = running.flatMap(({ costPerHrUsd }) => costPerHrUsd ?? []);
  const isAll = pods !== "unknown" && isEveryRunKnown(look) && costs.length === running.length;
  const leastUsd = costs.reduce((sum, each) => sum + each, 0);
  return { burnPerHrUsd: isAll || leastUsd > 0 ? leastUsd : undefined, isAtLeast: !isAll };
}
