import { cleanName } from "#control-characters.ts";
import type { Pod, Seen } from "#guard/model/account.ts";
import { perHour, usd } from "#guard/text.ts";
import { hoursLeftWords } from "#report/hours-left.ts";
import { tableLines } from "#terminal/table.ts";
import { cutTo } from "#terminal/text-width.ts";

const mostPods = 10;
const longestName = 24;

/** The account as it is seen, in a few lines. */
export function accountWords(look: Seen): string {
  const { balanceUsd, burnPerHrUsd, pods } = look;
  const burn = burnPerHrUsd === undefined ? "unknown" : perHour(burnPerHrUsd);
  return [
    `Balance ${usd(balanceUsd)}, burn ${burn}, hours left: ${hoursLeftWords(look)}`,
    ...(pods === "unknown"
      ? [`The pods are unknown: ${look.podsBecause ?? "RunPod's answer had no list"}`]
      : podLines(pods)),
    ...(look.unreadablePods > 0 ? [`and ${look.unreadablePods} that could not be read`] : []),
  ].join("\n");
}

function podLines(pods: readonly Pod[]): readonly string[] {
  if (pods.length === 0) return ["No pods."];
  const dearestFirst = pods.toSorted((a, b) => (b.costPerHrUsd ?? 0) - (a.costPerHrUsd ?? 0));
  const rows = dearestFirst
    .slice(0, mostPods)
    .map((pod) => [
      { text: `  ${cutTo(longestName, shownName(pod))}` },
      { text: pod.costPerHrUsd === undefined ? "?" : perHour(pod.costPerHrUsd) },
      { text: cutTo(12, cleanName(pod.word ?? pod.status)) },
    ]);
  const more = pods.length - mostPods;
  return [...tableLines(rows), ...(more > 0 ? [`  and ${more} more`] : [])];
}

/** By its name, or its id where it has none. */
export function shownName({ id, name }: Pick<Pod, "id" | "name">): string {
  const shown = cleanName(name).trim();
  return shown === "" ? cleanName(id) : shown;
}
