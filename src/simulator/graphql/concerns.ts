import type { Does } from "#simulator/face.ts";
import type { Fault, Only } from "#simulator/faults.ts";

const never = /^\b$/;
const creates = /\bpodFindAndDeployOnDemand\b/;
const ends = /\bpod(Stop|Terminate)\b/;

const concerned: Partial<Record<Fault, RegExp>> = {
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
  "page-repeats": never,
  "page-loops": never,
  "page-fails": never,
  "pagination-missing": never,
  "stop-errors-but-happens": ends,
  "stop-lies": ends,
  "create-errors-but-happens": creates,
  "create-hangs-but-happens": creates,
  "create-drops-but-happens": creates,
  "create-drops": creates,
  "create-lies": creates,
};

export function concerns(query: string, fault: Fault): boolean {
  return concerned[fault]?.test(query) ?? true;
}

export function isOf(query: string, only: Only): boolean {
  const asksForBalance = /\bclientBalance\b/.test(query);
  switch (only) {
    case "all":
      return true;
    case "mutations":
      return /\bmutation\b/.test(query);
    case "creates":
      return creates.test(query);
    case "looking":
      return asksForBalance;
    case "measuring":
      return !asksForBalance && /\bruntime\b/.test(query);
    case "pods":
      return /\bpods\b/.test(query);
    case "clusters":
    case "document":
      return false;
  }
}

/** The first that fits. */
const purposes: readonly (readonly [Does, RegExp])[] = [
  ["stop", /\bpodStop\b/],
  ["terminate", /\bpodTerminate\b/],
  ["resume", /\bpodResume\b/],
  ["create", creates],
  ["look", /\bclientBalance\b[^]*\bpods\b|\bpods\b[^]*\bclientBalance\b/],
  ["balance", /\bclientBalance\b/],
  ["measure", /\b(runtime|latestTelemetry)\b/],
  ["pods", /\bpods\b|\bpod\b/],
  ["prices", /\bgpuTypes\b/],
  ["limits", /\bspendLimit\b/],
];

export function purposeOf(query: string): Does {
  return purposes.find(([, words]) => words.test(query))?.[0] ?? "other";
}
