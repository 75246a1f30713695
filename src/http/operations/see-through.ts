import { stackOf } from "#errors.ts";
import { own } from "#guard/own-value.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { Log } from "#log.ts";
import type { AskedEnd } from "#store/asked-ends-file.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { AskedEnds } from "./asked-ends.ts";
import { carryOut, type CarryOutDeps, type Done, type Job } from "./carry-out.ts";
import { howItFailed } from "./how-it-failed.ts";
import { Refused } from "./refused.ts";
import { wordsOfEnd } from "./resume-ends.ts";
import { isEnd, type Running } from "./running.ts";

export interface SeeThroughDeps extends CarryOutDeps {
  readonly log: Log;
  /** Absent in a dry run, which ends nothing. */
  readonly askedEnds?: AskedEnds | undefined;
  /** Stands in the history, and people are told unless they need not be. Never throws. */
  readonly note: (
    pod: Pick<AskedEnd, "podId" | "podName">,
    because: string,
    isTold: boolean,
  ) => Promise<unknown>;
  /** The daemon ends. */
  readonly ending: AbortSignal;
}

/** Longer than all polls and tries of an end take by limits of their own. */
const endLimitMs = 600_000;
const otherLimitMs = 120_000;

/**
 * One operation from its beginning to its end, within its limit, whatever hangs; an end is written down before RunPod
 * is asked. `onPlanned`: it is not refused, and takes its time. Never throws.
 */
export async function seeThrough(
  mine: Running,
  onPlanned: () => void,
  deps: SeeThroughDeps,
  signal: AbortSignal,
): Promise<Done & { readonly refused?: Refused }> {
  const { asked, operation } = mine;
  const { action } = asked;
  const { log, ending, memory } = deps;
  const job = jobOf(mine, onPlanned, deps);
  await writeDown(mine, deps);
  const limitMs = isEnd(action) ? endLimitMs : otherLimitMs;
  try {
    const done = await withinLimit(carryOut(job, deps, signal), limitMs, memory.clock, signal);
    // Where RunPod was asked for nothing there is nothing to be proven.
    const isMoot = done.state === "unproven" && !mine.wasAsked;
    return isMoot ? { ...done, state: "refused" } : done;
  } catch (error) {
    if (!(error instanceof Refused || error instanceof GivenUp)) {
      const stack = stackOf(error);
      log.error({ operation: operation.id, stack }, "an operation failed; this is a bug");
    }
    const { wasAsked } = mine;
    return {
      ...howItFailed(error, { action, wasAsked, isDaemonEnding: ending.aborted }),
      ...(error instanceof Refused && { refused: error }),
    };
  }
}

function jobOf(mine: Running, onPlanned: () => void, { log, askedEnds }: SeeThroughDeps): Job {
  const { asked, operation } = mine;
  const { action, podId } = asked;
  return {
    asked,
    step: operation.step,
    onPlanned(pod, { runs }) {
      const run = own(runs, podId);
      mine.run = run && runNameOf(run);
      operation.show(pod.name);
      if (mine.end !== undefined && mine.run !== mine.end.run) {
        mine.end = { ...mine.end, run: mine.run, podName: pod.name };
        void askedEnds?.keep(mine.end);
      }
      // The rest is soon done, and who asked is told what became of it.
      if (isEnd(action)) onPlanned();
    },
    onAsked() {
      mine.wasAsked = true;
    },
    onTrouble: (because) =>
      log.warn({ operation: operation.id, because }, "operation not recorded"),
  };
}

/** Before RunPod is asked, or a restart would forget it. */
async function writeDown(
  { end, operation }: Running,
  { log, askedEnds }: SeeThroughDeps,
): Promise<void> {
  const because = end && (await askedEnds?.keep(end));
  if (because === undefined) return;
  operation.step(`could not be written down, so a restart would forget it: ${because}`);
  log.warn({ operation: operation.id, because }, "operation not written down");
}

/** What is not proven, or was carried on and came to nothing, people are told: nobody may look at the page. */
export async function sayWhatCameOf(
  { end }: Running,
  { state, words }: Done,
  isCarriedOn: boolean,
  { note, askedEnds }: SeeThroughDeps,
): Promise<void> {
  if (end === undefined) return;
  const isTold = state === "unproven" || (state === "refused" && isCarriedOn);
  if (isTold || state === "interrupted") {
    await note(end, `${wordsOfEnd(end)}: ${words}`, isTold);
  }
  // What was interrupted is seen to at the next start.
  if (state !== "interrupted") await askedEnds?.drop(end.id);
}
