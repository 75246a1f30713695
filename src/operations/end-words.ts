import { type EndAction, isRunning, type Pod } from "#guard/model/account.ts";
import type { RunFacts } from "#guard/model/run.ts";
import { rowWords, spanWords, usd } from "#guard/text.ts";
import type { HandEnd } from "./manual-stop.ts";

/** What was ended, what it had cost, and what proves it. */
export function endedWords(action: EndAction, pod: Pod, run: RunFacts, because: string): string {
  const done = action === "stop" ? "Stopped" : "Terminated";
  const past = isRunning(pod)
    ? `ran ${uptimeWords(run)}, cost ${costWords(run)}`
    : "was not running";
  return `${done} ${rowWords(pod)}: ${past}; ${because}`;
}

/** Where an end by hand stood when it was interrupted. */
export function interruptedWords({ wasAsked }: HandEnd & { readonly kind: "interrupted" }): string {
  return wasAsked ? "RunPod was asked, but no poll has proven it" : "not asked";
}

export function uptimeWords({ uptimeMs }: RunFacts): string {
  return uptimeMs === undefined ? "unknown" : spanWords(uptimeMs);
}

export function costWords({ costUsd }: RunFacts): string {
  return costUsd === undefined ? "unknown" : usd(costUsd);
}

/** Why, whatever became of it. */
export function handEndWords(end: HandEnd): string {
  switch (end.kind) {
    case "ended":
      return end.outcome.because;
    case "over-before":
    case "unproven":
      return end.because;
    case "interrupted":
      return interruptedWords(end);
  }
}
