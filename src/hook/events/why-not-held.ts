import type { Pod } from "#guard/model/account.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { isEnding } from "#guard/pods/rules/deadlines.ts";
import { launchesOf } from "#guard/pods/run/launched.ts";
import { originOf } from "#guard/pods/run/started-by.ts";
import { isAmong, isGuardFor, isProtected } from "#guard/protect.ts";
import type { Found } from "#hook/detect/found.ts";
import { aheadOfNow } from "#report/ahead/ahead.ts";
import { type SeenSnapshot, withPodsSeen } from "#report/snapshot.ts";
import { type HookDeps, see } from "./see.ts";

type Named = Pick<Pod, "id" | "name" | "rawName" | "cluster">;

/** Why a lease does not stand for all of them; undefined: it does. Throws where that cannot be seen. */
export async function whyNotHeld(
  found: readonly Found[],
  deps: HookDeps,
): Promise<string | undefined> {
  const snapshot = withPodsSeen(await see(deps));
  const { book, settings, guardPid, troubles, unread } = snapshot;
  if (guardPid === undefined) return "the daemon is not running";
  if (settings.dryRun || unread?.keys.includes("dry_run") === true)
    return "the daemon is on a dry run, or was";
  if (book === "unknown" || troubles.length > 0)
    return troubles[0] ?? "the lease file cannot be read";
  for (const each of found) {
    const because =
      each.kind === "starts" ? whyNotPod(each, book, snapshot) : whyNotLaunch(each, book, snapshot);
    if (because !== undefined) return because;
  }
  return undefined;
}

function whyNotPod({ podId }: Found, book: LeaseBook, snapshot: SeenSnapshot): string | undefined {
  const { policy, settings } = snapshot;
  const pod = snapshot.look.pods.find(({ id }) => id === podId);
  if (pod === undefined) return "there is no such pod in the account";
  const common = whyNoEnd(pod, snapshot) ?? whyFrozen(pod, snapshot);
  if (common !== undefined) return common;
  const launches = launchesOf({ id: pod.id, name: pod.rawName ?? pod.name }, book);
  if (launches.some(({ endsAtMs }) => endsAtMs > snapshot.nowMs)) return undefined;
  if (
    originOf(pod, book).kind === "elsewhere" &&
    (policy.podGuards.foreign ?? settings.foreignPods ?? "guard") !== "guard"
  )
    return "foreign_pods says that the guards leave pods alone that were started elsewhere";
  // One that was given by hand is for the run that was then.
  if (policy.podGuards.lease?.defaultMs !== undefined) return undefined;
  return "it has no lease that has not ended, and guards.lease has no default_hours";
}

function whyNotLaunch({ asked }: Found, book: LeaseBook, snapshot: SeenSnapshot) {
  const name = asked?.name ?? "";
  const launch = Object.values(book.launches ?? {}).find(
    (each) =>
      each.name === name &&
      each.podId === undefined &&
      each.failedAtMs === undefined &&
      each.endsAtMs > snapshot.nowMs,
  );
  if (launch === undefined) return "no lease was written down for a pod of this name";
  if (snapshot.look.pods.some((pod) => (pod.rawName ?? pod.name) === name))
    return "there is a pod of this name already";
  const pod = { id: "", name, rawName: name };
  return whyNoEnd(pod, snapshot) ?? whyFrozen(pod, snapshot);
}

function whyNoEnd(pod: Named, { policy, protect }: SeenSnapshot): string | undefined {
  const { lease } = policy.podGuards;
  if (lease === undefined || !isEnding(lease)) return "there is no lease guard that ends anything";
  if (!isGuardFor(pod, lease)) return "guards.lease does not name it";
  if (isProtected(pod, [...policy.protect, ...protect]))
    return "it is protected, so that no lease ends it";
  return undefined;
}

function whyFrozen(pod: Named, snapshot: SeenSnapshot): string | undefined {
  const { nowMs } = snapshot;
  for (const { budget, period, frozenUntilMs } of aheadOfNow({ ...snapshot, schedules: [] })
    .budgets) {
    if (!budget.freezes || (budget.pods !== undefined && !isAmong(pod, budget.pods))) continue;
    if (period === undefined || period.toMs <= nowMs)
      return `whether budget ${budget.name} is spent is not known yet`;
    if (frozenUntilMs !== undefined)
      return `budget ${budget.name} is spent, and lets nothing start`;
  }
  return undefined;
}
