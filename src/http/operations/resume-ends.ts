import { stackOf, wordsOf } from "#errors.ts";
import { type Pod, runStateOf } from "#guard/model/account.ts";
import { minuteMs } from "#guard/model/time.ts";
import { own } from "#guard/own-value.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import { podWords } from "#guard/text.ts";
import type { Log } from "#log.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import type { AskedEnd } from "#store/asked-ends-file.ts";
import type { AskedEnds } from "./asked-ends.ts";

interface ResumeDeps {
  readonly memory: Pick<DaemonMemory, "clock" | "state">;
  readonly askedEnds: AskedEnds;
  /** How often it is looked whether the daemon has seen the pods. */
  readonly everyMs: number;
  readonly interrupted: AbortSignal;
  readonly carryOn: (end: AskedEnd) => Promise<unknown>;
  /** It was not carried on, and the pod's run goes on: it has changed nothing. */
  readonly onUndone: (end: AskedEnd) => Promise<unknown>;
  readonly note: (end: AskedEnd, because: string, isTold: boolean) => Promise<unknown>;
  readonly log: Pick<Log, "error">;
}

/** What was asked for longer ago is not done any more: whoever asked may have seen to it meanwhile. */
const carriedOnMs = 15 * minuteMs;

/**
 * Deals with each end that an earlier daemon was asked for and did not see to its end, once the pods are seen:
 * it is over, or carried on, or people are told of it. None is forgotten without a word, and none waits for
 * one before it that fails.
 */
export async function resumeEnds(deps: ResumeDeps): Promise<void> {
  const { ends } = await deps.askedEnds.before;
  if (ends.length === 0) return;
  await untilSeen(deps);
  for (const end of ends) {
    if (deps.interrupted.aborted) return;
    await resumeEnd(end, deps);
  }
}

/** What fails stays written down: the next start deals with it anew. */
async function resumeEnd(end: AskedEnd, deps: ResumeDeps): Promise<void> {
  const { askedEnds, memory, carryOn } = deps;
  const was = `${wordsOfEnd(end)} was interrupted`;
  try {
    const ageMs = memory.clock.nowMs() - end.askedAtMs;
    const found = judged(end, memory.state());
    if (found.kind === "same" && ageMs >= 0 && ageMs < carriedOnMs) {
      await said(end, `${was}, and is carried on`, false, deps);
      await carryOn(end);
      return;
    }
    if (found.kind === "same") await deps.onUndone(end);
    const isOver = found.kind === "over";
    const [then, hint] = isOver ? ["and", ""] : ["and was not carried on:", againWords(end)];
    const isSaid = await said(end, `${was}, ${then} ${found.because}${hint}`, !isOver, deps);
    if (isSaid) await askedEnds.drop(end.id);
  } catch (error) {
    const { id: asked, podId } = end;
    const facts = { asked, podId, stack: stackOf(error) };
    deps.log.error(facts, "an end that was asked for failed; this is a bug");
    const because = `and could not be carried on: ${wordsOf(error)}${againWords(end)}`;
    await said(end, `${was}, ${because}`, true, deps);
  }
}

/** Whether it could be said. Nothing that is to be done waits for words. */
async function said(
  end: AskedEnd,
  because: string,
  isTold: boolean,
  { note, log }: ResumeDeps,
): Promise<boolean> {
  try {
    await note(end, because, isTold);
    return true;
  } catch (error) {
    const { id: asked, podId } = end;
    const facts = { asked, podId, because, stack: stackOf(error) };
    log.error(facts, "an end that was asked for is not told of");
    return false;
  }
}

/** Not for ever: that an end is not known to have come is told, too. */
async function untilSeen({ memory, everyMs, interrupted }: ResumeDeps): Promise<void> {
  const { clock } = memory;
  const untilMs = clock.nowMs() + carriedOnMs;
  while (podsOf(memory.state()) === undefined) {
    if (interrupted.aborted || clock.nowMs() >= untilMs) return;
    await clock.sleepUntil(clock.nowMs() + everyMs, interrupted);
  }
}

type State = ReturnType<DaemonMemory["state"]>;
type Judged = { readonly kind: "over" | "same" | "other"; readonly because: string };

function judged({ podId, action, run: meant }: AskedEnd, state: State): Judged {
  const pods = podsOf(state);
  const pod = pods?.find(({ id }) => id === podId);
  const run = own(state.runs, podId);
  if (pods === undefined) return { kind: "other", because: "whether it still runs is not known" };
  if (pod === undefined) {
    // A list that does not have it proves nothing while its run is not taken to be over.
    return run === undefined && state.lastSeen?.unreadablePods === 0
      ? { kind: "over", because: "RunPod does not list it any more" }
      : { kind: "other", because: "whether it still runs is not known" };
  }
  if (isEnded(action, pod)) return { kind: "over", because: `it does not run any more` };
  if ((run && runNameOf(run)) === meant) return { kind: "same", because: stillWords(pod) };
  const isNew = run !== undefined && meant !== undefined;
  return { kind: "other", because: `${stillWords(pod)}${isNew ? ", as another run" : ""}` };
}

function stillWords(pod: Pod): string {
  switch (runStateOf(pod)) {
    case "running":
      return "it still runs";
    case "ended":
      return "it is stopped, and still there";
    default:
      return "whether it still runs is not known";
  }
}

function isEnded(action: AskedEnd["action"], pod: Pod): boolean {
  return action === "stop" ? runStateOf(pod) === "ended" : pod.status === "gone";
}

function podsOf({ lastSeen }: State): readonly Pod[] | undefined {
  return lastSeen === undefined || lastSeen.pods === "unknown" ? undefined : lastSeen.pods;
}

function againWords({ action }: AskedEnd): string {
  return `. If it is still to end, ${action} it again`;
}

/** `the stop of pod trainer (p1) that was asked for in a notification at 05:03 UTC`. */
export function wordsOfEnd({ action, podId: id, podName: name, by, askedAtMs }: AskedEnd): string {
  const at = new Date(askedAtMs).toISOString().slice(11, 16);
  return `the ${action} of pod ${podWords({ id, name })} that was asked for ${by} at ${at} UTC`;
}
