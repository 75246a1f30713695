import { wordsOf } from "#errors.ts";
import type { Action } from "#http/contract/operation.ts";
import { GivenUp } from "#within-limit.ts";
import type { Done } from "./carry-out.ts";
import { Refused } from "./refused.ts";

interface Stood {
  readonly action: Action;
  /** RunPod was asked for an end. */
  readonly wasAsked: boolean;
  readonly isDaemonEnding: boolean;
}

/** What an operation that threw came to: an end that nobody saw is never taken for none. */
export function howItFailed(error: unknown, stood: Stood): Done {
  if (error instanceof Refused) {
    const { message, hint } = error;
    return { state: "refused", words: hint === undefined ? message : `${message} ${hint}` };
  }
  const stands = standsWords(stood);
  if (!(error instanceof GivenUp)) {
    return { state: "unproven", words: `It failed (${wordsOf(error)}). ${stands}` };
  }
  return stood.isDaemonEnding
    ? { state: "interrupted", words: `The daemon ended. ${stands}` }
    : { state: "unproven", words: `Given up: ${error.message}. ${stands}` };
}

function standsWords({ action, wasAsked }: Stood): string {
  switch (action) {
    case "extend":
    case "touch":
      return "Whether it was kept is not known.";
    case "stop":
    case "terminate":
      return wasAsked
        ? "RunPod was asked, but no poll has proven it. It may still run and cost money."
        : "RunPod was not asked. It may still run and cost money.";
  }
}
