import { decide } from "#guard/decide.ts";
import type { Activity, ClusterMember, Look, Pod, PodSample, Seen } from "#guard/model/account.ts";
import type { CallPodAgent, Effect, EndPod, EndRun, Notify, Outcome } from "#guard/model/effect.ts";
import type {
  Backstop,
  HardTimeoutGuard,
  IdleGuard,
  LeaseGuard,
  PodGuards,
  Policy,
} from "#guard/model/policy.ts";
import type { Moments } from "#guard/model/spend.ts";
import type { Lease, LeaseBook, PodRun } from "#guard/model/run.ts";
import { emptyState, type GuardEvent, type GuardState, type Input } from "#guard/model/state.ts";

/** Warning at $10, critical at $2, emergency at $0.50: the thresholds of the example config. */
export const policy: Policy = policyWith();

export function policyWith(
  overrides: Partial<Policy> & { readonly backstop?: Backstop } = {},
): Policy {
  const { backstop, ...rest } = overrides;
  const answers = ["notify", "call-agent"] as const;
  return {
    thresholds: [
      { name: "warning", belowUsd: 10, answers, backstop: undefined },
      { name: "critical", belowUsd: 2, answers, backstop: undefined },
      { name: "emergency", belowUsd: 0.5, answers, backstop },
    ],
    tells: true,
    channels: [],
    protect: [],
    blindAfterMs: 300_000,
    agentAttempts: 3,
    endRetry: { firstMs: 5_000, mostMs: 60_000 },
    noticeRetry: { firstMs: 60_000, mostMs: 900_000 },
    podGuards: { warnMs: 900_000, maxEndsPerHour: 20, gapMs: 180_000, command: "runpodboss" },
    ...rest,
  };
}

/** RunPod's word, where a test gives none. */
const wordFor = {
  pending: "CREATED",
  running: "RUNNING",
  stopped: "EXITED",
  gone: "TERMINATED",
  unknown: undefined,
} as const;

export function pod(overrides: Partial<Pod> = {}): Pod {
  const name = overrides.name ?? "trainer";
  return {
    id: "p1",
    name,
    rawName: name,
    status: "running",
    word: wordFor[overrides.status ?? "running"],
    costPerHrUsd: 1.49,
    hasNetworkVolume: false,
    isLocked: false,
    ...overrides,
  };
}

/** A whole cluster of two pods. */
export function cluster(overrides: Partial<Pod> = {}): Pod {
  const member = (id: string, name: string): ClusterMember => ({
    id,
    name,
    status: "running",
    word: "RUNNING",
    costPerHrUsd: 2,
  });
  return pod({
    id: "c1",
    name: "llama",
    costPerHrUsd: 4,
    cluster: { members: [member("m1", "node-0"), member("m2", "node-1")] },
    ...overrides,
  });
}

export function seen(overrides: Partial<Seen> = {}): Seen {
  return {
    kind: "seen",
    atMs: 1_000,
    balanceUsd: 100,
    burnPerHrUsd: overrides.pods?.length === 0 ? 0 : 1.49,
    pods: [pod()],
    unreadablePods: 0,
    ...overrides,
  };
}

export function blind(atMs = 1_000): Look {
  return { kind: "blind", atMs, cause: "unreachable", because: "connection refused" };
}

export function stateWith(fired: Readonly<Record<string, boolean>>): GuardState {
  return { ...emptyState, fired };
}

/** Takes looks one after the other; gives the state and what the last one brought. */
export function after(
  looks: readonly Look[],
  policyToUse: Policy = policy,
  from: GuardState = emptyState,
): { readonly state: GuardState; readonly events: readonly GuardEvent[] } {
  return looks.reduce<ReturnType<typeof decide>>(
    ({ state }, look) => decide(state, { kind: "look", look }, policyToUse),
    { state: from, events: [] },
  );
}

export function namesOf(events: readonly GuardEvent[], kind: "trip" | "rearm"): readonly string[] {
  return events.flatMap((event) => (event.kind === kind ? [event.threshold] : []));
}

