import { wordsOf } from "#errors.ts";
import type { Holdings, Prices, Unread } from "#guard/model/holdings.ts";
import type { Clock, Inventory, Launching } from "#ports.ts";
import { createRedactor, withoutSecrets } from "#redact.ts";
import { withinLimit } from "#within-limit.ts";

export interface InventoryParts {
  /** Undefined: REST is not to be asked. */
  readonly rest: (Inventory & Launching) | undefined;
  readonly graphql: Launching;
  readonly apiKey: string;
  readonly clock: Clock;
  /** Nobody waits any longer, whatever becomes of the requests. */
  readonly limitMs: number;
}

const noRest =
  "only RunPod's REST API tells, and it is not asked: rest_url is not set beside a runpod_url of your own";

/** What can be read through either interface, without the key in any of its words. Never throws. */
export function joinedInventory(parts: InventoryParts): Inventory & Launching {
  const { rest, graphql, apiKey, clock, limitMs } = parts;
  const redact = createRedactor([apiKey]);

  async function within<Result>(
    work: (over: AbortSignal) => Promise<Result>,
    otherwise: (because: string) => Result,
    signal: AbortSignal,
  ): Promise<Result> {
    const late = new AbortController();
    const over = AbortSignal.any([signal, late.signal]);
    try {
      return withoutSecrets(await withinLimit(work(over), limitMs, clock, signal), redact);
    } catch (error) {
      return otherwise(`given up: ${wordsOf(error)}`);
    } finally {
      late.abort();
    }
  }

  return {
    inventory: (signal) =>
      rest === undefined
        ? Promise.resolve(nothing(noRest, clock.nowMs()))
        : within(
            (over) => rest.inventory(over),
            (because) => nothing(because, clock.nowMs()),
            signal,
          ),
    gpuPrices: (signal) => within((over) => pricesOf(rest, graphql, over), noPrices, signal),
  };
}

/** REST knows more; GraphQL stands in for the GPUs of pods. */
async function pricesOf(
  rest: Launching | undefined,
  graphql: Launching,
  signal: AbortSignal,
): Promise<Prices> {
  const told = await rest?.gpuPrices(signal);
  if (told?.gpus.kind === "read") return told;
  const spare = await graphql.gpuPrices(signal);
  if (told === undefined) return { ...spare, cpus: { kind: "unread", because: noRest } };
  return spare.gpus.kind === "read" ? { ...told, gpus: spare.gpus } : told;
}

function nothing(because: string, atMs: number): Holdings {
  const part: Unread = { kind: "unread", because };
  const lists = { pods: part, volumes: part, endpoints: part, clusters: part };
  return { atMs, ...lists, billing: part, spendCapPerHrUsd: part };
}

function noPrices(because: string): Prices {
  const part: Unread = { kind: "unread", because };
  return { gpus: part, cpus: part };
}
