import { stackOf } from "#errors.ts";
import type { EndAction } from "#guard/model/account.ts";
import { withKept } from "#guard/account/kept.ts";
import { own } from "#guard/own-value.ts";
import { runNameOf } from "#guard/pods/run/run-name.ts";
import type { Turns } from "#effects/turns.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Asked, Operations } from "#http/deps.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import { type AskedEnd, mostPressed } from "#store/asked-ends-file.ts";
import { createActivity } from "./activity.ts";
import type { AskedEnds } from "./asked-ends.ts";
import { carryOut, type Done, type Job } from "./carry-out.ts";
import { createFilesInTurn } from "./files-in-turn.ts";
import { howItFailed } from "./how-it-failed.ts";
import { createOperationList, type Operation } from "./operation-list.ts";
import { createRecordPace } from "./record-pace.ts";
import { Refused } from "./refused.ts";
import { resumeEnds, wordsOfEnd } from "./resume-ends.ts";
import { withSharedLooks } from "./shared-looks.ts";

export interface OperationsParts {
  readonly memory: DaemonMemory;
  readonly turns: Turns;
  readonly paces: Paces;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** The daemon ends. */
  readonly interrupted: AbortSignal;
  readonly onChange: (operation: OperationAnswer) => void;
  /** Absent in a dry run, which ends nothing. */
  readonly askedEnds?: AskedEnds | undefined;
  /** Stands in the history, and people are told unless they need not be. Never throws. */
  readonly note: (
    pod: Pick<AskedEnd, "podId" | "podName">,
    because: string,
    isTold: boolean,
  ) => Promise<unknown>;
  /** The button of this mark is good again: what it asked an earlier daemon for has changed nothing. */
  readonly giveBack: (mark: string, operationId: string | undefined) => Promise<unknown>;
}

