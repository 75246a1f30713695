import type { Activity } from "#guard/model/account.ts";
import type { Clock } from "#ports.ts";
import type { Budget } from "./budget.ts";
import type { ProbedPod } from "./finding.ts";
import type { Probe } from "./probe.ts";

export interface PodToProbe extends ProbedPod {
  /** As they stood the last time; undefined: there was none. */
  readonly counters?: Readonly<Record<string, number>> | undefined;
}

export interface Probing<Pod extends PodToProbe> {
  /** These are to be asked now, as soon as there is room, and each only once at a time. */
  ask(pods: readonly Pod[], signal: AbortSignal): void;
  /** Resolves when nobody is waited for. */
  idle(): Promise<void>;
}

export interface ProbingDeps<Pod extends PodToProbe> {
  readonly probe: Probe;
  /** Gets what each pod says as it comes. One whose answer was cut off says nothing. */
  readonly answered: (pod: Pod, activity: Activity) => void;
  readonly clock: Clock;
  /** How many probes may start within a second. */
  readonly starting?: Budget;
}

/** A pod that answers slowly stands in a line of its own, so that no other has to wait for it. */
type Lane = "quick" | "slow";

const lanes: readonly Lane[] = ["quick", "slow"];
const atOnce: Readonly<Record<Lane, number>> = { quick: 4, slow: 28 };
const quickMs = 2_000;
/** Longer than the time limits of a probe and of its end: it will not come back. */
const longestMs = 60_000;

export function createProbing<Pod extends PodToProbe>(deps: ProbingDeps<Pod>): Probing<Pod> {
  const { probe, answered, clock, starting } = deps;
  const waiting: Readonly<Record<Lane, Map<string, Pod>>> = { quick: new Map(), slow: new Map() };
  const running: Record<Lane, number> = { quick: 0, slow: 0 };
  /** Being asked, be it that nobody waits for the answer any more. */
  const asked = new Set<string>();
  const waitedFor = new Set<Promise<void>>();
  const slowPods = new Set<string>();

  function ask(pods: readonly Pod[], signal: AbortSignal): void {
    const wanted = new Map(pods.map((pod) => [pod.podId, pod]));
    for (const lane of lanes) {
      for (const podId of waiting[lane].keys()) {
        if (!wanted.has(podId)) waiting[lane].delete(podId);
      }
    }
    for (const [podId, pod] of wanted) {
      // Who waits already keeps their place.
      if (!asked.has(podId)) waiting[slowPods.has(podId) ? "slow" : "quick"].set(podId, pod);
    }
    startNext(signal);
  }

  function startNext(signal: AbortSignal): void {
    for (const lane of lanes) {
      for (const [podId, pod] of waiting[lane]) {
        if (signal.aborted || running[lane] >= atOnce[lane]) break;
        waiting[lane].delete(podId);
        const over = askOne(pod, lane, signal).finally(() => waitedFor.delete(over));
        waitedFor.add(over);
      }
    }
  }

  /** Resolves when it is not waited for any more; never rejects. */
  function askOne(pod: Pod, first: Lane, signal: AbortSignal): Promise<void> {
    const { podId, counters = {} } = pod;
    const cut = new AbortController();
    const cutOff = (): void => cut.abort();
    signal.addEventListener("abort", cutOff);
    asked.add(podId);
    running[first] += 1;
    let lane = first;

    return new Promise((resolve) => {
      const leave = (): void => {
        if (over.signal.aborted) return;
        over.abort();
        running[lane] -= 1;
        startNext(signal);
        resolve();
      };
      const over = new AbortController();
      const after = async (ms: number, act: () => void): Promise<void> => {
        await clock.sleepUntil(clock.nowMs() + ms, over.signal);
        if (!over.signal.aborted) act();
      };

      const whenSlow = (): void => {
        slowPods.add(podId);
        if (lane === "slow") return;
        if (running.slow >= atOnce.slow) {
          cutOff();
          return leave();
        }
        lane = "slow";
        running.quick -= 1;
        running.slow += 1;
        startNext(signal);
      };
      const whenLost = (): void => {
        const because = `no answer within ${longestMs / 1000} s, given up`;
        answered(pod, { isActive: true, because, hasFailed: true, counters });
        cutOff();
        leave();
      };
      const asking = async (): Promise<void> => {
        await starting?.(1);
        slowPods.delete(podId);
        void after(quickMs, whenSlow);
        void after(longestMs, whenLost);
        const activity = await probe(pod, counters, cut.signal);
        if (activity !== "interrupted" && !cut.signal.aborted) answered(pod, activity);
      };
      void asking().finally(() => {
        signal.removeEventListener("abort", cutOff);
        asked.delete(podId);
        leave();
      });
    });
  }

  return {
    ask,
    async idle() {
      while (waitedFor.size > 0) await Promise.all(waitedFor);
    },
  };
}
