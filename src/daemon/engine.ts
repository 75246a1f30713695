import type { Queue } from "#effects/queue.ts";
import { stackOf, wordsOf } from "#errors.ts";
import { decide } from "#guard/decide.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardEvent, GuardState, Input } from "#guard/model/state.ts";
import { differIn } from "#guard/model/slices.ts";
import type { Log } from "#log.ts";
import { realPaces } from "#paces.ts";
import type { Clock, StateStore } from "#ports.ts";
import { logEvent } from "./log-event.ts";
import type { Recording } from "./recording.ts";
import { withinLimit } from "#within-limit.ts";

export interface EngineOptions {
  readonly state: GuardState;
  readonly policy: () => Policy;
  readonly store: StateStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked for at each use, so that what the queue settles can come back in. */
  readonly queue: () => Queue;
  readonly recording: () => Recording;
  readonly saveLimitMs?: number;
  /** Whether a channel is in its quiet hours. */
  readonly isQuiet?: (channelName: string, atMs: number) => boolean;
  /** Told of each decision, with the state after it; it must be quick, and what it throws is lost. */
  readonly onDecided?: (input: Input, events: readonly GuardEvent[], state: GuardState) => void;
  /** Told of an input that could not be taken in, in words. */
  readonly onSkipped?: (because: string) => void;
}

/** How long a disk that failed or hung at the last save is waited for. */
const troubledLimitMs = 1_000;

/** What is saved apart: see the slices of the state. */
type Kept = "state" | "runs";

/** `outdated`: a poll that was asked before the end of a pod was proven, and decides nothing. */
type Taken = "skipped" | "outdated" | void;

/** The one holder of the state: decides, logs, saves, and only then hands on the effects. */
export interface Engine {
  readonly state: () => GuardState;
  /** As it was when last saved, as far as it must not be lost: a process that is started anew goes on from there. */
  readonly saved: () => GuardState;
  /**
   * Inputs are taken one after the other; resolves when this one's effects were handed on. Never
   * rejects: an input that makes the guard throw is logged, told and skipped. A poll is measured by
   * `askedAtMs`, when it was asked for, if given.
   */
  take(input: Input, askedAtMs?: number): Promise<Taken>;
  /** Resolves when what was learned by then is saved, or could not be. */
  idle(): Promise<unknown>;
}

