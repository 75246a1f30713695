import { type EndAction, isRunning, type Pod, statusWordOf } from "#guard/model/account.ts";
import type { RunFacts } from "#guard/model/run.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";
import { createTable, leftOutLines } from "#terminal/table.ts";

const columns = [
  { heading: "ID" },
  { heading: "NAME", least: 12 },
  { heading: "RATE", goes: 2 },
  { heading: "UPTIME", goes: 3 },
  { heading: "COST SO FAR", goes: 1 },
] as const;
const indent = "  ";

/** What the pods have cost and what ending them costs or loses, shown before it is done. */
export function endTable(
  action: EndAction,
  pods: readonly { readonly pod: Pod; readonly facts: RunFacts }[],
  room: number,
): string {
  const rows = pods.map(({ pod, facts }) => [
    pod.id,
    pod.name,
    rateWords(pod),
    isRunning(pod) ? uptimeWords(facts) : `(${statusWordOf(pod)})`,
    isRunning(pod) ? costWords(facts) : "-",
    action === "stop" ? whatGoesOn(pod) : whatIsLost(pod),
  ]);
  const { linesOf, leftOut } = createTable({ columns, room: room - indent.length, hasText: true });
  const all = [[...columns.map(({ heading }) => heading), ""], ...rows];
  return [
    ...linesOf(all.map((row) => row.map((text) => ({ text })))),
    ...leftOutLines(leftOut(), "widen the terminal, or see runpodboss status --json"),
  ]
    .map((line) => indent + line)
    .join("\n");
}

function rateWords(pod: Pod): string {
  if (!isRunning(pod)) return "-";
  return pod.costPerHrUsd === undefined ? "unknown" : perHour(pod.costPerHrUsd);
}

export function uptimeWords({ uptimeMs }: RunFacts): string {
  return uptimeMs === undefined ? "unknown" : spanWords(uptimeMs);
}

export function costWords({ costUsd }: RunFacts): string {
  return costUsd === undefined ? "unknown" : usd(costUsd);
}

function whatGoesOn({ hasNetworkVolume }: Pod): string {
  switch (hasNetworkVolume) {
    case true:
      return "LOSES its container disk; its network volume stays, and costs";
    case false:
      return "LOSES its container disk; a volume disk stays, and costs";
    case undefined:
      return "LOSES its container disk; a volume may stay, and cost (unknown)";
  }
}

function whatIsLost({ hasNetworkVolume }: Pod): string {
  switch (hasNetworkVolume) {
    case true:
      return "keeps its network volume";
    case false:
      return "LOSES ITS DATA";
    case undefined:
      return "may LOSE ITS DATA (network volume: unknown)";
  }
}
