import type { Pod } from "#guard/model/account.ts";
import type { Launch } from "#guard/model/launch.ts";
import { isOfLaunch } from "#guard/pods/run/launched.ts";
import type { Account, Clock } from "#ports.ts";

/** What polls say of a pod that was asked for. */
export type Found =
  | {
      readonly kind: "found";
      readonly pod: Pod;
      /** RunPod was asked once, and has made more than one. */
      readonly others: readonly Pod[];
    }
  /** Every poll that worked had a whole list, without it. */
  | { readonly kind: "not-there" }
  | { readonly kind: "unknown"; readonly because: string }
  | { readonly kind: "interrupted" };

/** Looks for it once after each of these waits, by its id or by its name. */
export async function findPod(
  launch: Launch,
  { account, clock }: { readonly account: Pick<Account, "look">; readonly clock: Clock },
  waitsMs: readonly number[],
  signal: AbortSignal,
): Promise<Found> {
  let found: Found = { kind: "unknown", because: "nobody has looked" };
  for (const waitMs of waitsMs) {
    await clock.sleepUntil(clock.nowMs() + waitMs, signal);
    if (signal.aborted) return { kind: "interrupted" };
    found = foundIn(await account.look(signal), launch);
    if (found.kind === "found") return found;
  }
  return found;
}

export function foundIn(look: Awaited<ReturnType<Account["look"]>>, launch: Launch): Found {
  if (look.kind === "blind") return { kind: "unknown", because: look.because };
  const { pods, podsBecause = "RunPod did not list the pods", unreadablePods } = look;
  if (pods === "unknown") return { kind: "unknown", because: podsBecause };
  const ofIt = pods.filter((each) => isOfLaunch(each, launch));
  // Its name we gave it; its id RunPod has said, and it may be another's.
  const named = ofIt.filter(({ name }) => name === launch.name);
  const byId = (each: Pod): boolean => each.id === launch.podId;
  const pod = named.find(byId) ?? named[0] ?? ofIt[0];
  if (pod !== undefined)
    return { kind: "found", pod, others: named.filter((each) => each !== pod) };
  if (unreadablePods === 0) return { kind: "not-there" };
  return { kind: "unknown", because: `${unreadablePods} pods could not be read` };
}
