import { withKept } from "#guard/account/kept.ts";
import type { Look } from "#guard/model/account.ts";
import type { Effect, Outcome } from "#guard/model/effect.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardEvent, type GuardState, type Input } from "#guard/model/state.ts";
import { type Health, healthOf, goodForPolls } from "#http/health.ts";
import { wordsOf } from "#errors.ts";
import type { Log } from "#log.ts";
import type { Clock } from "#ports.ts";
import { version } from "#package.json";
import { aheadGauges } from "./ahead-gauges.ts";
import { accountGauges } from "./account-gauges.ts";
import { createHttpCounts } from "./count-requests.ts";
import { createDaemonCounts } from "./daemon-counts.ts";
import { gauges } from "./gauge.ts";
import { guardGauges } from "./guard-gauges.ts";
import type { HttpCounts } from "./http-counts.ts";
import { podGauges } from "./pod-gauges.ts";
import { processGauges } from "./process-gauges.ts";
import { type Family, type Histogram, pageOf, withLabels } from "./text-format.ts";

export interface MetricsDeps {
  readonly clock: Pick<Clock, "nowMs">;
  readonly log: Log;
  /** Asked for each time: a reload changes them. */
  readonly policy: () => Policy;
  readonly pollIntervalMs: () => number;
  readonly isDryRun: () => boolean;
  readonly isNobodyTold: () => boolean;
  readonly redact: (text: string) => string;
}

/** What is counted and measured, from memory alone. Nothing of it ever throws. */
export interface Metrics {
  /** For the daemon to tell what it does. */
  readonly shown: {
    readonly decided: (input: Input, events: readonly GuardEvent[], state: GuardState) => void;
    readonly settled: (effect: Effect, outcome: Outcome) => void;
    readonly polled: (look: Look, tookMs: number) => void;
    /** Why it was refused; undefined: it is in force. */
    readonly reloaded: (because: string | undefined) => void;
  };
  readonly counts: HttpCounts;
  readonly page: () => string;
  readonly health: () => Health;
}

/** Whoever asks more often gets the same page. */
const madeAgainAfterMs = 1_000;

export function createMetrics(deps: MetricsDeps): Metrics {
  const { clock, log, policy, pollIntervalMs, isDryRun, isNobodyTold, redact } = deps;
  const daemon = createDaemonCounts();
  const http = createHttpCounts();
  let state: GuardState | undefined;
  let interval = { nowMs: pollIntervalMs(), beforeMs: 0, changedAtMs: -Infinity };
  let made: { readonly atMs: number; readonly page: string } | undefined;

  /** Whoever counts must not keep anything from being done. */
  function safely<Args extends readonly unknown[]>(note: (...args: Args) => void) {
    return (...args: Args): void => {
      try {
        note(...args);
      } catch (error) {
        log.error({ because: wordsOf(error) }, "counting failed; this is a bug");
      }
    };
  }

  function followInterval(): void {
    const nowMs = pollIntervalMs();
    if (nowMs === interval.nowMs) return;
    interval = { nowMs, beforeMs: interval.nowMs, changedAtMs: clock.nowMs() };
  }

  /** For as long as polls need to come at a shorter interval, the old one is good enough. */
  function intervalMs(nowMs: number): number {
    const { nowMs: ms, beforeMs, changedAtMs } = interval;
    const isNew = Math.abs(nowMs - changedAtMs) < goodForPolls * ms;
    return isNew ? Math.max(ms, beforeMs) : ms;
  }

  function health(): Health {
    followInterval();
    const nowMs = clock.nowMs();
    return healthOf({ state, intervalMs: intervalMs(nowMs), nowMs });
  }

  function families(): readonly (Family | Histogram)[] {
    const nowMs = clock.nowMs();
    const known = state ?? emptyState;
    const is = health();
    const look = is.isHealthy && known.blind === undefined ? known.lastSeen : undefined;
    const inForce = withKept(policy(), known);
    return [
      gauges("runpodboss_build_info", "Which program this is.", [
        { labels: { version, node_version: process.versions.node }, value: 1 },
      ]),
      ...accountGauges(look, known, inForce),
      ...aheadGauges(known, inForce, nowMs),
      ...podGauges(look, known, inForce, nowMs),
      ...guardGauges({
        state: known,
        policy: inForce,
        health: is,
        pollIntervalMs: pollIntervalMs(),
        isDryRun: isDryRun(),
        isNobodyTold: isNobodyTold(),
        nowMs,
      }),
      ...daemon.families(),
      ...http.families(),
      ...processGauges(),
    ];
  }

  return {
    shown: {
      decided: safely((input: Input, events: readonly GuardEvent[], next: GuardState) => {
        state = next;
        if (input.kind === "config") {
          followInterval();
          daemon.follow(policy());
        }
        daemon.decided(input, events);
      }),
      settled: safely((effect: Effect, outcome: Outcome) => daemon.settled(effect, outcome)),
      polled: safely((_look: Look, tookMs: number) => daemon.polled(tookMs)),
      reloaded: safely((because: string | undefined) => daemon.reloaded(because)),
    },
    counts: {
      answered: safely((path: string, code: number) => http.answered(path, code)),
      wrongToken: safely(() => http.wrongToken()),
      streamBegan: () => http.streamBegan(),
    },
    page() {
      const nowMs = clock.nowMs();
      if (made === undefined || Math.abs(nowMs - made.atMs) >= madeAgainAfterMs) {
        // Most texts stand on it many times.
        const once = remembered(redact);
        made = { atMs: nowMs, page: pageOf(families().map((each) => withLabels(each, once))) };
      }
      return made.page;
    },
    health,
  };
}

function remembered(change: (text: string) => string): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const found = known.get(text) ?? change(text);
    known.set(text, found);
    return found;
  };
}
