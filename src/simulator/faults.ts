import type { WireFault } from "./wire-faults.ts";

/** What can go wrong with an answer; what each does stands in `broken-answers.ts` of each interface. */
export type Fault =
  // The edge, before anything is looked at.
  | "http-401"
  | "http-402"
  | "http-403"
  | "http-404"
  | "http-405"
  | "http-409"
  | "http-410"
  | "http-413"
  | "http-422"
  | "http-429"
  | "http-500"
  | "http-502-html"
  | "html-200"
  // The wire.
  | WireFault
  // A well-formed answer that says nothing, or no.
  | "array"
  | "data-null"
  | "unauthorized-200"
  | "internal-error-200"
  | "retired-200"
  | "not-found-200"
  | "unknown-field"
  // The true answer with one thing wrong in it.
  | "myself-null"
  | "balance-null"
  | "balance-nan"
  | "balance-text"
  | "balance-infinite"
  | "pods-null"
  | "broken-pod-row"
  | "pod-ids-renamed"
  | "telemetry-null"
  | "telemetry-null-gpus"
  | "telemetry-stale"
  | "uptime-zero"
  | PageFault
  // A stop or an end whose answer is not what happened.
  | "stop-errors-but-happens"
  | "stop-lies"
  | CreateFault;

/** A new pod whose answer is not what happened, or that has none. */
export type CreateFault =
  | "create-errors-but-happens"
  | "create-hangs-but-happens"
  | "create-drops-but-happens"
  | "create-drops"
  | "create-lies";

/** What can go wrong with a list that comes in pages: only REST has any. */
export type PageFault = "page-repeats" | "page-loops" | "page-fails" | "pagination-missing";

/**
 * Which requests a fault may befall: looking is asking for the balance, measuring for the loads. The
 * last three are for what a look on REST asks for besides.
 */
export type Only =
  "all" | "mutations" | "creates" | "looking" | "measuring" | "pods" | "clusters" | "document";

/** RunPod's two interfaces. */
export type Api = "graphql" | "rest";

/** What the orders must know of a request. */
export interface Target {
  readonly api: Api;
  /** Some faults make sense for some requests; the others pass them by and leave them waiting. */
  concerns(fault: Fault): boolean;
  isOf(only: Only, fault: Fault): boolean;
}

interface Order {
  readonly fault: Fault;
  readonly only: Only;
  readonly on: Api | "both";
}

export interface FaultOrders {
  /** For the next `times` requests that it concerns, behind what was ordered before. */
  next(order: Order, times: number): void;
  /** For every request that no `next` takes, in place of an earlier `all` of the same interface. */
  all(order: Order): void;
  clear(): void;
  /** The fault for this request, if any; one that was ordered for the next request is used up. */
  take(target: Target): Fault | undefined;
}

export function createFaultOrders(): FaultOrders {
  let waiting: readonly Order[] = [];
  let standing: Partial<Record<Api, Order>> = {};

  return {
    next(order, times) {
      waiting = [...waiting, ...Array.from({ length: times }, () => order)];
    },
    all(order) {
      if (order.on === "both") standing = { graphql: order, rest: order };
      else standing = { ...standing, [order.on]: order };
    },
    clear() {
      waiting = [];
      standing = {};
    },
    take(target) {
      const due = waiting.find((order) => befalls(order, target));
      if (due !== undefined) {
        waiting = waiting.toSpliced(waiting.indexOf(due), 1);
        return due.fault;
      }
      const always = standing[target.api];
      return always !== undefined && befalls(always, target) ? always.fault : undefined;
    },
  };
}

function befalls({ fault, only, on }: Order, target: Target): boolean {
  return (on === "both" || on === target.api) && target.isOf(only, fault) && target.concerns(fault);
}
