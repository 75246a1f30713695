import { wordsOf } from "../errors.ts";
import type { Effect, Outcome, Seen } from "../guard/model.ts";
import type { Perform } from "./perform.ts";

/** Runs what is owed, beside the looking and never in its way. */
export interface Queue {
  /** Takes over what is owed now; what is no longer in the list and has not begun never begins. */
  offer(owed: readonly Effect[], look: Seen): void;
  /** Resolves when nothing runs and nothing waits. */
  idle(): Promise<void>;
  /** Ends what runs; it stays owed. Nothing begins any more. */
  stop(): Promise<void>;
}

export interface QueueOptions {
  readonly perform: Perform;
  /** Told of each outcome; what it settles is owed until this resolves. */
  readonly settled: (effect: Effect, outcome: Outcome) => Promise<void>;
}

export function createQueue({ perform, settled }: QueueOptions): Queue {
  const running = new Map<Effect["id"], { effect: Effect; ended: Promise<void> }>();
  const stopping = new AbortController();
  let waiting: readonly Effect[] = [];
  /** An agent that waited must not be told of pods that are long gone. */
  let latest: Seen | undefined;

  function startWhatMay(look: Seen): void {
    if (stopping.signal.aborted) return;
    for (const effect of mayStart(
      waiting,
      [...running.values()].map((each) => each.effect),
    )) {
      waiting = waiting.filter((other) => other !== effect);
      running.set(effect.id, { effect, ended: run(effect, look) });
    }
  }

  async function run(effect: Effect, look: Seen): Promise<void> {
    const outcome = await outcomeOf(effect, look);
    if (outcome !== "interrupted") await settled(effect, outcome);
    running.delete(effect.id);
    startWhatMay(latest ?? look);
  }

  async function outcomeOf(effect: Effect, look: Seen): Promise<Outcome | "interrupted"> {
    try {
      return await perform(effect, look, stopping.signal);
    } catch (error) {
      return { kind: "failed", because: wordsOf(error), tail: "" };
    }
  }

  return {
    offer(owed, look) {
      latest = look;
      waiting = owed.filter(({ id }) => !running.has(id));
      startWhatMay(look);
    },
    async idle() {
      while (running.size > 0) await Promise.all([...running.values()].map(({ ended }) => ended));
    },
    async stop() {
      stopping.abort();
      await this.idle();
    },
  };
}

/**
 * Which of the waiting may begin beside those that run. Notices always; one agent at a time, the
 * most severe first, except that a more severe one never waits behind a milder one.
 */
export function mayStart(
  waiting: readonly Effect[],
  running: readonly Effect[],
): readonly Effect[] {
  const notices = waiting.filter(({ kind }) => kind === "notify");
  const [agent] = waiting
    .filter(({ kind }) => kind === "call-agent")
    .sort((a, b) => a.belowUsd - b.belowUsd);
  const isFree = running.every(
    ({ kind, belowUsd }) =>
      kind !== "call-agent" || (agent !== undefined && agent.belowUsd < belowUsd),
  );
  return agent !== undefined && isFree ? [...notices, agent] : notices;
}
