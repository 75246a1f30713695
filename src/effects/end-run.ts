import { type Activity, type Pod, runStateOf } from "#guard/model/account.ts";
import type { EndRun, Outcome } from "#guard/model/effect.ts";
import type { IdleGuard } from "#guard/model/policy.ts";
import type { PodRun } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { type GuardedAs, startedElsewhere } from "#guard/pods/rules/foreign.ts";
import { loadOf } from "#guard/pods/rules/load.ts";
import { oneSampleAPod } from "#guard/pods/follow/one-sample-a-pod.ts";
import { isLater, startOf } from "#guard/pods/run/run-start.ts";
import { type BeforeStopDeps, prepare } from "./before-stop.ts";
import { type Ending, endPod, type EndPodDeps, lookForEnd, triesOf } from "./end-and-prove.ts";

/** What an effect asks the guard while it is carried out. */
export interface Present {
  /** Reads the leases again; false when they cannot be read. */
  refresh(): Promise<boolean>;
  /** Whether an effect is still wanted: an active pod or a longer lease withdraws it. */
  isOwed(id: string): boolean;
  /** Whether a poll of the guard, not one of an effect, has shown the pods of late. */
  hasSeenPods(): boolean;
  /** What the guards of single pods do with it, by who started it. A pod that does not run has no lease. */
  guardedAs(pod: Pod): GuardedAs;
  /** The run of a pod, as far as it is known. */
  run(podId: string): PodRun | undefined;
  /** How the balance has fallen of late. */
  falls(): GuardState["falls"];
  /** Asks the pod by the idle guard's probes; undefined when there are none. */
  probe(podId: string, signal: AbortSignal): Promise<Activity | "interrupted" | undefined>;
}

export interface EndRunDeps extends EndPodDeps, BeforeStopDeps {
  readonly clock: EndPodDeps["clock"];
  readonly present: Present;
  readonly idle: IdleGuard | undefined;
  /** The ends, by id, before which the command has been run. */
  readonly prepared: Map<string, string>;
  /** The ends, by id, that RunPod has said yes to. */
  readonly accepted: Set<string>;
}

/**
 * Ends a pod's run for one of its guards: runs before_stop_command once in the life of this process, or until
 * it has worked where it must; then polls, asks RunPod and proves it as for any end.
 */
export async function endRun(
  effect: EndRun,
  deps: EndRunDeps,
  signal: AbortSignal,
): Promise<Outcome | "interrupted"> {
  const ending = runEnding(effect, deps);
  if (deps.beforeStopCommand.length > 0 && !deps.prepared.has(effect.id)) {
    const before = await lookForEnd(ending, deps, signal);
    if (signal.aborted) return "interrupted";
    if (before.kind !== "due") return before.outcome;
    const prepared = await prepare(effect, before.pod, deps, signal);
    if (prepared === "interrupted") return prepared;
    if (prepared.kind === "put-off") return prepared.outcome;
    deps.prepared.set(effect.id, prepared.trouble);
  }
  const outcome = await endPod(ending, deps, signal);
  if (outcome === "interrupted") return outcome;
  const trouble = deps.prepared.get(effect.id) ?? "";
  if (outcome.kind !== "failed") deps.prepared.delete(effect.id);
  return trouble === "" ? outcome : { ...outcome, because: `${outcome.because}; ${trouble}` };
}

/** The end of a run by one of its guards: checked again right before, with fresh leases and loads. */
export function runEnding(
  effect: EndRun,
  {
    account,
    clock,
    present,
    idle,
    accepted,
  }: Pick<EndRunDeps, "account" | "clock" | "present" | "idle" | "accepted">,
): Ending {
  const { id, podId, memberIds, action, guard, burnBefore } = effect;
  return {
    podId,
    memberIds,
    action,
    burnBefore,
    ...triesOf(id, accepted),
    async whyNot({ pods }, signal) {
      const isBookKnown = await present.refresh();
      if (!present.isOwed(id)) return moot("the pod got more time or is active again");
      const pod = pods === "unknown" ? undefined : pods.find((each) => each.id === podId);
      // Stopped at our own request, it has no load to ask for.
      if (pod !== undefined && runStateOf(pod) === "ended") return undefined;
      const left = guard === "budget" || pod === undefined ? undefined : whyLeft(pod, present);
      if (left !== undefined) return left;
      const measured = await account.measure(signal);
      const samples = measured.kind === "measured" ? measured.samples : [];
      const sample = oneSampleAPod(samples).get(podId);
      const run = present.run(podId);
      const now = run && sample && startOf(run, sample, clock.nowMs());
      if (now?.isAnew === true) return moot("the pod was stopped and started again");
      if ((now?.run ?? run)?.unsureSinceMs !== undefined) {
        return failed("it is not known whether the pod was restarted");
      }
      // Its end was reckoned from the start that was known before.
      if (guard !== "idle" && run && now && isLater(now.run.startedAtMs, run.startedAtMs)) {
        return failed("the pod started later than was known");
      }
      if (guard === "hard_timeout") return undefined;
      if (!isBookKnown) return failed("the lease file cannot be read");
      // After a sleep it may be too late by now.
      if (guard === "schedule" && !present.hasSeenPods()) {
        return moot("no poll has shown the pods for a while, and the next one decides");
      }
      if (guard !== "idle") return undefined;
      if (idle === undefined) return moot("the config no longer asks for it");
      switch (loadOf(sample, idle, clock.nowMs())) {
        case "busy":
          return moot("the pod is active again");
        case "unknown":
          return failed("it is not known whether the pod is idle now");
        case "idle":
          break;
      }
      const activity = idle.hasProbes ? await present.probe(podId, signal) : undefined;
      if (activity === "interrupted") return failed("interrupted");
      return activity?.isActive === true ? moot(`active: ${activity.because}`) : undefined;
    },
  };
}

/** Why a guard leaves it to whoever started it, or waits until it knows who that is. */
export function whyLeft(pod: Pod, present: Pick<Present, "guardedAs">): Outcome | undefined {
  switch (present.guardedAs(pod)) {
    case "guard":
      return undefined;
    case "notify":
    case "ignore":
      return moot(startedElsewhere);
    case "unknown":
      return failed("it is not known who started it");
  }
}

function moot(because: string): Outcome {
  return { kind: "moot", because, tail: "" };
}

function failed(because: string): Outcome {
  return { kind: "failed", because, tail: "" };
}
