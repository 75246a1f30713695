import type { Look } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { textsOf } from "#outside/account/kept-state.ts";
import { rowOf } from "#outside/account/pod-rows.ts";
import { sendable } from "#outside/orders/policy-schema.ts";
import type { Orders } from "#outside/orders/orders.ts";
import type { Beat } from "./beat.ts";

export interface Spoken {
  readonly host: string;
  readonly nowMs: number;
  readonly nextInMs: number;
  /** Undefined: it has not looked yet. */
  readonly look: Look | undefined;
  readonly state: GuardState;
  /** As it was saved last. */
  readonly saved: Pick<GuardState, "tookBackId">;
  /** As the lease file has it; null: it could not be read. */
  readonly leases: string | null;
  readonly orders: Orders;
  readonly onSilence: Beat["onSilence"];
  readonly url?: string;
  readonly tookWishes?: Beat["tookWishes"];
}

/** What a daemon says of itself. */
export function beatOf(spoken: Spoken): Beat {
  const { host, nowMs, nextInMs, look, state, saved, leases, orders, onSilence } = spoken;
  const { url, tookWishes = [] } = spoken;
  const { state: durable, runs } = textsOf(state);
  const { tookBackId } = saved;
  return {
    version: 1,
    host,
    sentAtMs: nowMs,
    nextInMs,
    look: lookIn(look, state),
    ...(look === undefined && { isStart: true }),
    state: durable,
    runs,
    leases,
    orders: { ...orders, policy: sendable(orders.policy) },
    onSilence,
    ...(tookBackId !== undefined && { tookBack: tookBackId }),
    ...(url !== undefined && { url }),
    ...(tookWishes.length > 0 && { tookWishes }),
  };
}

function lookIn(look: Look | undefined, state: GuardState): Beat["look"] {
  if (look?.kind !== "seen") {
    const { lastBalanceUsd, lastBurnPerHrUsd } = state.blind ?? {};
    return {
      isBlind: look !== undefined,
      balanceUsd: state.lastSeen?.balanceUsd ?? lastBalanceUsd,
      burnPerHrUsd: state.lastSeen?.burnPerHrUsd ?? lastBurnPerHrUsd,
      pods: podIdsIn(state),
    };
  }
  const { balanceUsd, burnPerHrUsd, pods } = look;
  return {
    isBlind: false,
    balanceUsd,
    burnPerHrUsd,
    ...(pods === "unknown"
      ? { pods: podIdsIn(state) }
      : { pods: pods.map(({ id }) => id), rows: pods.map(rowOf) }),
  };
}

/** Those that are followed, as long as the pods themselves are not seen. */
function podIdsIn({ runs }: GuardState): string[] {
  return Object.keys(runs);
}
