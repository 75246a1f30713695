import { stackOf } from "#errors.ts";
import { withKept } from "#guard/account/kept.ts";
import type { Turns } from "#effects/turns.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Asked, Operations } from "#http/deps.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import { type AskedEnd, mostPressed } from "#store/asked-ends-file.ts";
import { createActivity } from "./activity.ts";
import { createFilesInTurn } from "./files-in-turn.ts";
import { createOperationList } from "./operation-list.ts";
import { createRecordPace } from "./record-pace.ts";
import { Refused } from "./refused.ts";
import { resumeEnds } from "./resume-ends.ts";
import { isEnd, isSame, isUndone, nameInMemory, type Running, runInMemory } from "./running.ts";
import { sayWhatCameOf, seeThrough, type SeeThroughDeps } from "./see-through.ts";
import { withSharedLooks } from "./shared-looks.ts";
import { createWishes } from "./wishes.ts";

export interface OperationsParts {
  readonly memory: DaemonMemory;
  readonly turns: Turns;
  readonly paces: Paces;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** The daemon ends. */
  readonly interrupted: AbortSignal;
  readonly onChange: (operation: OperationAnswer) => void;
  readonly askedEnds?: SeeThroughDeps["askedEnds"];
  readonly note: SeeThroughDeps["note"];
  /** The button of this mark is good again: what it asked an earlier daemon for has changed nothing. */
  readonly giveBack: (mark: string, operationId: string | undefined) => Promise<unknown>;
}

const mostAtOnce = 20;
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
  const carrying = { memory, turns, files, paces, protect, isRecordDue };
  const deps: SeeThroughDeps = { ...carrying, log, askedEnds, note, ending: ending.signal };

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
      .then(() => seeThrough(mine, () => settle(undefined), deps, limit.signal))
      .then(async ({ refused, state, words }) => {
        // What is said to be over asks for nothing any more.
        limit.abort();
        running.delete(mine);
        operation.end(state, words);
        const facts = { operation: operation.id, action, podId, by, state, because: words };
        log.info(facts, "operation over");
        // First of all: once it is not written down any more, a restart would not know of the buttons.
        if (isUndone(mine, state)) await Promise.allSettled(mine.onUndone.map((tell) => tell()));
        await sayWhatCameOf(mine, { state, words }, before !== undefined, deps);
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
    if (isEnd(action) && askedEnds !== undefined) {
      mine.end = before ?? {
        id: operation.id,
        podId,
        podName: name ?? "",
        run: run ?? runInMemory(podId, memory),
        action,
        by,
        askedAtMs: clock.nowMs(),
        ...(asked.pressed !== undefined && { pressed: [asked.pressed] }),
      };
    }
    running.set(mine, limit);
    unfinished.add(over);
    void over.then(() => unfinished.delete(over));
    return mine;
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
    ...createWishes({ memory, files, log, redact, ending: ending.signal }),
    /** Resolves when nothing runs any more: soon, once interrupted. */
    async idle() {
      while (unfinished.size > 0) await Promise.all(unfinished);
    },
  };
}
