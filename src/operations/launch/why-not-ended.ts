import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { isEnding } from "#guard/pods/rules/deadlines.ts";
import { isGuardFor, isProtected } from "#guard/protect.ts";
import type { Paces } from "#paces.ts";
import { identityOf } from "#process/identity.ts";
import { savedState } from "#report/snapshot.ts";
import { watcherOf } from "#store/lock/pid-lock.ts";

/**
 * Why nothing ends a pod of this name with its lease, as the daemon stands now; undefined: it is ended. A person may
 * have insisted on it, and while a pod boots a daemon may end, or read another config.
 */
export async function whyNotEnded(
  name: string,
  settings: Settings,
  paces: Paces,
): Promise<string | undefined> {
  const { stateFile } = settings;
  const guardPid = await watcherOf(stateFile, identityOf);
  if (guardPid === undefined) return "the daemon is not running";
  if (settings.dryRun) return "dry_run is set";
  const { inForce } = (await savedState(stateFile)).saved;
  const { protect, podGuards } =
    inForce?.pid === guardPid ? inForce.policy : policyOf(settings, paces);
  const pod = { id: "", name, rawName: name };
  if (isProtected(pod, protect)) return "protect covers it";
  const { lease } = podGuards;
  if (lease === undefined) return "there is no lease guard";
  if (!isEnding(lease)) return `the action of guards.lease is ${lease.action}`;
  return isGuardFor(pod, lease) ? undefined : "guards.lease does not name it";
}
