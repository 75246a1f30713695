import {
  type Activity,
  isRunning,
  type PodSample,
  type Probed,
  type Seen,
} from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { isMeasuringOfUse, podsToProbe } from "#guard/pods/follow/telemetry.ts";
import type { Log } from "#log.ts";
import { realPaces } from "#paces.ts";
import type { Account, Clock } from "#ports.ts";
import { GivenUp, withinLimit } from "#within-limit.ts";
import type { Engine } from "./engine.ts";

/** A pod to be asked whether it is active, and the sample that made that necessary. */
export interface AskedPod {
  readonly podId: string;
  readonly podName: string;
  readonly counters: Readonly<Record<string, number>> | undefined;
  readonly sample: PodSample;
  readonly sampledAtMs: number;
}

/** Asks pods, each on a schedule of its own; `answered` gets what each says when it comes. */
export type MakeProbing = (answered: (pod: AskedPod, activity: Activity) => void) => {
  ask(pods: readonly AskedPod[], signal: AbortSignal): void;
  idle(): Promise<void>;
};

export interface MeasuringDeps {
  readonly account: Account;
  readonly engine: Engine;
  readonly probing: MakeProbing;
  readonly policy: () => Policy;
  readonly clock: Clock;
  readonly log: Log;
  readonly limitMs?: number;
}

const what = "reading the load of the pods";

/** Reads the loads of the pods after each poll, beside the loop: it never delays a poll. */
export interface Measuring {
  /**
   * Starts a round if pods run, their loads are needed, and no round is under way. No round waits for
   * the probes of an earlier one: what they say counts when it comes.
   */
  start(look: Seen, signal: AbortSignal): void;
  idle(): Promise<void>;
}

export function createMeasuring(deps: MeasuringDeps): Measuring {
  const { account, engine, policy, clock, log } = deps;
  const { limitMs = realPaces.measureLimitMs } = deps;
  let round: Promise<void> | undefined;
  let telling: Promise<void> | undefined;
  let isTroubled = false;
  /** By pod id: what the guard has not heard yet. */
  let answers = new Map<string, Probed>();
  const probing = deps.probing(({ podId, sample, sampledAtMs }, activity) => {
    answers.set(podId, { sample, sampledAtMs, activity });
    telling ??= unlessBug(tellAnswers()).finally(() => {
      telling = undefined;
    });
  });

  /** A round that does not come back ends no other: it is given up, told to end, and told of. */
  async function measureWithin(signal: AbortSignal): Promise<void> {
    const over = new AbortController();
    const end = (): void => over.abort();
    signal.addEventListener("abort", end);
    if (signal.aborted) end();
    try {
      await withinLimit(measure(signal, over.signal), limitMs, clock, signal);
      if (isTroubled) await engine.take({ kind: "recovered", what, atMs: clock.nowMs() });
      isTroubled = false;
    } catch (error) {
      if (!(error instanceof GivenUp)) throw error;
      if (signal.aborted) return;
      isTroubled = true;
      const because = `given up: ${error.message}`;
      log.error({ because }, "could not read the load of the pods");
      await engine.take({ kind: "trouble", what, atMs: clock.nowMs(), because });
    } finally {
      signal.removeEventListener("abort", end);
      end();
    }
  }

  async function tellAnswers(): Promise<void> {
    while (answers.size > 0) {
      const probed = [...answers.values()];
      answers = new Map();
      await engine.take({ kind: "probed", atMs: clock.nowMs(), probed });
    }
  }

  async function measure(signal: AbortSignal, over: AbortSignal): Promise<void> {
    const pausedMs = clock.pausedMs?.();
    const measured = await account.measure(over);
    // What was asked for before a sleep and came after it says nothing of the time between.
    if (over.aborted || clock.pausedMs?.() !== pausedMs) return;
    if (measured.kind === "unmeasured") {
      log.warn({ because: measured.because }, "could not read the load of the pods");
    }
    await engine.take({ kind: "measured", measured, activity: {} });
    const { atMs: sampledAtMs } = measured;
    const asked = podsToProbe(engine.state(), measured, policy()).map(
      ({ run: { podId, name: podName, counters }, sample }): AskedPod => ({
        podId,
        podName,
        counters,
        sample,
        sampledAtMs,
      }),
    );
    if (!over.aborted) probing.ask(asked, signal);
  }

  async function unlessBug(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      const stack = error instanceof Error ? error.stack : String(error);
      log.error({ stack }, "reading the load of the pods failed; this is a bug");
    }
  }

  return {
    start({ pods }, signal) {
      if (round !== undefined || pods === "unknown" || !pods.some(isRunning)) return;
      if (!isMeasuringOfUse(engine.state(), policy())) return;
      round = unlessBug(measureWithin(signal)).finally(() => {
        round = undefined;
      });
    },
    async idle() {
      await round;
      await probing.idle();
      await telling;
    },
  };
}
