import { runStateOf, type Pod, type PodStatus, type Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState } from "#guard/model/state.ts";
import { isProtected } from "#guard/protect.ts";
import { type Known, podReport, type PodReport } from "#report/pod.ts";
import { combined } from "./counter.ts";
import { gauge, gauges, secondsOf } from "./gauge.ts";
import type { Family, Labels } from "./text-format.ts";

/** So many pods have series of their own: an account may have any number. */
export const mostPods = 200;

const statuses: readonly PodStatus[] = ["pending", "running", "stopped", "gone", "unknown"];

/** The pods, as the last poll listed them; nothing where it did not, or is too old. */
export function podGauges(
  look: Seen | undefined,
  state: GuardState,
  policy: Policy,
  nowMs: number,
): readonly Family[] {
  if (look === undefined || look.pods === "unknown") return [];
  const { pods, unreadablePods } = look;
  const shown = theMostTelling(pods).map((pod) => rowOf(pod, state, policy, nowMs));
  const ends = shown.flatMap(({ endAtMs }) => endAtMs ?? []);
  const of = (value: (row: Row) => number | undefined) =>
    shown.map((row) => ({ labels: row.labels, value: value(row) }));
  return [
    gauges(
      "runpodboss_pods",
      "Pods by RunPod's state and whether protect keeps them; a cluster counts as one.",
      countsOf(pods, policy),
    ),
    gauge(
      "runpodboss_pods_unreadable",
      "Rows of RunPod's list that do not say which pod they are of.",
      unreadablePods,
    ),
    gauge(
      "runpodboss_pods_left_out",
      `Pods without series of their own: only ${mostPods} have some, those that run first.`,
      pods.length - shown.length,
    ),
    gauge(
      "runpodboss_next_end_timestamp_seconds",
      "When the next end of a pod comes, as things stand.",
      ends.length === 0 ? undefined : secondsOf(Math.min(...ends)),
    ),
    gauges(
      "runpodboss_pod_info",
      "1 for each pod; kept says why nothing ends it: protected, locked, unknown, or not at all.",
      shown.map(({ labels, about }) => ({ labels: { ...labels, ...about }, value: 1 })),
    ),
    gauges(
      "runpodboss_pod_uptime_seconds",
      "Of its present run.",
      of((row) => row.uptime),
    ),
    gauges(
      "runpodboss_pod_idle_seconds",
      "How long it has been idle, where the idle guard minds it.",
      of((row) => row.idle),
    ),
    gauges(
      "runpodboss_pod_burn_usd_per_hour",
      "What it costs an hour.",
      of((row) => row.burn),
    ),
    gauges(
      "runpodboss_pod_cost_usd",
      "What its present run has cost.",
      of((row) => row.cost),
    ),
    gauges(
      "runpodboss_pod_end_timestamp_seconds",
      "When it will be ended, and by what, as things stand.",
      shown.map(({ labels, end, endAtMs }) => ({
        labels: { ...labels, by: end },
        value: secondsOf(endAtMs),
      })),
    ),
  ];
}

interface Row {
  readonly labels: Labels;
  readonly about: Labels;
  readonly uptime: number | undefined;
  readonly idle: number | undefined;
  readonly burn: number | undefined;
  readonly cost: number | undefined;
  readonly end: string;
  readonly endAtMs: number | undefined;
}

function rowOf(pod: Pod, state: GuardState, policy: Policy, atMs: number): Row {
  const { runs, moments, leaseBook: book } = state;
  const report = podReport(pod, { policy, runs, book, saved: state, moments, samples: [], atMs });
  const { gpu } = report;
  const end = endOf(report);
  const isEnded = runStateOf(pod) === "ended";
  return {
    labels: { pod_id: pod.id, pod_name: pod.name },
    about: {
      state: pod.status,
      kept: report.heldBy ?? "",
      gpu_type: typeof gpu === "string" ? "" : gpu.type,
      is_cluster: String(pod.cluster !== undefined),
    },
    uptime: inSeconds(report.uptimeMs),
    idle: inSeconds(report.idleMs),
    // What has ended costs no hour, whatever its row says.
    burn: isEnded ? undefined : report.costPerHrUsd,
    cost: known(report.costUsd),
    end: end?.guard ?? "",
    endAtMs: end?.atMs,
  };
}

function endOf({ end }: PodReport) {
  return end === "none" || end === "unknown" ? undefined : end;
}

function known(value: Known<number>): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function inSeconds(value: Known<number>): number | undefined {
  return secondsOf(known(value));
}

/** Those that cost money, before those of which nobody knows, before those that have ended. */
function theMostTelling(pods: readonly Pod[]): readonly Pod[] {
  if (pods.length <= mostPods) return pods;
  const rank = { running: 0, unknown: 1, ended: 2 };
  return pods.toSorted((a, b) => rank[runStateOf(a)] - rank[runStateOf(b)]).slice(0, mostPods);
}

function countsOf(pods: readonly Pod[], { protect }: Policy) {
  const counts = new Map<string, number>();
  const keyOf = (state: string, kept: string): string => `${state} ${kept}`;
  for (const pod of pods) {
    const key = keyOf(pod.status, String(isProtected(pod, protect)));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return combined({ state: statuses, is_protected: ["true", "false"] }).map((labels) => ({
    labels,
    value: counts.get(keyOf(labels["state"] ?? "", labels["is_protected"] ?? "")) ?? 0,
  }));
}
