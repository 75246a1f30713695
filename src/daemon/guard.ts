import type { Queue } from "../effects/queue.ts";
import { wordsOf } from "../errors.ts";
import { decide } from "../guard/decide.ts";
import type { GuardEvent, GuardState, Input, Policy, Seen } from "../guard/model.ts";
import type { Log } from "../log.ts";
import type { StateStore } from "../ports.ts";

export interface GuardOptions {
  readonly state: GuardState;
  readonly policy: Policy;
  readonly store: StateStore;
  readonly log: Log;
}

/** The one holder of the state: decides, tells, saves, and only then hands on what is owed. */
export interface Guard {
  readonly state: () => GuardState;
  /** Inputs are taken one after the other; resolves when this one's effects were handed on. */
  take(input: Input, look: Seen | undefined): Promise<void>;
}

/** `queueOf` is called once, so that what the queue settles can come back in. */
export function createGuard(options: GuardOptions, queue: () => Queue): Guard {
  const { policy, store, log } = options;
  let state = options.state;
  let isSaved = true;
  let last: Promise<void> = Promise.resolve();

  async function step(input: Input, look: Seen | undefined): Promise<void> {
    const decision = decide(state, input, policy);
    isSaved &&= JSON.stringify(decision.state) === JSON.stringify(state);
    state = decision.state;
    for (const event of decision.events) tell(log, event);
    if (!isSaved) await save();
    if (look !== undefined) queue().offer(state.owed, look);
  }

  /** Money goes on burning whether the disk takes a note or not: the guard goes on from memory. */
  async function save(): Promise<void> {
    try {
      await store.save(state);
      isSaved = true;
    } catch (error) {
      log.error({ because: wordsOf(error) }, "state could not be saved; going on from memory");
    }
  }

  return {
    state: () => state,
    take(input, look) {
      const taken = last.then(() => step(input, look));
      // Who gave the input hears of a failure; the inputs behind it go ahead.
      last = taken.catch(() => undefined);
      return taken;
    },
  };
}

function tell(log: Log, event: GuardEvent): void {
  switch (event.kind) {
    case "trip": {
      const { threshold, belowUsd, balanceUsd, because } = event;
      return log.warn({ threshold, belowUsd, balanceUsd, because }, "threshold tripped");
    }
    case "rearm":
      return log.info({ threshold: event.threshold, because: event.because }, "threshold re-armed");
    case "moot": {
      const { kind, threshold } = event.effect;
      return log.info({ effect: kind, threshold, because: event.because }, "no longer needed");
    }
    case "settled": {
      const { threshold, kind } = event.effect;
      const facts = { threshold, ...event.outcome, kind: undefined };
      if (event.outcome.kind === "failed") return log.error(facts, failedWords[kind]);
      return log.info(facts, doneWords[kind]);
    }
  }
}

const doneWords = { notify: "notify command done", "call-agent": "agent done" } as const;
const failedWords = { notify: "notify command failed", "call-agent": "agent failed" } as const;
