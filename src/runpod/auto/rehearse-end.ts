import type { Seen } from "#guard/model/account.ts";
import type { Ending } from "#ports.ts";

/** RunPod's ids are of lower-case letters and digits alone: no pod has this one, and none can get it. */
const nobody = "runpodboss-rehearsal";

/**
 * Asks REST v2 to stop a pod that does not exist: whether the key may stop pods, without any effect.
 * Undefined where it may, and where the answer says nothing of that. Not asked unless it is known which
 * pods there are.
 */
export async function whyNoEnd(
  rest: Ending,
  { pods }: Pick<Seen, "pods">,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (pods === "unknown" || pods.some(({ id }) => id === nobody)) return undefined;
  const answer = await rest.end({ id: nobody }, "stop", signal);
  // No such pod, a state that forbids it, a rate, a broken line: nothing that the key is told.
  return answer.kind === "failed" && answer.isReadOnlyKey
    ? `this key could not stop pods through REST v2 (${answer.because})`
    : undefined;
}
