import { decide } from "#guard/decide.ts";
import type { Seen } from "#guard/model/account.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type Input } from "#guard/model/state.ts";
import { createMetrics, type Metrics } from "#http/metrics/metrics.ts";
import { createFakeClock, type FakeClock } from "../../fake-clock.ts";
import { book, guarding, idleGuard, seen } from "../../guard/samples.ts";

export interface Guarded {
  readonly metrics: Metrics;
  readonly clock: FakeClock;
  /** What is in force; a test that changes it tells of a reload. */
  readonly inForce: { policy: Policy; pollIntervalMs: number };
  readonly take: (input: Input) => void;
  /** A poll at this moment. */
  readonly poll: (look: Partial<Seen> | "blind") => void;
  readonly reload: (pollIntervalMs: number) => void;
  /** The page as it is a second later, when it is made anew. */
  readonly page: () => Promise<string>;
}

/** A guard that decides in memory, with metrics that it tells of it. */
export function guarded(policy: Policy = guarding({ idle: idleGuard })): Guarded {
  const clock = createFakeClock();
  const inForce = { policy, pollIntervalMs: 60_000 };
  let state = emptyState;
  const metrics = createMetrics({
    clock,
    log: silent,
    policy: () => inForce.policy,
    pollIntervalMs: () => inForce.pollIntervalMs,
    isDryRun: () => false,
    isNobodyTold: () => false,
    redact: (text) => text.replaceAll("hunter2hunter2", "[redacted]"),
  });
  function take(input: Input): void {
    const decision = decide(state, input, inForce.policy);
    state = decision.state;
    metrics.shown.decided(input, decision.events, state);
  }
  return {
    metrics,
    clock,
    inForce,
    take,
    poll(look) {
      const atMs = clock.nowMs();
      take({ kind: "leases", atMs, book: book() });
      const blind = { kind: "blind", atMs, cause: "unreachable", because: "no answer" } as const;
      take({ kind: "look", look: look === "blind" ? blind : seen({ ...look, atMs }) });
    },
    reload(pollIntervalMs) {
      inForce.pollIntervalMs = pollIntervalMs;
      const { thresholds, protect, podGuards } = inForce.policy;
      const by = { pid: 1, sinceMs: clock.nowMs(), marks: {} };
      take({ kind: "config", inForce: { ...by, policy: { thresholds, protect, podGuards } } });
    },
    async page() {
      await clock.advanceTo(clock.nowMs() + 1_000);
      return metrics.page();
    },
  };
}

const nothing = (): void => undefined;
const silent = { debug: nothing, info: nothing, warn: nothing, error: nothing } as never;

/** By its name and labels as they stand on the page, the value of each series. */
export function seriesOf(page: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    page
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
      .map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]),
  );
}

/** The names of all metrics of a page. */
export function namesOf(page: string): readonly string[] {
  return [...page.matchAll(/^# TYPE (\S+)/gm)].map(([, name = ""]) => name);
}
