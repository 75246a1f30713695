import { unfreezeBudget } from "#operations/unfreeze.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { localTime } from "#terminal/local-time.ts";
import { warn } from "#terminal/warn.ts";
import { knownNow, warnIfNobodyWatches } from "./known-now.ts";

/** Lifts the freeze of a budget until its next period. */
export async function unfreeze(
  name: string,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const known = await knownNow(options, context);
  const { untilMs, troubles } = await unfreezeBudget(name, known, Date.now());
  context.print(`Budget ${name} is lifted until ${localTime(untilMs)}: no pod is stopped for it`);
  for (const trouble of troubles) warn(trouble, context);
  warnIfNobodyWatches(known, context);
}
