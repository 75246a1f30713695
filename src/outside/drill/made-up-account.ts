import type { Pod, Seen } from "#guard/model/account.ts";
import type { Account, Clock } from "#ports.ts";

export interface MadeUpAccount extends Account {
  balanceUsd: number;
  /** The ids of the pods that were asked to be stopped. */
  readonly asked: readonly string[];
  seenNow(): Seen;
}

/** An account that nobody has: what is asked of it is done here, and nowhere else. */
export function madeUpAccount(clock: Clock): MadeUpAccount {
  const stopped = new Set<string>();
  const asked: string[] = [];
  const account: MadeUpAccount = {
    balanceUsd: 20,
    asked,
    seenNow() {
      const pods = [
        madeUp("drill-1", "drill-trainer", 1.49),
        madeUp("drill-2", "drill-keep", 0.69),
      ];
      const shown = pods.map((pod): Pod =>
        stopped.has(pod.id) ? { ...pod, status: "stopped", word: "EXITED" } : pod,
      );
      const running = shown.filter(({ status }) => status === "running");
      const burn = running.reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0);
      return {
        kind: "seen",
        atMs: clock.nowMs(),
        balanceUsd: account.balanceUsd,
        burnPerHrUsd: burn,
        pods: shown,
        unreadablePods: 0,
      };
    },
    look: () => Promise.resolve(account.seenNow()),
    measure: () =>
      Promise.resolve({ kind: "unmeasured", atMs: clock.nowMs(), because: "it is a rehearsal" }),
    end({ id }) {
      asked.push(id);
      stopped.add(id);
      return Promise.resolve({ kind: "accepted" });
    },
  };
  return account;
}

function madeUp(id: string, name: string, costPerHrUsd: number): Pod {
  return {
    id,
    name,
    rawName: name,
    status: "running",
    word: "RUNNING",
    costPerHrUsd,
    hasNetworkVolume: false,
    isLocked: false,
  };
}
