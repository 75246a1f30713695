import { type EndAction, isRunning, type Pod } from "#guard/model/account.ts";
import type { RunFacts } from "#guard/model/run.ts";
import { perHour, spanWords, usd } from "#guard/text.ts";

const headings = ["ID", "NAME", "RATE", "UPTIME", "COST SO FAR", ""] as const;

/** What the pods have cost and what ending them costs or loses, shown before it is done. */
export function endTable(
  action: EndAction,
  pods: readonly { readonly pod: Pod; readonly facts: RunFacts }[],
): string {
  const rows = pods.map(({ pod, facts }) => [
    pod.id,
    pod.name,
    rateWords(pod),
    isRunning(pod) ? uptimeWords(facts) : `(${pod.status})`,
    isRunning(pod) ? costWords(facts) : "-",
    action === "stop" ? whatGoesOn(pod) : whatIsLost(pod),
  ]);
  const all = [headings, ...rows];
  const widths = headings.map((_, n) => Math.max(...all.map((row) => (row[n] ?? "").length)));
  return all
    .map((row) => row.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join("  "))
    .map((line) => `  ${line}`.trimEnd())
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
      return "you keep paying for its network volume";
    case false:
      return "you keep paying for its volume disk";
    case undefined:
      return "you may keep paying for a volume (unknown)";
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
