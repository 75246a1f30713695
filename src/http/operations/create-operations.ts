import { wordsOf } from "#errors.ts";
import { withKept } from "#guard/account/kept.ts";
import { own } from "#guard/own-value.ts";
import { runNameOf } from "#guard/pods/run-name.ts";
import type { Turns } from "#effects/turns.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { Asked, Operations } from "#http/deps.ts";
import type { Log } from "#log.ts";
import type { Paces } from "#paces.ts";
import type { DaemonMemory } from "#report/daemon-snapshot.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import { createActivity } from "./activity.ts";
import { carryOut, type Done } from "./carry-out.ts";
import { createFilesInTurn } from "./files-in-turn.ts";
import { createOperationList, type Operation } from "./operation-list.ts";
import { Refused } from "./refused.ts";

export interface OperationsParts {
  readonly memory: DaemonMemory;
  readonly turns: Turns;
  readonly paces: Paces;
  readonly log: Log;
  readonly redact: (text: string) => string;
  /** The daemon ends. */
  readonly interrupted: AbortSignal;
  readonly onChange: (operation: OperationAnswer) => void;
}

/** Something that runs, and what its asker waits for. */
interface Running {
  readonly asked: Asked;
  readonly operation: Operation;
  /** The run that it is about, once that is known. */
  run: string | undefined;
  wasAsked: boolean;
  /** Why it is refused; undefined: it goes on, or it is done. */
  readonly planned: Promise<Refused | undefined>;
  readonly over: Promise<void>;
}

const mostAtOnce = 20;
/** Longer than all polls and tries of an end take by their own limits. */
const endLimitMs = 600_000;
const otherLimitMs = 120_000;
/** Who asks gets an answer by then, even if RunPod has not said what may be done. */
const answerLimitMs = 10_000;
const filesLimitMs = 10_000;