/** One that runs, and what its askers wait for. */
interface Running {
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

const mostAtOnce = 20;
/** Longer than all polls and tries of an end take by limits of their own. */
const endLimitMs = 600_000;
const otherLimitMs = 120_000;
/** Who asks is answered by then, even if it is not known yet whether it is refused. */
const answerLimitMs = 10_000;
const filesLimitMs = 10_000;

/** What a person asks for, carried out beside the loop by the same functions as the commands. */
export function createOperations(
  parts: OperationsParts,
): Operations & { readonly idle: () => Promise<void> } {
  const { turns, paces, log, redact, interrupted, onChange, askedEnds, note, giveBack } = parts;
  const { clock } = parts.memory;
  const running = new Map<Running, AbortController>();
  /** Of all whose end is not wholly dealt with. */
  const unfinished = new Set<Promise<void>>();
  const ending = new AbortController();
  function endAll(): void {
    ending.abort();
    for (const limit of running.values()) limit.abort();
  }
  interrupted.addEventListener("abort", endAll, { once: true });
  if (interrupted.aborted) endAll();

  const account = withSharedLooks(parts.memory.account, ending.signal);
  const proving = withSharedLooks(parts.memory.proving, ending.signal);
  const memory: DaemonMemory = { ...parts.memory, account, proving };
  const files = createFilesInTurn(filesLimitMs, clock);
  const list = createOperationList({ nowMs: () => clock.nowMs(), redact, onChange });
  const isRecordDue = createRecordPace();
  const protect = (): readonly string[] => withKept(memory.policy(), memory.state()).protect;
  const deps = { memory, turns, files, paces, protect, isRecordDue };

  async function begin(asked: Asked): Promise<OperationAnswer> {
    const { action, podId, by } = asked;
    if (ending.signal.aborted) {
      throw new Refused("unavailable", "The daemon is ending. Nothing was changed.");
    }
    const twin = [...running.keys()].find((each) => isSame(each, asked));
    if (twin !== undefined) {
      log.info({ operation: twin.operation.id, action, podId, by }, "operation asked for again");
      if (asked.onUndone !== undefined) twin.onUndone.push(asked.onUndone);
      if (asked.pressed !== undefined) await alsoPressed(twin, [asked.pressed]);
      return answerOf(twin);
    }
    if (running.size >= mostAtOnce) {
      const hint = "Try again when one of them is over.";
      throw new Refused("too-many", `${mostAtOnce} operations are under way.`, hint);
    }
    return answerOf(start(asked));
  }

  /** What became of it, or how it stands after a while. */
  async function answerOf(job: Running): Promise<OperationAnswer> {
    const waiting = new AbortController();
    const late = clock.sleepUntil(clock.nowMs() + answerLimitMs, waiting.signal);
    const refused = await Promise.race([job.planned, late.then(() => undefined)]);
    waiting.abort();
    if (refused !== undefined) throw refused;
    return job.operation.answer();
  }

  /** `before`: an earlier daemon was asked for it. */
  function start(asked: Asked, before?: AskedEnd): Running {
    const { action, podId, by, run } = asked;
    const operation = list.open(asked);
    const name = nameInMemory(podId, memory);
    if (name !== undefined) operation.show(name);
    log.info({ operation: operation.id, action, podId, by, run }, "operation asked for");

    let settle: (refused: Refused | undefined) => void = () => undefined;
    const planned = new Promise<Refused | undefined>((resolve) => {
      settle = resolve;
    });
    const limit = new AbortController();
    const over = Promise.resolve()
      .then(() => carriedOut(mine, settle, limit.signal))
      .then(async ({ refused, state, words }) => {
        // What is said to be over asks for nothing any more.
        limit.abort();
        running.delete(mine);
        operation.end(state, words);
        const facts = { operation: operation.id, action, podId, by, state, because: words };
        log.info(facts, "operation over");
        // First of all: once it is not written down any more, a restart would not know of the buttons.
        if (isUndone(mine, state)) await Promise.allSettled(mine.onUndone.map((tell) => tell()));
        await sayWhatCameOf(mine, state, words, before !== undefined);
        settle(refused);
      })
      // Neither those that come after it nor who asked for it wait for one that fails.
      .catch((error: unknown) => {
        limit.abort();
        running.delete(mine);
        log.error(
          { operation: operation.id, stack: stackOf(error) },
          "what came of an operation was not dealt with; this is a bug",
        );
        settle(undefined);
      });
    const onUndone = asked.onUndone === undefined ? [] : [asked.onUndone];
    const mine: Running = { asked, operation, wasAsked: false, onUndone, planned };
    if (isEndAction(action) && askedEnds !== undefined) {
      const known = run ?? runInMemory(podId, memory);
      const askedAtMs = clock.nowMs();
      const fresh = {
        id: operation.id,
        podId,
        podName: name ?? "",
        run: known,
        action,
        by,
        askedAtMs,
        ...(asked.pressed !== undefined && { pressed: [asked.pressed] }),
      };
      mine.end = before ?? fresh;
    }
    running.set(mine, limit);
    unfinished.add(over);
    void over.then(() => unfinished.delete(over));
    return mine;
  }

  /** Within its limit, whatever hangs. Never throws. */
  async function carriedOut(
    mine: Running,
    settle: (refused: undefined) => void,
    signal: AbortSignal,
  ): Promise<Done & { readonly refused?: Refused }> {
    const { asked, operation } = mine;
    const { action, podId } = asked;
    const job: Job = {
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
        if (isEnd(asked)) settle(undefined);
      },
      onAsked() {
        mine.wasAsked = true;
      },
      onTrouble: (because) =>
        log.warn({ operation: operation.id, because }, "operation not recorded"),
    };
    // Before RunPod is asked, or a restart would forget it.
    const unwritten = mine.end && (await askedEnds?.keep(mine.end));
    if (unwritten !== undefined) {
      operation.step(`could not be written down, so a restart would forget it: ${unwritten}`);
      log.warn({ operation: operation.id, because: unwritten }, "operation not written down");
    }
    const limitMs = isEnd(asked) ? endLimitMs : otherLimitMs;
    try {
      const done = await withinLimit(carryOut(job, deps, signal), limitMs, clock, signal);
      // Where RunPod was asked for nothing there is nothing to be proven.
      const isMoot = done.state === "unproven" && !mine.wasAsked;
      return isMoot ? { ...done, state: "refused" } : done;
    } catch (error) {
      if (!(error instanceof Refused || error instanceof GivenUp)) {
        const facts = { operation: operation.id, stack: stackOf(error) };
        log.error(facts, "an operation failed; this is a bug");
      }
      const { wasAsked } = mine;
      const isDaemonEnding = ending.signal.aborted;
      return {
        ...howItFailed(error, { action, wasAsked, isDaemonEnding }),
        ...(error instanceof Refused && { refused: error }),
      };
    }
  }