/** What was said in words, as the log has it. */
export function wordsOf(events: readonly GuardEvent[]): readonly string[] {
  return events.flatMap((event) => (event.kind === "said" ? [event.because] : []));
}

export function noticesOf(owed: readonly Effect[]): readonly Notify[] {
  return owed.filter((effect) => effect.kind === "notify");
}

export function endsOf(owed: readonly Effect[]): readonly EndPod[] {
  return owed.filter((effect) => effect.kind === "end-pod");
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** So many minutes after a moment long ago, at which every sample pod was started. */
export function at(minute: number): number {
  return 1_000_000_000_000 + minute * minuteMs;
}

export const hardTimeout: HardTimeoutGuard = { action: "stop", pods: ["*"], afterMs: 8 * hourMs };

export const leaseGuard: LeaseGuard = {
  action: "stop",
  pods: ["*"],
  defaultMs: 4 * hourMs,
  maxMs: 8 * hourMs,
};

export const idleGuard: IdleGuard = {
  action: "stop",
  pods: ["*"],
  afterMs: 30 * minuteMs,
  gpuPercent: 5,
  cpuPercent: 10,
  gpuMemoryPercent: 10,
  bootGraceMs: 0,
  hasProbes: false,
};

/** No thresholds: a policy in which only the guards given do anything. */
export function guarding(guards: Partial<PodGuards>, overrides: Partial<Policy> = {}): Policy {
  const { podGuards } = policyWith();
  return policyWith({ thresholds: [], podGuards: { ...podGuards, ...guards }, ...overrides });
}

export function run(overrides: Partial<PodRun> = {}): PodRun {
  return {
    podId: "p1",
    name: "trainer",
    costPerHrUsd: 1.49,
    firstSeenAtMs: at(0),
    startedAtMs: at(0),
    startFrom: "uptime",
    idleMs: 0,
    warnedAtMs: {},
    actedAtMs: {},
    ...overrides,
  };
}

/** An idle pod with one GPU, started at minute 0. */
export function sampleAt(minute: number, overrides: Partial<PodSample> = {}): PodSample {
  return {
    podId: "p1",
    bootedAtMs: at(0),
    lastStartedAtMs: at(0),
    takenAtMs: at(minute),
    cpuPercent: 1,
    gpuPercents: [0],
    gpuMemoryPercents: [0],
    gpuType: "A40",
    region: "EU-RO-1",
    ...overrides,
  };
}

export function book(
  leases: Readonly<Record<string, Lease>> = {},
  touchedAtMs: Readonly<Record<string, number>> = {},
): LeaseBook {
  return { leases, touchedAtMs };
}

/** What comes in within a minute; by default a good look, idle pods, and that nobody said anything. */
export interface Minute {
  readonly look?: Partial<Seen> | "blind" | "none";
  /** For every pod that is seen; or what cannot be measured. */
  readonly sample?: Partial<PodSample> | "missing" | "unmeasured" | "none";
  readonly samples?: readonly PodSample[];
  readonly book?: LeaseBook | "unknown";
  /** What the calendar says, where it is asked. */
  readonly moments?: Moments;
  readonly activity?: Readonly<Record<string, Activity>>;
}

export function inputsOf(minute: number, given: Minute = {}): readonly Input[] {
  const { look: looked = {}, sample = {}, activity = {} } = given;
  const atMs = at(minute);
  const leases: Input = { kind: "leases", atMs, book: given.book ?? book() };
  const told: readonly Input[] =
    given.moments === undefined ? [] : [{ kind: "moments", moments: given.moments }];
  if (looked === "none") return [leases, ...told];
  const look = looked === "blind" ? blind(atMs) : seen({ atMs, ...looked });
  const pods = look.kind === "blind" || look.pods === "unknown" ? [] : look.pods;
  const inputs: readonly Input[] = [leases, ...told, { kind: "look", look }];
  if (sample === "none" || look.kind === "blind") return inputs;
  if (sample === "unmeasured") {
    const measured = { kind: "unmeasured", atMs, because: "timed out" } as const;
    return [...inputs, { kind: "measured", measured, activity }];
  }
  const running = pods.filter(({ status }) => status === "running");
  const samples =
    given.samples ??
    (sample === "missing"
      ? []
      : running.map(({ id }) => sampleAt(minute, { podId: id, ...sample })));
  return [...inputs, { kind: "measured", measured: { kind: "measured", atMs, samples }, activity }];
}

/** A stretch of time, and what came of it, by minute. */
export interface Lived {
  readonly state: GuardState;
  readonly events: readonly (readonly [minute: number, event: GuardEvent])[];
  /** Ends and agents as they came to be owed. */
  readonly owed: readonly (readonly [minute: number, effect: EndRun | CallPodAgent])[];
}

export const unlived: Lived = { state: emptyState, events: [], owed: [] };

/** Lives through the minutes from the first to the last, both included. */
export function live(
  before: Lived,
  [first, last]: readonly [first: number, last: number],
  policyToUse: Policy,
  minute: Minute | ((n: number) => Minute) = {},
): Lived {
  let now = before;
  for (let n = first; n <= last; n += 1) {
    for (const input of inputsOf(n, typeof minute === "function" ? minute(n) : minute)) {
      now = step(now, n, input, policyToUse);
    }
  }
  return now;
}

/** One input at a minute. */
export function step(before: Lived, minute: number, input: Input, policyToUse: Policy): Lived {
  const { state, events } = decide(before.state, input, policyToUse);
  const known = new Set(before.state.owed.map(({ id }) => id));
  const owed = podEffectsOf(state.owed).filter(({ id }) => !known.has(id));
  return {
    state,
    events: [...before.events, ...events.map((event) => [minute, event] as const)],
    owed: [...before.owed, ...owed.map((effect) => [minute, effect] as const)],
  };
}

/** The probes of a pod answer, asked for by the idle sample of an earlier minute. */
export function probed(
  before: Lived,
  [asked, answered]: readonly [asked: number, answered: number],
  activity: Activity,
  policyToUse: Policy,
  podId = "p1",
): Lived {
  const answer = { sample: sampleAt(asked, { podId }), sampledAtMs: at(asked), activity };
  const input: Input = { kind: "probed", atMs: at(answered), probed: [answer] };
  return step(before, answered, input, policyToUse);
}

export function settleAt(
  before: Lived,
  minute: number,
  id: string,
  outcome: Partial<Outcome>,
  policyToUse: Policy,
): Lived {
  const whole: Outcome = { kind: "done", because: "as asked", tail: "", ...outcome };
  return step(
    before,
    minute,
    { kind: "settled", id, atMs: at(minute), outcome: whole },
    policyToUse,
  );
}

export function podEffectsOf(owed: readonly Effect[]): readonly (EndRun | CallPodAgent)[] {
  return owed.filter((effect) => effect.kind === "end-run" || effect.kind === "call-pod-agent");
}

/** `[minute, guard]` of each end and agent that came to be owed. */
export function owedBy({ owed }: Lived): readonly (readonly [number, string])[] {
  return owed.map(([minute, { guard }]) => [minute, guard] as const);
}

/** `[minute, guard]` of each warning. */
export function warnsOf({ events }: Lived): readonly (readonly [number, string])[] {
  return events.flatMap(([minute, event]) =>
    event.kind === "said" && event.event === "warn" ? [[minute, event.name] as const] : [],
  );
}

/** `[minute, words]` of what was said of all but threshold matters. */
export function saidOf({ events }: Lived): readonly (readonly [number, string])[] {
  return events.flatMap(([minute, event]) =>
    event.kind === "said" ? [[minute, event.because] as const] : [],
  );
}

export function mootOf({ events }: Lived): readonly (readonly [number, string])[] {
  return events.flatMap(([minute, event]) =>
    event.kind === "moot" ? [[minute, event.because] as const] : [],
  );
}

/** The ends of runs in the history: `[pod, reason]`. */
export function endRecordsOf({ unrecorded }: GuardState): readonly (readonly [string, string])[] {
  return unrecorded.flatMap(({ type, run: facts, reason }) =>
    (type === "stop" || type === "termination") && facts !== undefined && reason !== null
      ? [[facts.podId, reason] as const]
      : [],
  );
}
