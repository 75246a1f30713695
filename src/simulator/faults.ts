/** What can go wrong with an answer; what each does stands in `broken-answers.ts`. */
export type Fault =
  // The edge, before anything is looked at.
  | "http-401"
  | "http-403"
  | "http-429"
  | "http-500"
  | "http-502-html"
  | "html-200"
  // The wire.
  | "http-101"
  | "drop"
  | "short"
  | "silence"
  | "slow-drip"
  | "huge"
  // A well-formed answer that says nothing, or no.
  | "array"
  | "data-null"
  | "unauthorized-200"
  | "internal-error-200"
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
  // A stop or an end whose answer is not what happened.
  | "stop-errors-but-happens"
  | "stop-lies";

/** Which requests a fault may befall: looking is asking for the balance, measuring for the loads. */
export type Only = "all" | "mutations" | "looking" | "measuring";

/** Some faults make sense for some requests; the others pass them by and leave them waiting. */
const concerns: Partial<Record<Fault, RegExp>> = {
  "unknown-field": /\bpods\b/,
  "myself-null": /\bmyself\b/,
  "balance-null": /\bclientBalance\b/,
  "balance-nan": /\bclientBalance\b/,
  "balance-text": /\bclientBalance\b/,
  "balance-infinite": /\bclientBalance\b/,
  "pods-null": /\bpods\b/,
  "broken-pod-row": /\bpods\b/,
  "pod-ids-renamed": /\bpods\b/,
  "telemetry-null": /\b(runtime|latestTelemetry)\b/,
  "telemetry-null-gpus": /\b(gpus|averageGpuMetrics)\b/,
  "telemetry-stale": /\blatestTelemetry\b/,
  "uptime-zero": /\b(uptimeInSeconds|lastStartedAt)\b/,
  "stop-errors-but-happens": /\bpod(Stop|Terminate)\b/,
  "stop-lies": /\bpod(Stop|Terminate)\b/,
};

interface Order {
  readonly fault: Fault;
  readonly only: Only;
}

export interface FaultOrders {
  /** For the next `times` requests that it concerns, behind what was ordered before. */
  next(fault: Fault, times: number, only: Only): void;
  /** For every request that no `next` takes, in place of an earlier `all`. */
  all(fault: Fault, only: Only): void;
  clear(): void;
  /** The fault for this request, if any; one that was ordered for the next request is used up. */
  take(query: string): Fault | undefined;
}

export function createFaultOrders(): FaultOrders {
  let waiting: readonly Order[] = [];
  let standing: Order | undefined;

  return {
    next(fault, times, only) {
      waiting = [...waiting, ...Array.from({ length: times }, () => ({ fault, only }))];
    },
    all(fault, only) {
      standing = { fault, only };
    },
    clear() {
      waiting = [];
      standing = undefined;
    },
    take(query) {
      const due = waiting.find((order) => befalls(order, query));
      if (due !== undefined) {
        waiting = waiting.toSpliced(waiting.indexOf(due), 1);
        return due.fault;
      }
      return standing !== undefined && befalls(standing, query) ? standing.fault : undefined;
    },
  };
}

function befalls({ fault, only }: Order, query: string): boolean {
  return isOf(only, query) && (concerns[fault]?.test(query) ?? true);
}

function isOf(only: Only, query: string): boolean {
  const asksForBalance = /\bclientBalance\b/.test(query);
  switch (only) {
    case "all":
      return true;
    case "mutations":
      return /\bmutation\b/.test(query);
    case "looking":
      return asksForBalance;
    case "measuring":
      return !asksForBalance && /\bruntime\b/.test(query);
  }
}
