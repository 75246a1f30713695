import { accountRows } from "./account-rows.ts";
import { aheadRows } from "./ahead-rows.ts";
import { podRows } from "./pod-rows.ts";
import type { TonightRow, TonightSources } from "./sources.ts";

/** What happens tonight, by the guard's own decisions on futures of this config and this account. */
export function tonight(sources: TonightSources): readonly TonightRow[] {
  return [...podRows(sources), ...aheadRows(sources), ...accountRows(sources)];
}
