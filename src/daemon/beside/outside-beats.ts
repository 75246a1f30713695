import { stackOf, wordsOf } from "#errors.ts";
import type { Look } from "#guard/model/account.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { Input } from "#guard/model/state.ts";
import { minuteMs, secondMs } from "#guard/model/time.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Wish } from "./taking-wishes.ts";

/** How a beat was answered. */
type BeatSent =
  | {
      readonly kind: "heard";
      /** It has heard beats of this process before, and knows of none. */
      readonly hasForgotten?: boolean;
      readonly back?: HandedOver | undefined;
      readonly wishes?: readonly Wish[] | undefined;
    }
  | { readonly kind: "failed"; readonly because: string }
  | { readonly kind: "interrupted" };

type HandedOver = Omit<Input & { readonly kind: "handed-back" }, "kind" | "atMs"> & {
  /** What people were given there. */
  readonly leases?: LeaseBook;
};

export interface OutsideBeatsDeps {
  /** Whether there is a guard elsewhere that is to hear of this one. */
  readonly isWanted: () => boolean;
  /** Says once what is so now, within its own limit. Undefined: nothing was seen yet. */
  readonly send: (look: Look | undefined, signal: AbortSignal) => Promise<BeatSent>;
  readonly clock: Clock;
  readonly log: Log;
  readonly take: (input: Input) => Promise<unknown>;
  /** Keeps beside the leases here what people were given there. Throws when it cannot. */
  readonly takeLeases: (given: LeaseBook) => Promise<unknown>;
  /** Sees to what people have pressed there, within its own limit; true: there is something new to say of it. */
  readonly takeWishes: (wishes: readonly Wish[]) => Promise<boolean>;
}

/** Lets the guard outside hear of this one, beside the polling and never in its way. */
export interface OutsideBeats {
  /**
   * Before the first poll: what was done elsewhere meanwhile is known by then, so that nothing is told or ended once
   * more. Waits a little, and not for what does not answer.
   */
  hello(signal: AbortSignal): Promise<void>;
  /**
   * The same before a poll that sees is taken in, after minutes in which nothing was heard of this one, or it was blind:
   * the machine may have slept. Tried once in five minutes, so that what does not answer holds up no more.
   */
  catchUp(look: Look, signal: AbortSignal): Promise<void>;
  /** The guard has taken in a poll. */
  looked(look: Look, signal: AbortSignal): void;
  idle(): Promise<void>;
}

const helloLimitMs = 10 * secondMs;
/** More than a beat takes by its own limit. */
const limitMs = 15 * secondMs;
/** Others may be changing the leases, each within a few seconds. */
const leasesLimitMs = 10_000;
/** Nobody is told of what fails for less: it is silence of ten minutes that it takes for one. */
const troubleAfterMs = 5 * minuteMs;
/** Nobody has stood in for less. */
const catchUpAfterMs = 5 * minuteMs;
const what = "the beats to the guard outside";
const memory = "the memory of the guard outside";

