import { type EndAction, isRunning, type Pod } from "#guard/model/account.ts";
import type { RunFacts } from "#guard/model/run.ts";
import { spanWords, usd } from "#guard/text.ts";

const headings = ["ID", "NAME", "RATE", "UPTIME", "COST SO FAR", ""] as const;

/** What ending these pods costs or loses, to be read before it is done. */
export function endTable(
  action: EndAction,
  pods: readonly { readonly pod: Pod; readonly facts: RunFacts }[],
): string {
  const rows = pods.map(({ pod, facts }) => [
    pod.id,
    pod.name,
    pod.costPerHrUsd === undefined ? "unknown" : `${usd(pod.costPerHrUsd)}/hr`,
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

export function uptimeWords({ uptimeMs }: RunFacts): string {
  return uptimeMs === undefined ? "unknown" : spanWords(uptimeMs);
}

export function costWords({ costUsd }: RunFacts): string {
  return costUsd === undefined ? "unknown" : usd(costUsd, 2);
}

function whatGoesOn({ hasNetworkVolume }: Pod): string {
  switch (hasNetworkVolume) {
    case true:
      return "its network volume goes on costing";
    case false:
      return "its volume disk goes on costing";
    case undefined:
      return "whether a volume goes on costing is unknown";
  }
}

function whatIsLost({ hasNetworkVolume }: Pod): string {
  switch (hasNetworkVolume) {
    case true:
      return "its network volume stays";
    case false:
      return "LOSES ITS DATA";
    case undefined:
      return "may LOSE ITS DATA: whether it has a network volume is unknown";
  }
}
