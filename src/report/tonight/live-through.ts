import { decide } from "#guard/decide.ts";
import { isRunning, type Pod, type PodSample, type Seen } from "#guard/model/account.ts";
import { type Effect, isEnd, type Outcome } from "#guard/model/effect.ts";
import { isDue } from "#guard/next-look.ts";
import type { Policy } from "#guard/model/policy.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";

/** A made-up stretch of time, for the guard to live through. */
export interface Future {
  /** They run from its beginning on, until one of them is ended. */
  readonly pods: readonly Pod[];
  readonly load: "busy" | "idle";
  readonly agent: "works" | "fails";
  /** From one poll to the next. */
  readonly stepMs: number;
  readonly lastsMs: number;
  /** By the time since its beginning; undefined: RunPod cannot be reached. */
  readonly balanceUsd: (sinceMs: number) => number | undefined;
}

/** Something that the guard wanted done, and how long after the beginning. */
export interface Wanted {
  readonly sinceMs: number;
  readonly effect: Effect;
}

/** A moment long after any that counts as the beginning of time. */
const beginsAtMs = Date.UTC(2026, 0, 1);

/**
 * Lets the guard itself decide, from nothing, poll by poll: gives what it wanted done, each thing
 * once. What it wants is done at once, but for an agent that is to fail.
 */
export function liveThrough(future: Future, policy: Policy): readonly Wanted[] {
  const wanted = new Map<string, Wanted>();
  const ended = new Set<string>();
  let state: GuardState = emptyState;

  function take(input: Input, sinceMs: number): void {
    state = decide(state, input, policy).state;
    for (const effect of state.owed) {
      if (!wanted.has(effect.id)) wanted.set(effect.id, { sinceMs, effect });
    }
  }

  function doWhatIsOwed(sinceMs: number): void {
    const atMs = beginsAtMs + sinceMs;
    const tried = new Set<string>();
    const next = () => state.owed.find((each) => !tried.has(each.id) && isDue(each, atMs));
    for (let effect = next(); effect !== undefined; effect = next()) {
      tried.add(effect.id);
      if (isEnd(effect)) ended.add(effect.podId);
      const outcome = outcomeOf(effect, future);
      take({ kind: "settled", id: effect.id, atMs, outcome }, sinceMs);
    }
  }

  for (let sinceMs = 0; sinceMs <= future.lastsMs; sinceMs += future.stepMs) {
    for (const input of inputsAt(sinceMs, future, ended)) take(input, sinceMs);
    doWhatIsOwed(sinceMs);
  }
  return [...wanted.values()];
}

function inputsAt(sinceMs: number, future: Future, ended: ReadonlySet<string>): readonly Input[] {
  const atMs = beginsAtMs + sinceMs;
  const book = { leases: {}, touchedAtMs: {} };
  const leases: Input = { kind: "leases", atMs, book };
  const balanceUsd = future.balanceUsd(sinceMs);
  if (balanceUsd === undefined) {
    const because = "no answer";
    const look = { kind: "blind", atMs, cause: "unreachable", because } as const;
    return [leases, { kind: "look", look }];
  }
  const pods = future.pods.map((pod) =>
    ended.has(pod.id) ? { ...pod, status: "stopped" as const } : pod,
  );
  const running = pods.filter(isRunning);
  const burnPerHrUsd = running.reduce((sum, { costPerHrUsd = 0 }) => sum + costPerHrUsd, 0);
  const look: Seen = { kind: "seen", atMs, balanceUsd, burnPerHrUsd, pods, unreadablePods: 0 };
  const samples = running.map(({ id }) => sampleOf(id, atMs, future));
  const activity = Object.fromEntries(running.map(({ id }) => [id, activityIn(future)]));
  const measured = { kind: "measured", atMs, samples } as const;
  return [leases, { kind: "look", look }, { kind: "measured", measured, activity }];
}

function sampleOf(podId: string, atMs: number, { load }: Future): PodSample {
  const percent = load === "idle" ? 0 : 100;
  return {
    podId,
    bootedAtMs: beginsAtMs,
    lastStartedAtMs: beginsAtMs,
    takenAtMs: atMs,
    cpuPercent: percent,
    gpuPercents: [percent],
    gpuMemoryPercents: [percent],
    gpuType: undefined,
    region: undefined,
  };
}

/** What its probes would say. */
function activityIn({ load }: Future) {
  return { isActive: load === "busy", because: load, hasFailed: false, counters: {} };
}

function outcomeOf(effect: Effect, { agent }: Future): Outcome {
  switch (effect.kind) {
    case "notify":
      return { kind: "done", because: "sent", tail: "" };
    case "call-agent":
    case "call-budget-agent":
    case "call-pod-agent":
      return { kind: agent === "works" ? "done" : "failed", because: "as made up", tail: "" };
    case "end-stopped":
      return { kind: "done", because: "as made up", tail: "", podIs: "gone" };
    case "end-pod":
    case "end-run": {
      const podIs = effect.action === "stop" ? "stopped" : "gone";
      return { kind: "done", because: "as made up", tail: "", podIs };
    }
  }
}
