import type { Look, Measured } from "#guard/model/account.ts";
import type { Holdings, Part, Prices } from "#guard/model/holdings.ts";
import type { IdleGuard, Policy } from "#guard/model/policy.ts";
import { billedRows, hasCategory } from "./billed-rows.ts";
import { clusterRows } from "./cluster-rows.ts";
import { endpointRows } from "./endpoint-rows.ts";
import { podRows } from "./pod-rows.ts";
import { type AuditRow, hoursInDay } from "./row.ts";
import { volumeRows } from "./volume-rows.ts";

export interface AuditSources {
  readonly nowMs: number;
  readonly look: Look;
  readonly measured: Measured;
  readonly holdings: Holdings;
  readonly prices: Prices;
  /** What counts as idle. */
  readonly idle: IdleGuard;
  readonly policy: Pick<Policy, "protect">;
  /** What to type for this program. */
  readonly command: string;
}

/** All that drains the balance, as far as it can be read. */
export interface AuditReport {
  readonly nowMs: number;
  /** The most expensive first; those of which that is unknown last. */
  readonly rows: readonly AuditRow[];
  /** Of the rows whose cost is known. */
  readonly totalPerDayUsd: number;
  /** Rows whose cost is unknown. */
  readonly unknown: number;
  readonly balanceUsd: number | undefined;
  /** What burns by RunPod's own word; undefined when it says nothing, or only what the pods add up to. */
  readonly burnPerDayUsd: number | undefined;
  /** What of that no row explains: less than nothing where the rows come to more. */
  readonly unexplainedPerDayUsd: number | undefined;
  readonly spendCapPerHrUsd: number | undefined;
  /** What could not be read, and why. */
  readonly unread: readonly { readonly what: string; readonly because: string }[];
}

export function auditOf(sources: AuditSources): AuditReport {
  const { nowMs, look, measured, holdings, prices, policy, command } = sources;
  const samples = measured.kind === "measured" ? measured.samples : [];
  const held = [
    ...podRows({ ...sources, samples }),
    ...clusterRows({ look, holdings, prices, policy, command }),
    ...volumeRows(holdings),
    ...endpointRows(holdings, prices),
  ];
  const rows = [...held, ...billedRows(holdings, held)].toSorted(byCost);
  const totalPerDayUsd = rows.reduce((sum, { perDayUsd = 0 }) => sum + perDayUsd, 0);
  const burnPerDayUsd = burnOf(look);
  const cap = holdings.spendCapPerHrUsd;
  return {
    nowMs,
    rows,
    totalPerDayUsd,
    unknown: rows.filter(({ perDayUsd }) => perDayUsd === undefined).length,
    balanceUsd: look.kind === "seen" ? look.balanceUsd : undefined,
    burnPerDayUsd,
    unexplainedPerDayUsd: burnPerDayUsd === undefined ? undefined : burnPerDayUsd - totalPerDayUsd,
    spendCapPerHrUsd: cap.kind === "read" ? cap.value : undefined,
    unread: unreadOf(sources),
  };
}

/** Nothing was found, but not everything that may bill could be read: that is no $0. */
export function isNothingSure({ rows, unread }: Pick<AuditReport, "rows" | "unread">): boolean {
  return rows.length === 0 && unread.some(({ what }) => !besides.has(what));
}

/** What bills nothing by itself, or is never listed. */
const besides: ReadonlySet<string> = new Set([
  "the load of the pods",
  "sandboxes",
  "the spend cap",
  "the list prices of GPUs",
  "the list prices of CPUs",
]);

function byCost(a: AuditRow, b: AuditRow): number {
  return (b.perDayUsd ?? -1) - (a.perDayUsd ?? -1);
}

function burnOf(look: Look): number | undefined {
  if (look.kind === "blind" || look.isBurnAddedUp === true) return undefined;
  return look.burnPerHrUsd === undefined ? undefined : look.burnPerHrUsd * hoursInDay;
}

function unreadOf({ look, measured, holdings, prices }: AuditSources): AuditReport["unread"] {
  const { pods, volumes, clusters, endpoints, billing, spendCapPerHrUsd } = holdings;
  const polled = polledFault(look);
  return [
    ...(polled === undefined ? [] : [{ what: "the poll", because: polled }]),
    ...(measured.kind === "unmeasured"
      ? [{ what: "the load of the pods", because: measured.because }]
      : []),
    ...listFaults("pods and the disks of stopped ones", pods),
    ...listFaults("network volumes", volumes),
    ...listFaults("serverless endpoints", endpoints),
    ...workerFaults(holdings),
    ...listFaults("clusters", clusters),
    ...fault("what was billed (public endpoints too)", billing),
    ...sandboxFault(holdings),
    ...fault("the spend cap", spendCapPerHrUsd),
    ...fault("the list prices of GPUs", prices.gpus),
    ...fault("the list prices of CPUs", prices.cpus),
  ];
}

type Faults = AuditReport["unread"];

function polledFault(look: Look): string | undefined {
  if (look.kind === "blind") return look.because;
  if (look.pods !== "unknown") {
    return look.unreadablePods > 0 ? `${look.unreadablePods} rows of pods` : undefined;
  }
  return look.podsBecause ?? "its answer had no list of pods";
}

function fault(what: string, part: Part<unknown>): Faults {
  return part.kind === "unread" ? [{ what, because: part.because }] : [];
}

function listFaults(what: string, part: Part<{ readonly unreadable: number }>): Faults {
  if (part.kind === "unread") return fault(what, part);
  const { unreadable } = part.value;
  return unreadable === 0 ? [] : [{ what, because: `${unreadable} rows of RunPod's answer` }];
}

/** Said once for all that fail for the same reason. */
function workerFaults({ endpoints }: Holdings): Faults {
  if (endpoints.kind === "unread") return [];
  const counts = new Map<string, number>();
  for (const { workers } of endpoints.value.rows) {
    if (workers.kind === "unread") {
      counts.set(workers.because, (counts.get(workers.because) ?? 0) + 1);
    }
  }
  return [...counts].map(([because, count]) => ({
    what: `the workers of ${count} serverless ${count === 1 ? "endpoint" : "endpoints"}`,
    because,
  }));
}

/** RunPod's API has no list of them. */
function sandboxFault({ billing }: Holdings): Faults {
  if (billing.kind === "read" && hasCategory(billing.value, "sandboxes")) return [];
  const because = "RunPod's API has no list of them, and no bill that could be read names them";
  return [{ what: "sandboxes", because }];
}
