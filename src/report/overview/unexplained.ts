import { auditedWords, unexplainedSince } from "#guard/account/audited.ts";
import { unexplainedBurn } from "#guard/account/burn.ts";
import { own } from "#guard/own-value.ts";
import { perHour } from "#guard/text.ts";
import type { OverviewSources } from "./sources.ts";

/** What burns that no pod explains. */
export interface Unexplained {
  readonly sinceMs: number | undefined;
  /** Undefined: nobody knows. */
  readonly perHrUsd: number | undefined;
  readonly words: string;
}

/** Undefined: nothing does, for sure. */
export function unexplainedOf({
  state,
  look,
  policy,
  nowMs,
}: OverviewSources): Unexplained | undefined {
  const audited = auditedWords(state, nowMs);
  const found = audited === undefined ? "" : `. Found at the last audit: ${audited}`;
  const unknown = (because: string): Unexplained => ({
    sinceMs: undefined,
    perHrUsd: undefined,
    words: `Whether anything burns that no pod explains is unknown: ${because}${found}`,
  });
  if (look.kind === "blind") return unknown("the account is not seen");
  if (look.isBurnAddedUp === true) return unknown("RunPod does not say what burns beside the pods");
  if (look.burnPerHrUsd === undefined) return unknown("the burn is unknown");
  const perHrUsd = unexplainedBurn(look);
  if (perHrUsd === undefined) return unknown("not all of the pods and what they cost is seen");
  // Below a cent is how prices are rounded.
  if (perHrUsd < 0.01) return undefined;
  const what =
    audited === undefined
      ? `. Check for serverless workers and storage: ${policy.podGuards.command} audit`
      : found;
  return {
    sinceMs: own(state.saidAtMs, unexplainedSince),
    perHrUsd,
    words: `${perHour(perHrUsd)} that no pod explains${what}`,
  };
}
