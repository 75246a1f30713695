import { hourMs } from "#guard/model/time.ts";
import { perHour, plainNumber, usd } from "#guard/text.ts";
import type { Caller } from "#mcp/caller.ts";
import type { PodWish } from "#operations/launch/start-options.ts";
import type { Estimate } from "#report/launch/estimate.ts";
import { localTime } from "#terminal/local-time.ts";

/** What a person is asked before a pod is started: what, for how much, how long, and what is left. */
export function startQuestion(
  { name }: Caller,
  { image, templateId, name: podName }: PodWish,
  { wanted, price, balanceUsd, balanceAtEndUsd, endsAtMs }: Estimate,
): string {
  const { offer, gpuCount, cloud, forMs } = wanted;
  const left = balanceAtEndUsd === undefined ? "unknown" : usd(balanceAtEndUsd);
  return [
    `${name} asks to start a GPU pod.`,
    `GPU: ${gpuCount} × ${offer.name}, ${cloud} cloud`,
    `Runs: ${image ?? `template ${templateId}`}, as ${podName}`,
    `Price: ${perHour(price.perHrUsd)} for ${plainNumber(forMs / hourMs)} h: ${usd((price.perHrUsd * forMs) / hourMs)} in all`,
    `Balance: ${usd(balanceUsd)} now, ${left} when its lease ends, at ${localTime(endsAtMs)}`,
  ].join("\n");
}
