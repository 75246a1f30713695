import { setMaxListeners } from "node:events";
import { wordsOf } from "#errors.ts";
import type { Seen } from "#guard/model/account.ts";
import { type Effect, isEnd, type Outcome } from "#guard/model/effect.ts";
import { type Way, wayOf } from "#guard/outbox/ways.ts";
import { minuteMs } from "#guard/model/time.ts";
import { isDue } from "#guard/next-look.ts";
import { type NoticeMoment, noticesToStart } from "./notices-to-start.ts";
import type { AgentCall } from "./agent-task.ts";
import type { Perform } from "./perform.ts";

/** How many pods are being ended at the same time, by thresholds, and beside those by their guards. */
const endsAtOnce = 4;
/** Where RunPod's rate windows are known: the more there are, the fewer polls each takes, as they share them. */
const endsAtOnceSharing = 20;

/** An agent may do what its rules allow by an older poll: what that showed may long be another's. */
const mostLookAgeMs = 10 * minuteMs;

/** The moment that decides what may start. */
export interface Moment extends NoticeMoment {
  readonly nowMs: number;
  /** Whether a poll was just made: a program that failed is tried again only then. */
  readonly isLook: boolean;
  /** The last poll has failed: `look` is of one before. */
  readonly isBlind?: boolean;
}

/** Carries out effects, beside the loop: it never delays a poll. */
export interface Queue {
  /** Takes the effects to carry out now; one that is no longer in the list and has not started never starts. */
  offer(owed: readonly Effect[], moment: Moment): void;
  /** Resolves when nothing runs and nothing waits for what runs. */
  idle(): Promise<void>;
  /**
   * Carries out what is left, and resolves when nothing runs. Nothing more is sent by a way that has just
   * failed, and nothing by any once `noMoreNotices` has come: then what is being sent is not waited for.
   */
  finish(noMoreNotices: AbortSignal): Promise<void>;
  /** Ends running effects, which are tried again later. Nothing starts any more. */
  stop(): Promise<void>;
}

export interface QueueOptions {
  readonly perform: Perform;
  /** Told of each outcome; what it settles is owed until this resolves. */
  readonly settled: (effect: Effect, outcome: Outcome) => Promise<void>;
  /** Told of what must not happen. */
  readonly onBug: (error: unknown) => void;
}

export function createQueue({ perform, settled, onBug }: QueueOptions): Queue {
  const running = new Map<Effect["id"], { effect: Effect; ended: Promise<void> }>();
  const stopping = new AbortController();
  // As many listen as effects run, which is no leak to warn of.
  setMaxListeners(0, stopping.signal);
  let waiting: readonly Effect[] = [];
  /** For an agent that had to wait: it must not get pods that are gone. */
  let latest: Moment | undefined;
  /** The ways by which the last notification was not sent. */
  const failing = new Set<Way>();
  let finishing: AbortSignal | undefined;

  function isHeldAtTheEnd(effect: Effect): boolean {
    if (finishing === undefined || effect.kind !== "notify") return false;
    return finishing.aborted || failing.has(wayOf(effect));
  }

  function startWhatMay(moment: Moment): void {
    if (stopping.signal.aborted) return;
    const begun = Array.from(running.values(), ({ effect }) => effect);
    const open =
      finishing === undefined ? waiting : waiting.filter((each) => !isHeldAtTheEnd(each));
    for (const effect of mayStart(open, begun, moment)) {
      waiting = waiting.filter((other) => other !== effect);
      running.set(effect.id, { effect, ended: run(effect, moment) });
    }
  }

  async function run(effect: Effect, moment: Moment): Promise<void> {
    try {
      const outcome = await outcomeOf(effect, moment.look);
      if (effect.kind === "notify" && outcome !== "interrupted") {
        if (outcome.kind === "failed") failing.add(wayOf(effect));
        else failing.delete(wayOf(effect));
      }
      if (outcome !== "interrupted") await settled(effect, outcome);
    } catch (error) {
      onBug(error);
    }
    running.delete(effect.id);
    startWhatMay({ ...(latest ?? moment), isLook: false });
  }

  async function outcomeOf(
    effect: Effect,
    look: Seen | undefined,
  ): Promise<Outcome | "interrupted"> {
    try {
      return await perform(effect, look, stopping.signal);
    } catch (error) {
      onBug(error);
      return { kind: "failed", because: wordsOf(error), tail: "" };
    }
  }

  return {
    offer(owed, moment) {
      latest = moment;
      waiting = owed.filter(({ id }) => !running.has(id));
      startWhatMay(moment);
    },
    async idle() {
      while (running.size > 0) {
        await Promise.all(Array.from(running.values(), ({ ended }) => ended));
      }
    },
    async finish(noMoreNotices) {
      finishing = noMoreNotices;
      const isOver = (): boolean =>
        Array.from(running.values()).every(
          ({ effect }) => noMoreNotices.aborted && effect.kind === "notify",
        );
      const over = new Promise<void>((resolve) => {
        noMoreNotices.addEventListener("abort", () => resolve(), { once: true });
        if (noMoreNotices.aborted) resolve();
      });
      while (!isOver()) {
        const left = Array.from(running.values());
        const others = left.filter(({ effect }) => effect.kind !== "notify");
        const all = Promise.all(left.map(({ ended }) => ended));
        await (noMoreNotices.aborted
          ? Promise.all(others.map(({ ended }) => ended))
          : Promise.race([all, over]));
      }
    },
    async stop() {
      stopping.abort();
      await this.idle();
    },
  };
}

