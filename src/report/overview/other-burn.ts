import { unexplainedBurn } from "#guard/account/burn.ts";
import type { Seen } from "#guard/model/account.ts";
import type { GuardState } from "#guard/model/state.ts";
import { perHour } from "#guard/text.ts";

/** What burns beside the pods, as far as it is counted. */
export interface OtherBurn {
  readonly perHrUsd: number;
  /** To follow what the pods come to. */
  readonly words: string;
}

/** Below a cent is how prices are rounded. What has just ended may still be in the burn. */
export function otherBurn(look: Seen, { unconfirmed }: Pick<GuardState, "unconfirmed">): OtherBurn {
  const perHrUsd =
    look.isBurnAddedUp === true || unconfirmed.length > 0 ? undefined : unexplainedBurn(look);
  if (perHrUsd === undefined) {
    return { perHrUsd: 0, words: ". What burns beside the pods is not known, and not counted" };
  }
  if (perHrUsd < 0.01) return { perHrUsd: 0, words: "" };
  return {
    perHrUsd,
    words: `. Counted until then: the ${perHour(perHrUsd)} that no pod explains, which nothing here ends`,
  };
}