export function createOutsideBeats(deps: OutsideBeatsDeps): OutsideBeats {
  const { isWanted, clock, log, take } = deps;
  let sending: Promise<void> | undefined;
  let next: { readonly look: Look; readonly signal: AbortSignal } | undefined;
  let failingSinceMs: number | undefined;
  /** People may have been told, perhaps by the process before, that it does not work. */
  let mayBeTold = true;
  let hasForgotten = false;
  /** When a beat that did not say "blind" was heard last; and when one was waited for last, in vain. */
  let caughtUpAtMs = -Infinity;
  let inVainAtMs = -Infinity;

  async function one(look: Look | undefined, mostMs: number, signal: AbortSignal): Promise<void> {
    const sent = await sentWithin(look, mostMs, signal);
    switch (sent.kind) {
      case "interrupted":
        return;
      case "failed":
        return failed(sent.because);
      case "heard":
        caughtUpAtMs = look?.kind === "blind" ? -Infinity : clock.nowMs();
        if (sent.back !== undefined) {
          const { leases, ...back } = sent.back;
          const because = await whyNotKept(leases);
          // It is handed over again, with all the rest.
          if (because !== undefined) return failed(because);
          await take({ kind: "handed-back", atMs: clock.nowMs(), ...back });
        }
        await remembers(sent.hasForgotten !== true);
        await worked();
        // Before the first poll nothing is known of what they are about.
        if (look === undefined || signal.aborted) return;
        // Whoever has pressed looks at a page there.
        if (await deps.takeWishes(sent.wishes ?? [])) next ??= { look, signal };
    }
  }

  async function whyNotKept(leases: LeaseBook | undefined): Promise<string | undefined> {
    if (leases === undefined) return undefined;
    try {
      await withinLimit(deps.takeLeases(leases), leasesLimitMs, clock);
      return undefined;
    } catch (error) {
      return `the leases that were given there cannot be kept: ${wordsOf(error)}`;
    }
  }

  async function sentWithin(
    look: Look | undefined,
    mostMs: number,
    signal: AbortSignal,
  ): Promise<BeatSent> {
    const over = new AbortController();
    const end = (): void => over.abort();
    signal.addEventListener("abort", end);
    try {
      return await withinLimit(deps.send(look, over.signal), mostMs, clock, over.signal);
    } catch (error) {
      if (signal.aborted) return { kind: "interrupted" };
      return { kind: "failed", because: wordsOf(error) };
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  /** Whoever knows of no beat misses none: between the two nobody would have been told of a silence. */
  async function remembers(isSo: boolean): Promise<void> {
    const atMs = clock.nowMs();
    if (!isSo) {
      const because =
        "it knew nothing more of this account, though it had heard this guard before. It knows again what it is told now; had this machine fallen silent, it would have done nothing";
      log.warn({}, "the guard outside has lost what it knew");
      await take({ kind: "trouble", what: memory, atMs, because });
    } else if (hasForgotten) await take({ kind: "recovered", what: memory, atMs });
    hasForgotten = !isSo;
  }

  async function failed(because: string): Promise<void> {
    const atMs = clock.nowMs();
    failingSinceMs ??= atMs;
    log.warn({ because }, "beat to the guard outside not sent");
    if (atMs - failingSinceMs < troubleAfterMs) return;
    mayBeTold = true;
    const words = `they do not arrive: ${because}. It may take this guard for silent, and act in its place`;
    await take({ kind: "trouble", what, atMs, because: words });
  }

  async function worked(): Promise<void> {
    failingSinceMs = undefined;
    if (!mayBeTold) return;
    mayBeTold = false;
    await take({ kind: "recovered", what, atMs: clock.nowMs() });
  }

  function offer(look: Look, signal: AbortSignal): void {
    if (sending !== undefined) {
      next = { look, signal };
      return;
    }
    sending = one(look, limitMs, signal)
      .catch((error: unknown) => log.error({ stack: stackOf(error) }, "this is a bug"))
      .finally(() => {
        sending = undefined;
        const waiting = next;
        next = undefined;
        if (waiting !== undefined && !waiting.signal.aborted) offer(waiting.look, waiting.signal);
      });
  }

  async function idle(): Promise<void> {
    if (sending === undefined) return;
    await sending;
    await idle();
  }

  return {
    async hello(signal) {
      if (!isWanted()) return;
      await one(undefined, helloLimitMs, signal);
      if (caughtUpAtMs === -Infinity) inVainAtMs = clock.nowMs();
    },
    async catchUp(look, signal) {
      const nowMs = clock.nowMs();
      const isRecent = (atMs: number): boolean => nowMs - atMs < catchUpAfterMs;
      if (!isWanted() || look.kind === "blind" || isRecent(caughtUpAtMs)) return;
      if (isRecent(inVainAtMs)) return;
      await one(look, helloLimitMs, signal);
      if (!isRecent(caughtUpAtMs)) inVainAtMs = nowMs;
    },
    looked(look, signal) {
      if (look.kind === "blind") caughtUpAtMs = -Infinity;
      if (isWanted() && !signal.aborted) offer(look, signal);
    },
    idle,
  };
}