export function createEngine(options: EngineOptions): Engine {
  const { policy, store, clock, log, queue, recording } = options;
  const { saveLimitMs = realPaces.saveLimitMs, onSkipped = () => undefined } = options;
  let state = options.state;
  /** As it was when last saved, as far as it must not be lost. */
  let saved = options.state;
  /** Why each was not saved, while it is not. */
  const saveTroubles: Partial<Record<Kept, string | undefined>> = {};
  let last: Promise<unknown> = Promise.resolve();
  /** When it was last proven that a pod has ended. */
  let provenAtMs = -Infinity;

  /** Resolves when the effects were handed on; gives what is left to do before the next input. */
  async function step(
    input: Input,
    askedAtMs: number,
  ): Promise<{ readonly taken: Taken; readonly keep: () => Promise<unknown> }> {
    const isLook = input.kind === "look";
    const before = state;
    // It may still show that pod running, which would be told, and ended, once more.
    if (isLook && askedAtMs <= provenAtMs) {
      return { taken: "outdated", keep: () => Promise.resolve() };
    }
    const events = apply(input);
    if (provesAnEnd(input, before)) provenAtMs = clock.nowMs();
    // What could not be saved is tried again at each poll, even if nothing has changed since.
    if (differIn("durable", isLook ? saved : before, state)) await save();
    // Once a poll, or the trouble of saving would itself be saved again and again.
    if (isLook) await tellOfSaving();
    // A process that is started anew judges by the saved run whether an end is still due.
    const owesAnEnd = state.owed.some(
      (each) => each.kind === "end-run" && !before.owed.some(({ id }) => id === each.id),
    );
    if (owesAnEnd && saveTroubles.state === undefined) {
      const due = state;
      await isDone("runs", () => store.saveLearned(due));
    }
    offerTo(queue(), isLook);
    recording().offer(state.unrecorded, isLook);
    // What it holds can be learned again, but for the end of a run: a pod started anew is another run.
    const isWorthIt =
      isLook ||
      input.kind === "daemon" ||
      // Whoever hands it over keeps it until it is said to be saved.
      input.kind === "handed-back" ||
      before.troubles !== state.troubles ||
      // The first of a process comes before anything else could be saved.
      (before.inForce !== undefined && before.inForce !== state.inForce) ||
      events.some(({ kind }) => kind === "run-ended");
    // Never newer than the rest: what was said there would have to be in the effects here.
    const mayKeep = isWorthIt && saveTroubles.state === undefined;
    const learned = state;
    return {
      taken: undefined,
      keep: async () => mayKeep && (await isDone("runs", () => store.saveLearned(learned))),
    };
  }

  function offerTo(to: Queue, isLook: boolean): void {
    const { owed, lastSeen: look, blind } = state;
    const nowMs = clock.nowMs();
    const isQuiet = (name: string) => options.isQuiet?.(name, nowMs) ?? false;
    to.offer(owed, { nowMs, look, isLook, isBlind: blind !== undefined, isQuiet });
  }

  function apply(input: Input): readonly GuardEvent[] {
    const decision = decide(state, input, policy());
    state = decision.state;
    for (const event of decision.events) logEvent(log, event);
    tellDecided(input, decision.events);
    return decision.events;
  }

  /** Whoever shows it must not keep the guard from deciding. */
  function tellDecided(input: Input, events: readonly GuardEvent[]): void {
    try {
      options.onDecided?.(input, events, state);
    } catch (error) {
      log.error({ stack: stackOf(error) }, "showing what was decided failed; this is a bug");
    }
  }

  /** Pods burn money even when the disk fails: the guard goes on from memory. */
  async function save(): Promise<void> {
    const now = state;
    if (await isDone("state", () => store.save(now))) saved = now;
  }

  async function isDone(what: Kept, saving: () => Promise<void>): Promise<boolean> {
    const limitMs =
      saveTroubles[what] === undefined ? saveLimitMs : Math.min(saveLimitMs, troubledLimitMs);
    try {
      await withinLimit(saving(), limitMs, clock);
      saveTroubles[what] = undefined;
      return true;
    } catch (error) {
      const because = wordsOf(error);
      if (saveTroubles[what] === undefined) log.error({ what, because }, "state not saved");
      saveTroubles[what] = because;
      return false;
    }
  }

  async function tellOfSaving(): Promise<void> {
    const atMs = clock.nowMs();
    const what = "saving the state";
    const before = state;
    const saveTrouble = saveTroubles.state ?? saveTroubles.runs;
    if (saveTrouble === undefined) apply({ kind: "recovered", what, atMs });
    else {
      const because = `${saveTrouble}. Until it can be saved, the state is kept only in memory`;
      apply({ kind: "trouble", what, atMs, because });
    }
    if (differIn("durable", before, state)) await save();
  }

  return {
    state: () => state,
    saved: () => saved,
    take(input, askedAtMs = Infinity) {
      const stepped = last.then(() => step(input, askedAtMs));
      // Who gives an input hears when it was skipped; what fails behind it is told by itself.
      last = stepped.then(
        ({ keep }) => keep(),
        () => undefined,
      );
      return stepped.then(
        ({ taken }) => taken,
        (error: unknown) => skip(input, error),
      );
    },
    idle: () => last,
  };

  /** What is owed is carried on with: a bug in judging a poll must not keep pods from being stopped. */
  function skip({ kind }: Input, error: unknown): "skipped" {
    log.error({ input: kind, stack: stackOf(error) }, "input skipped; this is a bug");
    onSkipped(`an input (${kind}) could not be taken in and was skipped: ${wordsOf(error)}`);
    if (kind === "look") {
      offerTo(queue(), true);
    }
    return "skipped";
  }
}

function provesAnEnd(input: Input, { owed }: GuardState): boolean {
  if (input.kind !== "settled" || input.outcome.kind !== "done") return false;
  const effect = owed.find(({ id }) => id === input.id);
  return effect?.kind === "end-pod" || effect?.kind === "end-run";
}
