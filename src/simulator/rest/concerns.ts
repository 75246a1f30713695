import type { Does, Incoming } from "#simulator/face.ts";
import type { Fault, Only } from "#simulator/faults.ts";

/** A request of REST, as far as faults ask. */
export interface Asked {
  readonly request: Incoming;
  readonly does: Does;
  /** Whether the answer holds rows of pods. */
  readonly hasPods: boolean;
}

type Matches = (asked: Asked) => boolean;

const balance: Matches = ({ does }) => does === "look";
const rows: Matches = ({ hasPods }) => hasPods;
const list: Matches = ({ does }) => does === "pods" || does === "measure";
const creates: Matches = ({ does }) => does === "create";
const ends: Matches = ({ does }) => does === "stop" || does === "terminate";
const reads: Matches = ({ request }) => request.method === "GET";
const laterPage: Matches = ({ request, hasPods }) => hasPods && request.query.has("cursor");

const concerned: Partial<Record<Fault, Matches>> = {
  "unknown-field": list,
  "myself-null": reads,
  "balance-null": balance,
  "balance-nan": balance,
  "balance-text": balance,
  "balance-infinite": balance,
  "pods-null": rows,
  "broken-pod-row": rows,
  "pod-ids-renamed": rows,
  "telemetry-null": rows,
  "telemetry-null-gpus": rows,
  "telemetry-stale": rows,
  "uptime-zero": rows,
  "page-repeats": laterPage,
  "page-loops": rows,
  "page-fails": laterPage,
  "pagination-missing": rows,
  "stop-errors-but-happens": ends,
  "stop-lies": ends,
  "create-errors-but-happens": creates,
  "create-hangs-but-happens": creates,
  "create-drops-but-happens": creates,
  "create-drops": creates,
  "create-lies": creates,
};

export function concerns(asked: Asked, fault: Fault): boolean {
  return concerned[fault]?.(asked) ?? true;
}

/** A look takes many requests here: what befalls it befalls its balance, unless it is about the pods. */
export function isOf(asked: Asked, only: Only, fault: Fault): boolean {
  switch (only) {
    case "all":
      return true;
    case "mutations":
      return asked.request.method !== "GET";
    case "creates":
      return creates(asked);
    case "looking":
      return isAboutPods(fault) ? asked.does === "pods" : asked.does === "look";
    case "measuring":
      return asked.does === "measure";
    case "pods":
      return asked.hasPods;
    case "clusters":
      return asked.does === "clusters";
    case "document":
      return asked.does === "openapi";
  }
}

function isAboutPods(fault: Fault): boolean {
  const matches = concerned[fault];
  return matches === list || matches === rows || matches === laterPage;
}
