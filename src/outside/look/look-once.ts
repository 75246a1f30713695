import { createEngine, type Engine } from "#daemon/engine.ts";
import { createQueue, type Queue } from "#effects/queue.ts";
import { stackOf, wordsOf } from "#errors.ts";
import type { Look } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import type { GuardState, Input } from "#guard/model/state.ts";
import { own } from "#guard/own-value.ts";
import { hasSeenPods } from "#guard/pods/follow/runs.ts";
import { guardedNow } from "#guard/pods/rules/foreign.ts";
import { isMeasuringOfUse } from "#guard/pods/follow/telemetry.ts";
import type { Log } from "#log.ts";
import type { Channel } from "#notify/channel.ts";
import type { Account, Calendar, Clock, StateStore } from "#ports.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { ButtonsFrom } from "#outside/phone/buttons.ts";
import { performOutside } from "./perform-outside.ts";

export interface LookDeps {
  readonly state: GuardState;
  /** What holds, with what a look has shown: undefined before the first. */
  readonly policy: (look: Look | undefined) => Policy;
  readonly account: Account;
  readonly calendar: Calendar;
  readonly channels: readonly Channel[];
  /** Absent: nobody could press them. */
  readonly buttonsFrom?: ButtonsFrom | undefined;
  /** "unknown": it may hold more time for a pod. */
  readonly leases: LeaseBook | "unknown";
  readonly clock: Clock;
  readonly log: Log;
  /** Nobody is told anything. */
  readonly isDry: boolean;
  readonly mayEnd: boolean;
  readonly accepted: Set<string>;
  /** Keeps what people are shown of a look. Nothing is decided by it. */
  readonly showLook?: (look: Look) => Promise<void>;
  /** Keeps what must not be lost, and what can be learned again. */
  readonly save: (state: GuardState, what: "state" | "runs") => Promise<void>;
}

/** For the look, its decision and its effects together: the next wake goes on with what is not done by then. */
const limitMs = 50_000;
const lookLimitMs = 30_000;
const showLimitMs = 5_000;

/**
 * One turn of the loop where nothing lives between two of them: `before` is taken in, then a look, and what is
 * owed is carried out, each saved before it is done. What is not over in time is tried again at the next one.
 */
export function lookOnce(
  deps: LookDeps,
  before: readonly Input[],
  signal: AbortSignal,
): Promise<void> {
  let look: Look | undefined;
  const policy = (): Policy => deps.policy(look);
  return carriedOut(deps, policy, signal, async (engine) => {
    const { clock, log, account } = deps;
    for (const input of before) await engine.take(input);
    await engine.take({ kind: "leases", atMs: clock.nowMs(), book: deps.leases });
    look = await lookWithin(deps, signal);
    await show(look, deps, signal);
    const { moments, faults } = await deps.calendar.momentsAt(clock.nowMs());
    for (const because of faults) log.warn({ because }, "calendar not asked");
    await engine.take({ kind: "moments", moments });
    await engine.take({ kind: "look", look });
    if (look.kind !== "seen" || !isMeasuringOfUse(engine.state(), policy())) return;
    const measured = await withinLimit(account.measure(signal), lookLimitMs, clock, signal);
    await engine.take({ kind: "measured", measured, activity: {} });
  });
}

/** Takes this in, and tells people what comes of it: nothing is looked at, and nothing ended. */
export function tellOnce(deps: LookDeps, input: Input, signal: AbortSignal): Promise<void> {
  const policy = (): Policy => deps.policy(undefined);
  return carriedOut(deps, policy, signal, async (engine) => {
    await engine.take(input);
  });
}

async function carriedOut(
  deps: LookDeps,
  policy: () => Policy,
  signal: AbortSignal,
  work: (engine: Engine) => Promise<void>,
): Promise<void> {
  const { clock, log } = deps;
  const untilMs = clock.nowMs() + limitMs;
  const saves = savesOf(deps);
  const { engine, queue } = engineOf(deps, policy, saves);
  try {
    await work(engine);
    const restMs = Math.max(0, untilMs - clock.nowMs());
    await withinLimit(queue.idle(), restMs, clock, signal).catch((error: unknown) => {
      log.warn({ because: wordsOf(error) }, "the rest is tried again at the next look");
    });
  } finally {
    await withinLimit(queue.stop(), lookLimitMs, clock).catch((error: unknown) => {
      log.error({ because: wordsOf(error) }, "an effect does not end");
    });
    await engine.idle();
    // The engine of a process keeps in memory what was learned since its last poll; here it would be gone.
    await saves.rest(engine.state());
  }
}

type Saves = Pick<StateStore, "save" | "saveLearned"> & {
  /** What was learned is not newer than the rest: what was said by it would have to be owed there. */
  readonly rest: (state: GuardState) => Promise<void>;
};

/** What is learned is saved once in a turn, and before an end is asked for: whether it is due is judged by it. */
function savesOf({ save }: LookDeps): Saves {
  let isSaved = true;
  return {
    async save(state) {
      isSaved = false;
      await save(state, "state");
      isSaved = true;
    },
    saveLearned: async (state) => {
      if (state.owed.some(({ kind }) => kind === "end-run")) await save(state, "runs");
    },
    rest: async (state) => {
      if (isSaved) await save(state, "runs");
    },
  };
}

function engineOf(
  deps: LookDeps,
  policy: () => Policy,
  { save, saveLearned }: Saves,
): { readonly engine: Engine; readonly queue: Queue } {
  const { clock, log } = deps;
  const engine: Engine = createEngine({
    state: deps.state,
    policy,
    store: {
      load: () => Promise.resolve(deps.state),
      save,
      saveLearned,
    },
    clock,
    log,
    queue: () => queue,
    // It is in the state until it is handed over.
    recording: () => ({ offer: () => undefined, idle: () => Promise.resolve() }),
  });
  const queue = createQueue({
    perform: performOutside({
      ...deps,
      policy,
      buttonsFor: (notice, seen) => {
        const known = { state: engine.state(), policy: policy(), nowMs: clock.nowMs() };
        return deps.buttonsFrom?.(notice, seen, known) ?? [];
      },
      present: {
        refresh: () => Promise.resolve(deps.leases !== "unknown"),
        isOwed: (id) => engine.state().owed.some((effect) => effect.id === id),
        hasSeenPods: () => hasSeenPods(engine.state(), policy(), clock.nowMs()),
        guardedAs: (pod) => guardedNow(pod, engine.state(), policy().podGuards),
        run: (podId) => own(engine.state().runs, podId),
        falls: () => engine.state().falls,
        probe: () => Promise.resolve(undefined),
      },
    }),
    settled: async ({ id }, outcome) => {
      await engine.take({ kind: "settled", id, atMs: clock.nowMs(), outcome });
    },
    onBug: (error) => log.error({ stack: stackOf(error) }, "this is a bug"),
  });
  return { engine, queue };
}

async function show(
  look: Look,
  { showLook, clock, log }: LookDeps,
  signal: AbortSignal,
): Promise<void> {
  if (showLook === undefined) return;
  try {
    await withinLimit(showLook(look), showLimitMs, clock, signal);
  } catch (error) {
    log.warn({ because: wordsOf(error) }, "what was seen could not be kept");
  }
}

async function lookWithin({ account, clock }: LookDeps, signal: AbortSignal): Promise<Look> {
  try {
    return await withinLimit(account.look(signal), lookLimitMs, clock, signal);
  } catch (error) {
    if (!(error instanceof GivenUp)) throw error;
    const because = `given up: ${error.message}`;
    return { kind: "blind", atMs: clock.nowMs(), cause: "unreachable", because };
  }
}