  /** What is not proven, or was carried on and came to nothing, people are told: nobody may look at the page. */
  async function sayWhatCameOf(
    { end }: Running,
    state: Done["state"],
    words: string,
    isCarriedOn: boolean,
  ): Promise<void> {
    if (end === undefined) return;
    const isTold = state === "unproven" || (state === "refused" && isCarriedOn);
    if (isTold || state === "interrupted") {
      await note(end, `${wordsOfEnd(end)}: ${words}`, isTold);
    }
    // What was interrupted is seen to at the next start.
    if (state !== "interrupted") await askedEnds?.drop(end.id);
  }

  /** These buttons ask for it, too, also after a restart. */
  async function alsoPressed(twin: Running, marks: readonly string[]): Promise<void> {
    if (twin.end === undefined || marks.length === 0) return;
    const pressed = [...new Set([...(twin.end.pressed ?? []), ...marks])].slice(0, mostPressed);
    twin.end = { ...twin.end, pressed };
    await askedEnds?.keep(twin.end);
  }

  async function carryOn(end: AskedEnd): Promise<void> {
    while (running.size >= mostAtOnce) await Promise.race(unfinished);
    const { action, podId, run, by, pressed = [] } = end;
    const asked = { action, podId, run, by };
    if (ending.signal.aborted) return;
    const twin = [...running.keys()].find((each) => isSame(each, asked));
    const mine = twin ?? start(asked, end);
    mine.onUndone.push(() => allGoodAgain(end, mine.operation.id));
    if (twin === undefined) return;
    await alsoPressed(twin, pressed);
    await askedEnds?.drop(end.id);
  }

  async function allGoodAgain({ pressed = [] }: AskedEnd, operationId?: string): Promise<void> {
    await Promise.allSettled(pressed.map((mark) => giveBack(mark, operationId)));
  }

  if (askedEnds !== undefined) {
    const everyMs = paces.leastGapMs;
    void resumeEnds({
      memory,
      askedEnds,
      everyMs,
      interrupted: ending.signal,
      carryOn,
      onUndone: allGoodAgain,
      note,
      log,
    });
  }

  return {
    begin,
    of: list.of,
    latest: list.latest,
    touchFromInside: createActivity({ memory, files, log, isRecordDue }),
    /** Resolves when nothing runs any more: soon, once interrupted. */
    async idle() {
      while (unfinished.size > 0) await Promise.all(unfinished);
    },
  };
}

/**
 * Two people who ask for the same ask for one thing. Whoever names a run may not be answered with what is
 * done to another one, nor with what is refused for the run that someone else has named.
 */
function isSame({ asked: one, run: planned }: Running, other: Asked): boolean {
  if (one.action !== other.action || one.podId !== other.podId || one.forMs !== other.forMs) {
    return false;
  }
  if (other.run === undefined && planned !== undefined) return true;
  return (planned ?? one.run) === other.run;
}

/** Of an end RunPod was not asked; of all else it is known only where it was refused. */
function isUndone({ asked, wasAsked }: Running, state: Done["state"]): boolean {
  if (state === "done") return false;
  return state === "refused" || (isEnd(asked) && !wasAsked);
}

function isEnd({ action }: Asked): boolean {
  return isEndAction(action);
}

function isEndAction(action: Asked["action"]): action is EndAction {
  return action === "stop" || action === "terminate";
}

function runInMemory(podId: string, { state }: DaemonMemory): string | undefined {
  const run = own(state().runs, podId);
  return run && runNameOf(run);
}

function nameInMemory(podId: string, { state }: DaemonMemory): string | undefined {
  const { lastSeen } = state();
  if (lastSeen === undefined || lastSeen.pods === "unknown") return undefined;
  return lastSeen.pods.find(({ id }) => id === podId)?.name;
}
