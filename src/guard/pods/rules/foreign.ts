import { type Pod, runStateOf } from "#guard/model/account.ts";
import type { PodGuardName, PodGuards } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { launchesOf } from "#guard/pods/run/launched.ts";
import { isMarked, type Marked } from "#guard/pods/run/started-by.ts";

/**
 * What the guards of single pods do with a pod, by who started it: as they are set, or only tell, or nothing.
 * Unknown, they neither end it nor tell of it now.
 */
export type GuardedAs = "guard" | "notify" | "ignore" | "unknown";

export type Named = Pick<Pod, "id" | "name" | "rawName" | "cluster"> & Marked;

/** Why such a guard leaves a pod, in words that end a sentence. */
export const startedElsewhere = "it was started elsewhere";

/**
 * Ours is what was started with this program, or taken in, or given a lease by hand in this run. Without the
 * book, or its name, nobody knows it of any other pod.
 */
export function guardedAs(
  pod: Named,
  run: Pick<PodRun, "lease"> | undefined,
  leaseBook: GuardState["leaseBook"],
  { foreign }: Pick<PodGuards, "foreign">,
): GuardedAs {
  if (foreign === undefined) return "guard";
  if (isMarked(pod) || run?.lease !== undefined) return "guard";
  if (leaseBook === undefined || leaseBook === "unknown") return "unknown";
  if (launchesOf(pod, leaseBook).length > 0) return "guard";
  return pod.rawName === undefined ? "unknown" : foreign;
}

/** The same of a pod as a poll shows it. One that does not run has no lease: none of before makes it ours. */
export function guardedNow(
  pod: Pod,
  { runs, leaseBook }: Pick<GuardState, "runs" | "leaseBook">,
  podGuards: Pick<PodGuards, "foreign">,
): GuardedAs {
  const run = runStateOf(pod) === "ended" ? undefined : own(runs, pod.id);
  return guardedAs(pod, run, leaseBook, podGuards);
}

interface Acting {
  readonly guard: PodGuardName;
  readonly action: string;
  readonly isKnown: boolean;
}

/** What becomes of these deadlines. What budgets ask for is for all pods. */
export function asGuarded<Each extends Acting>(
  all: readonly Each[],
  as: GuardedAs,
): readonly (Each | (Each & { readonly action: "notify" }))[] {
  switch (as) {
    case "guard":
      return all;
    case "notify":
      return all.map((each) =>
        each.guard === "budget" ? each : { ...each, action: "notify" as const },
      );
    case "ignore":
      return all.filter(({ guard }) => guard === "budget");
    case "unknown":
      return all.map((each) => (each.guard === "budget" ? each : { ...each, isKnown: false }));
  }
}
