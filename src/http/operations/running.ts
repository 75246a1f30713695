import type { EndAction } from "#guard/model/account.ts";
import { own } from "#guard/own-value.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { Asked } from "#http/deps.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import type { AskedEnd } from "#store/asked-ends-file.ts";
import type { Done } from "./carry-out.ts";
import type { Operation } from "./operation-list.ts";
import type { Refused } from "./refused.ts";

/** One that runs, and what its askers wait for. */
export interface Running {
  readonly asked: Asked;
  readonly operation: Operation;
  /** The run that it is about, once that is known. */
  run?: string | undefined;
  /** RunPod was asked for an end. */
  wasAsked: boolean;
  /** Called when it is over and nothing was done. */
  readonly onUndone: (() => Promise<unknown>)[];
  /** An end, as a restart is to know it. */
  end?: AskedEnd | undefined;
  /** Why it is refused; undefined: it goes on, or is done. */
  readonly planned: Promise<Refused | undefined>;
}

/**
 * Two people who ask for the same ask for one thing. Whoever names a run may not be answered with what is
 * done to another one, nor with what is refused for the run that someone else has named.
 */
export function isSame({ asked: one, run: planned }: Running, other: Asked): boolean {
  if (one.action !== other.action || one.podId !== other.podId || one.forMs !== other.forMs) {
    return false;
  }
  if (other.run === undefined && planned !== undefined) return true;
  return (planned ?? one.run) === other.run;
}

/** Of an end RunPod was not asked; of all else it is known only where it was refused. */
export function isUndone({ asked, wasAsked }: Running, state: Done["state"]): boolean {
  if (state === "done") return false;
  return state === "refused" || (isEnd(asked.action) && !wasAsked);
}

export function isEnd(action: Asked["action"]): action is EndAction {
  return action === "stop" || action === "terminate";
}

/** The run of a pod, as far as the guard knows it. */
export function runInMemory(podId: string, { state }: DaemonMemory): string | undefined {
  const run = own(state().runs, podId);
  return run && runNameOf(run);
}

export function nameInMemory(podId: string, { state }: DaemonMemory): string | undefined {
  const { lastSeen } = state();
  if (lastSeen === undefined || lastSeen.pods === "unknown") return undefined;
  return lastSeen.pods.find(({ id }) => id === podId)?.name;
}
