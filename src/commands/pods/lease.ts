import { choosePod } from "#operations/choose-pod.ts";
import { leasePod, type Wish } from "#operations/lease.ts";
import { leasedWords, leaseWarnings } from "#operations/lease-words.ts";
import { hoursIn } from "#operations/parse-hours.ts";
import { leasedJson } from "#operations/done-json.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { warn } from "#terminal/warn.ts";
import { seePods } from "./seen-pods.ts";

/** Gives a pod a lease, or extends it, and says when it ends and what that costs. */
export async function lease(
  wish: Wish,
  word: string,
  hours: string,
  options: GlobalOptions,
  context: Context,
): Promise<void> {
  const forMs = hoursIn(hours);
  const snapshot = await seePods(options, context);
  const pod = choosePod(word, snapshot.look);
  const leased = await leasePod(wish, pod, forMs, snapshot);
  const { lines, warning } = leasedWords(pod, leased);
  if (context.isJson) printJson(leasedJson(pod, leased, snapshot), context);
  else for (const line of lines) context.print(line);
  if (warning !== undefined) warn(warning, context);
  for (const words of leaseWarnings(leased, snapshot)) warn(words, context);
}
