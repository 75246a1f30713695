import type { BalanceAnswer } from "#http/contract/balance.ts";
import type { LiveEvents } from "#http/contract/live.ts";
import type { StatusAnswer } from "#http/contract/status.ts";

export interface ChartSources {
  /** `GET /api/balance`; rejects with an Error whose message is a sentence for people. */
  readonly ask: (asked: BalanceAsked, signal: AbortSignal) => Promise<BalanceAnswer>;
  /** The server's clock, as the page counts it on. */
  readonly nowMs: () => number;
}

export interface BalanceAsked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly points: number;
}

export interface Chart {
  /** To be put into the page, once; it takes the width that it is given. */
  readonly element: HTMLElement;
  /** Each status that comes: thresholds, burn and forecast follow it. */
  readonly status: (status: StatusAnswer) => void;
  /** Each point that comes over the stream. */
  readonly balance: (point: LiveEvents["balance"]) => void;
  /** After a reconnect, or when events were missed: asks for it all anew. */
  readonly refresh: () => void;
}

export function createChart(_sources: ChartSources): Chart {
  const element = document.createElement("section");
  return {
    element,
    status: () => undefined,
    balance: () => undefined,
    refresh: () => undefined,
  };
}
