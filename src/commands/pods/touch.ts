import { rowTitle } from "#guard/text.ts";
import { choosePod } from "#operations/choose-pod.ts";
import { touchedJson } from "#operations/done-json.ts";
import { touchPod } from "#operations/touch.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { printJson } from "#terminal/json.ts";
import { warn } from "#terminal/warn.ts";
import { seePods } from "./seen-pods.ts";

/** Marks a pod as active, no matter what its load says: its idle time starts again from zero. */
export async function touch(word: string, options: GlobalOptions, context: Context): Promise<void> {
  const snapshot = await seePods(options, context);
  const pod = choosePod(word, snapshot.look);
  const nowMs = Date.now();
  const { because, warnings } = await touchPod(pod, snapshot, nowMs);
  if (context.isJson) printJson(touchedJson(pod, nowMs, snapshot), context);
  else context.print(`${rowTitle(pod)} ${because}: its idle time starts again from zero`);
  for (const words of warnings) warn(words, context);
}
