import { podWords } from "#guard/text.ts";
import { choosePod } from "#operations/choose-pod.ts";
import { touchPod } from "#operations/touch.ts";
import type { Context, GlobalOptions } from "#terminal/context.ts";
import { warn } from "#terminal/warn.ts";
import { seePods } from "./seen-pods.ts";

/** Notes that a pod is at work, whatever its load says: its idle time begins anew. */
export async function touch(word: string, options: GlobalOptions, context: Context): Promise<void> {
  const snapshot = await seePods(options, context);
  const pod = choosePod(word, snapshot.look);
  const { because, warnings } = await touchPod(pod, snapshot, Date.now());
  context.print(`${podWords(pod)} ${because}: its idle time begins anew`);
  for (const words of warnings) warn(words, context);
}
