import type { Engine } from "#daemon/engine.ts";
import { acrossChangeOver } from "#guard/account/crossing.ts";
import { believedForProof } from "#guard/account/empty-list.ts";
import type { Account } from "#ports.ts";
import type { WatchParts } from "./parts.ts";

/** What proves the end of a pod, or allows it, is what the guard itself would believe. */
export function believedBy({ state }: Pick<Engine, "state">, account: Account): Account {
  return {
    ...account,
    look: async (signal) => {
      const look = await account.look(signal);
      return believedForProof(state(), acrossChangeOver(state(), look));
    },
  };
}

/** The account as the loop polls it: how long each poll took is shown. */
export function timed({
  live,
  clock,
  shown,
}: Pick<WatchParts, "live" | "clock" | "shown">): Account {
  const { account } = live;
  return {
    ...account,
    look: async (signal) => {
      const askedAtMs = clock.nowMs();
      const seen = await account.look(signal);
      shown?.polled?.(seen, clock.nowMs() - askedAtMs);
      return seen;
    },
  };
}