/**
 * Which of the waiting effects may start beside the running ones. Notifications wait for nothing but each
 * other, and in quiet hours for their end. One agent at a time, the most severe first, except that a more severe one never waits behind a milder one, and none while
 * polls fail: it would get pods, and be allowed what is about them, as they once were. Pods are
 * ended a few at a time, in their order; each end polls by itself, except that one poll may serve several.
 */
export function mayStart(
  waiting: readonly Effect[],
  running: readonly Effect[],
  moment: Moment,
): readonly Effect[] {
  const { nowMs, look, isLook, isBlind = false } = moment;
  const ready = waiting.filter((effect) => isDue(effect, nowMs) && (isLook || needsNoLook(effect)));
  const notices = noticesToStart(
    ready.filter((effect) => effect.kind === "notify"),
    running,
    moment,
    waiting.filter((effect) => effect.kind === "notify"),
  );
  if (look === undefined) return notices;
  // before_stop_command may take long: a threshold's backstop must not wait for it.
  const atOnce = look.paceMs === undefined ? endsAtOnce : endsAtOnceSharing;
  const ends = (["end-pod", "end-run", "end-stopped"] as const).flatMap((kind) => {
    const ending = running.filter((effect) => effect.kind === kind).length;
    return ready.filter((effect) => effect.kind === kind).slice(0, Math.max(0, atOnce - ending));
  });
  const isFresh = !isBlind && nowMs - look.atMs <= mostLookAgeMs;
  return [...notices, ...ends, ...(isFresh ? agentToStart(ready, running) : [])];
}

/**
 * A program that failed is tried again at a poll. What a channel could not be sent is due at its time: a
 * lane is narrow, and all that waits for one that works again need not wait for as many polls.
 */
function needsNoLook(effect: Effect): boolean {
  return (
    effect.tries === 0 ||
    isEnd(effect) ||
    effect.kind === "end-stopped" ||
    (effect.kind === "notify" && effect.channel !== undefined)
  );
}

function agentToStart(ready: readonly Effect[], running: readonly Effect[]): readonly AgentCall[] {
  const isAgent = (effect: Effect) =>
    effect.kind === "call-agent" ||
    effect.kind === "call-budget-agent" ||
    effect.kind === "call-pod-agent";
  const [first] = ready.filter(isAgent).sort((a, b) => line(a) - line(b));
  if (first === undefined) return [];
  return running.filter(isAgent).every((other) => line(first) < line(other)) ? [first] : [];
}

/**
 * In dollars, the lower, the more severe; of a line in hours what was left when it was crossed. Then come
 * agents for budgets, as there is money yet, and last those for a single pod.
 */
function line(effect: AgentCall): number {
  switch (effect.kind) {
    case "call-agent":
      return effect.belowUsd ?? effect.balanceUsd;
    case "call-budget-agent":
      return Number.MAX_VALUE / 2;
    case "call-pod-agent":
      return Number.MAX_VALUE;
  }
}
