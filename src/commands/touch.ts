import { identityOf } from "../effects/process-identity.ts";
import { UserError } from "../errors.ts";
import { isAmong, isProtected } from "../guard/protect.ts";
import { isRunning } from "../guard/running.ts";
import type { Pod } from "../guard/model.ts";
import { leaseFileOf } from "../store/beside.ts";
import { createLeaseFile } from "../store/lease-file.ts";
import { choosePod, podWords } from "./choose-pod.ts";
import type { Context, GlobalOptions } from "./context.ts";
import { factsNow } from "./known-run.ts";
import { record } from "./record.ts";
import { seenSituation, type SeenSituation } from "./seen-situation.ts";
import { warn } from "./warn.ts";

/** Notes that a pod is at work, whatever its load says: its idle time begins anew. */
export async function touch(word: string, options: GlobalOptions, context: Context): Promise<void> {
  const situation = await seenSituation(options, context);
  const { settings } = situation;
  const pod = choosePod(word, situation.look);
  if (!isRunning(pod)) {
    throw new UserError(`${podWords(pod)} does not run (${pod.status}): there is nothing to keep.`);
  }
  const atMs = Date.now();
  await createLeaseFile(leaseFileOf(settings.stateFile), identityOf).change((book) => ({
    ...book,
    touchedAtMs: { ...book.touchedAtMs, [pod.id]: atMs },
  }));
  const because = "counts as active from now on";
  const facts = { run: factsNow(pod, situation, atMs) };
  await record({ type: "touch", atMs, because, ...facts }, settings, context);
  context.print(`${podWords(pod)} ${because}: its idle time begins anew`);
  for (const words of whatToKnow(pod, situation)) warn(words, context);
}

function whatToKnow(pod: Pod, { policy, saved, guardPid }: SeenSituation): readonly string[] {
  const { idle, command } = policy.podGuards;
  const isEnding = saved.owed.some(
    (effect) => (effect.kind === "end-run" || effect.kind === "end-pod") && effect.podId === pod.id,
  );
  return [
    ...(idle === undefined ? ["the config has no idle guard, so it changes nothing"] : []),
    ...(idle !== undefined && !isAmong(pod, idle.pods)
      ? ["it is none of the pods that guards.idle is for, so it changes nothing"]
      : []),
    ...(isProtected(pod, policy.protect) ? ["it is protected: no guard ends it anyway"] : []),
    ...(isEnding ? ["its stop has begun, so this may come too late"] : []),
    ...(guardPid === undefined ? [`no guard is watching: ${command} watch`] : []),
  ];
}
