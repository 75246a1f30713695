import { unfrozenJson } from "#operations/done-json.ts";
import { unfreezeBudget, unfrozenWords } from "#operations/unfreeze.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { warn } from "#terminal/warn.ts";
import { knownNow, warnIfNobodyWatches } from "./known-now.ts";

/** Lifts the freeze of a budget until its next period. */
export async function unfreeze(
  name: string,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const known = await knownNow(options, context);
  try {
    const unfrozen = await unfreezeBudget(name, known, Date.now());
    if (context.isJson) printJson(unfrozenJson(unfrozen, known), context);
    else context.print(unfrozenWords(unfrozen));
    for (const trouble of unfrozen.troubles) warn(trouble, context);
  } finally {
    warnIfNobodyWatches(known, context);
  }
}
