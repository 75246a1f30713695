import { type Activity, isRunning, type Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { isMeasuringOfUse, podsToProbe } from "#guard/pods/telemetry.ts";
import { wordsOf } from "#errors.ts";
import type { Log } from "#log.ts";
import { realPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { withinLimit } from "#within-limit.ts";
import type { Engine } from "./engine.ts";

/** Asks pods whether they are active; those that could not be asked in time are left out. */
export type ProbePods = (
  pods: readonly {
    readonly podId: string;
    readonly name: string;
    readonly counters?: Readonly<Record<string, number>> | undefined;
  }[],
  signal: AbortSignal,
) => Promise<Readonly<Record<string, Activity>>>;

export interface MeasuringDeps {
  readonly account: Account;
  readonly engine: Engine;
  readonly probe: ProbePods;
  readonly policy: () => Policy;
  readonly log: Log;
  readonly clock: Clock;
  readonly limitMs?: number;
}

const what = "reading the load of the pods";

/** Reads the loads of the pods after each poll, beside the loop: it never delays a poll. */
export interface Measuring {
  /** Starts a round if pods run, their loads are needed, and no round is under way. */
  start(look: Seen, signal: AbortSignal): void;
  idle(): Promise<void>;
}

export function createMeasuring(deps: MeasuringDeps): Measuring {
  const { account, engine, probe, policy, log, clock } = deps;
  const { limitMs = realPaces.measureLimitMs } = deps;
  let round: Promise<void> | undefined;
  let isTroubled = false;

  /** A round that does not come back ends no other: it is given up, told to end, and told of. */
  async function measureWithin(signal: AbortSignal): Promise<void> {
    const ending = new AbortController();
    const end = (): void => ending.abort();
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      await withinLimit(measure(ending.signal), limitMs, clock, signal);
      if (isTroubled) await engine.take({ kind: "recovered", what, atMs: clock.nowMs() });
      isTroubled = false;
    } catch (error) {
      if (signal.aborted) return;
      isTroubled = true;
      const because = `given up: ${wordsOf(error)}`;
      log.error({ because }, "could not read the load of the pods");
      await engine.take({ kind: "trouble", what, atMs: clock.nowMs(), because });
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  async function measure(signal: AbortSignal): Promise<void> {
    try {
      const measured = await account.measure(signal);
      if (signal.aborted) return;
      if (measured.kind === "unmeasured") {
        log.warn({ because: measured.because }, "could not read the load of the pods");
      }
      const asked = podsToProbe(engine.state(), measured, policy());
      const activity = asked.length === 0 ? {} : await probe(asked, signal);
      if (!signal.aborted) await engine.take({ kind: "measured", measured, activity });
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      log.error({ stack }, "reading the load of the pods failed; this is a bug");
    }
  }

  return {
    start({ pods }, signal) {
      if (round !== undefined || pods === "unknown" || !pods.some(isRunning)) return;
      if (!isMeasuringOfUse(engine.state(), policy())) return;
      round = measureWithin(signal).finally(() => {
        round = undefined;
      });
    },
    idle: async () => {
      await round;
    },
  };
}