/** What a person asks for, carried out beside the loop by the same functions as the commands. */
export function createOperations(
  parts: OperationsParts,
): Operations & { readonly idle: () => Promise<void> } {
  const { memory, turns, paces, log, redact, interrupted, onChange } = parts;
  const { clock } = memory;
  const files = createFilesInTurn(filesLimitMs, clock);
  const list = createOperationList({ nowMs: () => clock.nowMs(), redact, onChange });
  const running = new Set<Running>();
  const protect = (): readonly string[] => withKept(memory.policy(), memory.state()).protect;
  const touchFromInside = createActivity({ memory, files, log });
  const ending = new AbortController();
  interrupted.addEventListener("abort", () => ending.abort(), { once: true });
  if (interrupted.aborted) ending.abort();
  const limits = new Set<AbortController>();
  ending.signal.addEventListener("abort", () => {
    for (const limit of limits) limit.abort();
  });

  async function begin(asked: Asked): Promise<OperationAnswer> {
    const { action, podId, by } = asked;
    if (ending.signal.aborted) {
      throw new Refused("unavailable", "The daemon is ending. Nothing was changed.");
    }
    const twin = [...running].find((each) => isSame(each, asked));
    if (twin !== undefined) {
      log.info({ operation: twin.operation.id, action, podId, by }, "operation asked for again");
      return answered(twin, asked);
    }
    if (running.size >= mostAtOnce) {
      throw new Refused(
        "too-many",
        `${mostAtOnce} operations are under way. Nothing was changed.`,
        "Try again when one of them is over.",
      );
    }
    return answered(start(asked), asked);
  }

  /** What it came to, or as it stands after a while. */
  async function answered(job: Running, asked: Asked): Promise<OperationAnswer> {
    const waiting = new AbortController();
    const late = clock.sleepUntil(clock.nowMs() + answerLimitMs, waiting.signal);
    const refused = await Promise.race([job.planned, late.then(() => undefined)]);
    waiting.abort();
    if (refused !== undefined) throw refused;
    if (asked.run !== undefined && job.run !== undefined && asked.run !== job.run) {
      throw new Refused("conflict", "It is about another run of the pod. Nothing was changed.");
    }
    return job.operation.answer();
  }

  function start(asked: Asked): Running {
    const { action, podId, by, run } = asked;
    const operation = list.open(asked);
    const { id } = operation;
    const { lastSeen } = memory.state();
    const pods = lastSeen === undefined || lastSeen.pods === "unknown" ? [] : lastSeen.pods;
    const known = pods.find((pod) => pod.id === podId);
    if (known !== undefined) operation.show(known.name);
    log.info({ operation: id, action, podId, by, ...(run && { run }) }, "operation asked for");

    let settle: (refused: Refused | undefined) => void = () => undefined;
    const planned = new Promise<Refused | undefined>((resolve) => {
      settle = resolve;
    });
    const limit = new AbortController();
    limits.add(limit);
    if (ending.signal.aborted) limit.abort();
    const isEnd = action === "stop" || action === "terminate";
    const job = {
      asked,
      step: operation.step,
      onPlanned: (
        pod: { readonly name: string },
        { runs }: Pick<ReturnType<DaemonMemory["state"]>, "runs">,
      ) => {
        const found = own(runs, podId);
        mine.run = found && runNameOf(found);
        operation.show(pod.name);
        settle(undefined);
      },
      onAsked: () => void (mine.wasAsked = true),
      onTrouble: (because: string) =>
        log.warn({ operation: id, because }, "operation not recorded"),
    };
    const work = carryOut(job, { memory, turns, files, paces, protect }, limit.signal);
    const limitMs = isEnd ? endLimitMs : otherLimitMs;
    const over = withinLimit(work, limitMs, clock, limit.signal)
      .then(
        (done) => finish(done, undefined),
        (error: unknown) => finish(failed(error, mine), error),
      )
      .then(() => {
        // What is said to be over asks for nothing any more.
        limit.abort();
        limits.delete(limit);
        running.delete(mine);
      });
    const mine: Running = { asked, operation, run: undefined, wasAsked: false, planned, over };
    running.add(mine);

    function finish({ state, words }: Done, error: unknown): void {
      const isMine = !mine.wasAsked && state === "unproven" && isEnd && error === undefined;
      // RunPod was asked for nothing: there is nothing to be proven.
      const really = isMine ? "refused" : state;
      if (!operation.end(really, words)) return;
      log.info(
        { operation: id, action, podId, by, state: really, because: words },
        "operation over",
      );
      settle(error instanceof Refused ? error : undefined);
    }

    return mine;
  }

  /** An end that is not known to have come is never taken for one that has not. */
  function failed(error: unknown, { asked: { action }, wasAsked }: Running): Done {
    if (error instanceof Refused) {
      return { state: "refused", words: [error.message, error.hint].filter(Boolean).join(" ") };
    }
    const isEnd = action === "stop" || action === "terminate";
    const stands = !isEnd
      ? "Whether it was kept is not known."
      : wasAsked
        ? "RunPod was asked, but no poll has proven it. It may still run and cost money."
        : "RunPod was not asked.";
    if (error instanceof GivenUp) {
      return ending.signal.aborted
        ? { state: "interrupted", words: `The daemon ended. ${stands}` }
        : { state: "unproven", words: `Given up (${error.message}). ${stands}` };
    }
    log.error(
      { stack: error instanceof Error ? error.stack : String(error) },
      "an operation failed; this is a bug",
    );
    return { state: "unproven", words: `It failed (${wordsOf(error)}). ${stands}` };
  }

  return {
    begin,
    of: list.of,
    latest: list.latest,
    touchFromInside,
    /** Resolves when nothing runs any more: soon, once interrupted. */
    async idle() {
      while (running.size > 0) await Promise.all([...running].map(({ over }) => over));
    },
  };
}

/** Two people who ask for the same ask for one thing; which run is meant is seen to when that is known. */
function isSame({ asked: { action, podId, forMs } }: Running, asked: Asked): boolean {
  return action === asked.action && podId === asked.podId && forMs === asked.forMs;
}
