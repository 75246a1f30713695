import type { Settings } from "#config/settings.ts";
import { withKept } from "#guard/account/kept.ts";
import type { Look, Measured } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import type { View } from "#http/deps.ts";
import { version } from "#package.json";
import type { Clock } from "#ports.ts";
import { createChanges } from "./changes.ts";
import { statusAnswerOf } from "./status-answer.ts";

/** What there is to see, kept in memory from what the daemon decides. */
export interface ViewMemory extends View {
  /** The engine's hook: takes in what was decided. Quick. */
  readonly decided: (input: Input, state: GuardState) => void;
  /** When the daemon will poll next. */
  readonly planned: (nextAtMs: number) => void;
  /** Where what people asked for of late is found. */
  readonly showOperations: (latest: () => readonly OperationAnswer[]) => void;
  /** An operation has begun, or gone on: for all that follow. */
  readonly operated: (operation: OperationAnswer) => void;
  /** Reads in the background what the files have from before. Never rejects. */
  readonly begin: (signal: AbortSignal) => Promise<void>;
}

export interface ViewOptions {
  /** As it was saved. */
  readonly state: GuardState;
  readonly settings: () => Settings;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly pid: number;
  readonly historyFile: string;
  readonly samplesFile: string;
  readonly onBug: (error: unknown) => void;
}

/** It is made no more often than that. */
const leastAgeMs = 1_000;
/** What one poll brings comes in several steps. */
const settleMs = 50;
/** What changes by time alone: that a poll is late, how long something has been so. */
const longestAgeMs = 10_000;

export function createView(options: ViewOptions): ViewMemory {
  const { clock, settings, onBug } = options;
  let { state } = options;
  const changes = createChanges(onBug);
  let polled: Look | undefined;
  let measured: Measured | undefined;
  let nextAtMs: number | undefined;
  let operations = (): readonly OperationAnswer[] => [];
  let isStale = true;
  let isTelling = false;
  let made: { readonly atMs: number; readonly answer: StatusAnswer } | undefined;

  function status(): StatusAnswer {
    if (made !== undefined && ageMs() < (isStale ? leastAgeMs : longestAgeMs)) return made.answer;
    const nowMs = clock.nowMs();
    const answer = statusAnswerOf({
      nowMs,
      version,
      settings: settings(),
      policy: withKept(options.policy(), state),
      state,
      pid: options.pid,
      polled,
      measured,
      nextAtMs,
      lastBalance: undefined,
      events: [],
      saved: { at_most_usd: null, unknown: 0, days: 30, words: "not read yet" },
      operations: [...operations()],
    });
    isStale = false;
    made = { atMs: nowMs, answer };
    return answer;
  }

  /** Of what was made last: a clock that was set makes it old at once. */
  function ageMs(): number {
    return made === undefined ? Infinity : Math.abs(clock.nowMs() - made.atMs);
  }

  /** Whoever asked for it shortly before the last change has been given it without that. */
  const isTooYoung = (): boolean => isStale && ageMs() < leastAgeMs;

  function changed(): void {
    isStale = true;
    if (!isTelling) void tellOfChange();
  }

  /** Once the guard has gone on, and no more often than it is made. */
  async function tellOfChange(): Promise<void> {
    isTelling = true;
    try {
      do {
        const nowMs = clock.nowMs();
        const leastMs = Math.min((made?.atMs ?? nowMs) + leastAgeMs, nowMs + leastAgeMs);
        await clock.sleepUntil(Math.max(leastMs, nowMs + settleMs), never);
      } while (isTooYoung());
    } finally {
      isTelling = false;
    }
    changes.tell({ kind: "status" });
  }

  return {
    status,
    balance: () => {
      throw new Error("not yet");
    },
    history: () => Promise.reject(new Error("not yet")),
    follow: changes.follow,
    decided(input, after) {
      state = after;
      if (input.kind === "look") polled = input.look;
      if (input.kind === "measured") ({ measured } = input);
      changed();
    },
    planned(atMs) {
      nextAtMs = atMs;
    },
    showOperations(latest) {
      operations = latest;
    },
    operated(operation) {
      changes.tell({ kind: "operation", operation });
      changed();
    },
    begin: () => Promise.resolve(),
  };
}

const never = new AbortController().signal;
