import type { Settings } from "#config/settings.ts";
import { wordsOf } from "#errors.ts";
import { withKept } from "#guard/account/kept.ts";
import { billingModeOf } from "#guard/account/postpaid.ts";
import type { Look, Measured, Pod, Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import type { OperationAnswer } from "#http/contract/operation.ts";
import type { StatusAnswer } from "#http/contract/status.ts";
import type { View } from "#http/deps.ts";
import { version } from "#package.json";
import type { Clock } from "#ports.ts";
import { samplesSince } from "#report/curve/samples-since.ts";
import { oneAtATime, withinLimit } from "#within-limit.ts";
import { createBalanceMemory, keptForMs } from "./balance-memory.ts";
import { createChanges } from "./changes.ts";
import { eventAnswer } from "./event-answer.ts";
import { createHistoryAsking } from "./history-asking.ts";
import { createRecentEvents } from "./recent-events.ts";
import { createSavedMemory } from "./saved-memory.ts";
import { lookOf, statusAnswerOf } from "./status-answer.ts";

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

const filesLimitMs = 10_000;
const samplesLimitMs = 60_000;
const endsOrStarts: ReadonlySet<string> = new Set(["stop", "termination", "start"]);
/** It is made no more often than that, and takes no more than such a share of all time. */
const youngestMs = 1_000;
const share = 20;
/** What one poll brings comes in several steps. */
const settleMs = 50;
/** What changes by time alone: that a poll is late, how long something has been so. */
const longestAgeMs = 10_000;

interface Made {
  readonly atMs: number;
  readonly tookMs: number;
  readonly answer: StatusAnswer;
}

export function createView(options: ViewOptions): ViewMemory {
  const { clock, settings, onBug } = options;
  let { state } = options;
  const changes = createChanges(onBug);
  const never = new AbortController().signal;
  const balances = createBalanceMemory();
  const saved = createSavedMemory(clock, () => settings().historyDays);
  const events = createRecentEvents({
    nowMs: () => clock.nowMs(),
    isDryRun: () => settings().dryRun,
    onEvent(record) {
      changed();
      if (endsOrStarts.has(record.type)) saved.changed();
      changes.tell({ kind: "event", event: eventAnswer(record) });
    },
  });
  const withinEventsLimit = oneAtATime(filesLimitMs, clock);
  let polled: Look | undefined;
  let measured: Measured | undefined;
  let listed: readonly Pod[] = [];
  let reading: AbortSignal | undefined;
  let nextAtMs: number | undefined;
  let eventsTrouble: string | undefined;
  let operations = (): readonly OperationAnswer[] => [];
  let isStale = true;
  let isTelling = false;
  let made: Made | undefined;

  function status(): StatusAnswer {
    if (made !== undefined && ageMs() < (isStale ? leastAgeMs() : longestAgeMs)) {
      return made.answer;
    }
    const nowMs = clock.nowMs();
    const answer = statusAnswerOf({
      nowMs,
      version,
      settings: settings(),
      policy: policyNow(),
      state,
      pid: options.pid,
      polled,
      measured,
      listed,
      nextAtMs,
      lastBalance: balances.latest(),
      events: events.list().map(eventAnswer),
      saved: saved.answer(),
      troubles:
        eventsTrouble === undefined ? [] : [`the last events could not be read: ${eventsTrouble}`],
      operations: [...operations()],
    });
    isStale = false;
    made = { atMs: nowMs, answer, tookMs: Math.abs(clock.nowMs() - nowMs) };
    return answer;
  }

  /** Of what was made last: a clock that was set makes it old at once. */
  function ageMs(): number {
    return made === undefined ? Infinity : Math.abs(clock.nowMs() - made.atMs);
  }

  /** With very many pods it is made less often: the guard has other things to do. */
  const leastAgeMs = (): number =>
    Math.min(longestAgeMs, Math.max(youngestMs, share * (made?.tookMs ?? 0)));

  /** Whoever asked for it shortly before the last change has been given it without that. */
  const isTooYoung = (): boolean => isStale && ageMs() < leastAgeMs();

  const policyNow = (): Policy => withKept(options.policy(), state);

  function lookNow(): Seen | undefined {
    const look = lookOf({ nowMs: clock.nowMs(), polled, state, policy: policyNow() });
    return look.kind === "seen" ? look : undefined;
  }

  function looked(look: Look): void {
    polled = look;
    if (look.kind === "blind" || state.lastSeen === undefined) return;
    const { atMs, balanceUsd, burnPerHrUsd, pods } = state.lastSeen;
    if (pods !== "unknown") listed = pods;
    balances.add({ atMs, balanceUsd, burnPerHrUsd });
    changes.tell({ kind: "balance", atMs, balanceUsd });
  }

  /** What the files have beside us: a command may have written to the history. */
  async function keepUp(): Promise<void> {
    if (reading === undefined || reading.aborted) return;
    try {
      await withinEventsLimit(() => events.read(options.historyFile));
      eventsTrouble = undefined;
    } catch (error) {
      eventsTrouble = wordsOf(error);
    }
    await saved.keepUp(options.historyFile, reading);
  }

  async function readBalances(signal: AbortSignal): Promise<void> {
    const limit = new AbortController();
    const nowMs = clock.nowMs();
    const asked = { sinceMs: nowMs - keptForMs, nowMs };
    try {
      const older = samplesSince(options.samplesFile, asked, limit.signal);
      const found = await withinLimit(older, samplesLimitMs, clock, signal);
      balances.addOlder(found);
      // A page that came before that has drawn a curve which begins with this process.
      if (found.length > 0) changes.tell({ kind: "missed" });
    } catch {
      // The curve then begins with this process, and says since when it knows.
    } finally {
      limit.abort();
    }
  }

  function changed(): void {
    isStale = true;
    if (!isTelling && changes.isFollowed()) void tellOfChange();
  }

  /** Once the guard has gone on, and no more often than it is made. */
  async function tellOfChange(): Promise<void> {
    isTelling = true;
    try {
      do {
        const nowMs = clock.nowMs();
        const youngMs = leastAgeMs();
        const leastMs = Math.min((made?.atMs ?? nowMs) + youngMs, nowMs + youngMs);
        await clock.sleepUntil(Math.max(leastMs, nowMs + settleMs), never);
      } while (isTooYoung());
    } finally {
      isTelling = false;
    }
    changes.tell({ kind: "status" });
  }

  return {
    status,
    balance: (query) => {
      const look = lookNow();
      return balances.answer(query, {
        nowMs: clock.nowMs(),
        policy: policyNow(),
        // A poll need not say how the account is billed: it was said before.
        look: look && { ...look, billingMode: billingModeOf(state, look) },
      });
    },
    history: createHistoryAsking(options.historyFile, clock),
    follow: changes.follow,
    decided(input, after) {
      state = after;
      events.decided(input, after);
      if (input.kind === "measured") ({ measured } = input);
      if (input.kind === "look") looked(input.look);
      if (input.kind === "look" || input.kind === "recorded") void keepUp();
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
    async begin(signal) {
      if (reading !== undefined) return;
      reading = signal;
      await Promise.all([readBalances(signal), keepUp()]);
      changed();
    },
  };
}
