import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ClusterMember, PodSample } from "#guard/model/account.ts";
import type { EndRun } from "#guard/model/effect.ts";
import { agentGuardNames, type PodGuardName, type Policy } from "#guard/model/policy.ts";
import type { HistoryRecord, Lease, LeaseBook } from "#guard/model/run.ts";
import type { GuardState } from "#guard/model/state.ts";
import { isDue } from "#guard/next-look.ts";
import { extended, granted, leaseEndMs } from "#guard/pods/rules/lease.ts";
import {
  at,
  book,
  endRecordsOf,
  guarding,
  hourMs,
  idleGuard,
  inputsOf,
  leaseGuard,
  live,
  type Lived,
  minuteMs,
  pod,
  podEffectsOf,
  run,
  sampleAt,
  settleAt,
  step,
  unlived,
} from "./samples.ts";
import { afterSaving } from "../store/saved-state.ts";

const gapMinutes = 3;
/** A pod that was stopped stays so for longer than looks may lie apart. */
const restMinutes = gapMinutes + 2;
const podIds = ["p1", "p2", "p3"] as const;

/** What happens around one turn of the loop. */
interface Turn {
  /** Minutes since the turn before. */
  readonly after: number;
  readonly look: "seen" | "blind" | "no-pods" | "unreadable";
  readonly measured: "measured" | "stale" | "missing" | "unmeasured" | "none";
  /** Of each pod. */
  readonly loads: readonly ("idle" | "busy" | "partial")[];
  readonly isBookRead: boolean;
  readonly said:
    | { readonly how: "lease" | "extend" | "touch"; readonly pod: number; readonly hours: number }
    | undefined;
  /** The pod that someone else stops, and whether those that were stopped are started again. */
  readonly stops: number | undefined;
  readonly isResuming: boolean;
  /** Whose container starts anew, the pod running on. */
  readonly crashes: number | undefined;
  readonly answer: "done" | "failed" | "none";
}

const mostly = <T>(usual: T, ...others: readonly T[]) =>
  fc.oneof(
    { weight: 12, arbitrary: fc.constant(usual) },
    ...others.map((other) => ({ weight: 1, arbitrary: fc.constant(other) })),
  );

const anyHours = fc.oneof(
  fc.constantFrom(0.25, 0.5, 1, 2, 8),
  fc.constantFrom(NaN, Infinity, -Infinity, 0, -1, 1e300),
  fc.double(),
);
const which = fc.nat(podIds.length - 1);
const rarely = <T>(arbitrary: fc.Arbitrary<T>, weight = 9) =>
  fc.oneof({ weight, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const turnParts = {
  after: mostly(1, 2, 3, 4, 20),
  look: mostly<Turn["look"]>("seen", "blind", "no-pods", "unreadable"),
  measured: mostly<Turn["measured"]>("measured", "stale", "missing", "unmeasured", "none"),
  loads: fc.array(
    fc.oneof(
      { weight: 20, arbitrary: fc.constant("idle" as const) },
      { weight: 1, arbitrary: fc.constant("busy" as const) },
      { weight: 1, arbitrary: fc.constant("partial" as const) },
    ),
    { minLength: 3, maxLength: 3 },
  ),
  isBookRead: mostly(true, false),
  said: rarely(
    fc.record({
      how: fc.constantFrom("lease" as const, "extend" as const, "touch" as const),
      pod: which,
      hours: anyHours,
    }),
  ),
  stops: rarely(which, 19),
  isResuming: fc.boolean(),
  crashes: rarely(which, 19),
  answer: fc.constantFrom("none" as const, "failed" as const, "done" as const),
};
const turn: fc.Arbitrary<Turn> = fc.record(turnParts);
const turns = fc.array(turn, { minLength: 20, maxLength: 70 });

const maybe = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 3, arbitrary }, { weight: 1, arbitrary: fc.constant(undefined) });
const action = fc.constantFrom(
  "stop" as const,
  "terminate" as const,
  "agent" as const,
  "notify" as const,
);
const everyPod = fc.constantFrom<readonly string[]>(["*"], ["*"], ["p1", "p2"]);

const policies: fc.Arbitrary<Policy> = fc
  .record({
    hardTimeout: maybe(
      fc.record({ action, pods: everyPod, afterMs: fc.integer({ min: 15, max: 90 }) }),
    ),
    lease: maybe(
      fc.record({
        action,
        pods: everyPod,
        defaultMs: maybe(fc.integer({ min: 10, max: 60 })),
        maxMs: fc.integer({ min: 30, max: 90 }),
      }),
    ),
    idle: maybe(
      fc.record({
        action,
        pods: everyPod,
        afterMs: fc.integer({ min: 3, max: 20 }),
        bootGraceMs: fc.constantFrom(0, 5),
      }),
    ),
    warnMs: fc.constantFrom(0, 3, 10),
    maxEndsPerHour: fc.constantFrom(1, 2, 20),
    protect: fc.constantFrom<readonly string[]>([], [], ["p1"], ["name of p2"]),
  })
  .map(({ hardTimeout, lease, idle, warnMs, maxEndsPerHour, protect }) =>
    guarding(
      {
        hardTimeout: hardTimeout && { ...hardTimeout, afterMs: hardTimeout.afterMs * minuteMs },
        lease: lease && {
          ...lease,
          defaultMs: lease.defaultMs === undefined ? undefined : lease.defaultMs * minuteMs,
          maxMs: lease.maxMs * minuteMs,
        },
        idle: idle && {
          ...idleGuard,
          ...idle,
          afterMs: idle.afterMs * minuteMs,
          bootGraceMs: idle.bootGraceMs * minuteMs,
        },
        warnMs: warnMs * minuteMs,
        maxEndsPerHour,
        gapMs: gapMinutes * minuteMs,
      },
      { protect },
    ),
  );

/** What is so, whether or not anybody sees it. */
interface Pod {
  startedAt: number;
  bootedAt: number;
  stoppedAt: number | undefined;
  isSeen: boolean;
  /** RunPod has said when this run began. */
  isTold: boolean;
  /** A run before it was seen, and since then neither a look nor a proof showed the pod stopped. */
  isAfterUnseenStop: boolean;
}

function begunAt(minute: number, isAfterUnseenStop: boolean): Pod {
  return {
    startedAt: minute,
    bootedAt: minute,
    stoppedAt: undefined,
    isSeen: false,
    isTold: false,
    isAfterUnseenStop,
  };
}

/** What could be known of a pod after a turn. */
interface Known {
  readonly minute: number;
  readonly startedAt: number | undefined;
  readonly load: "idle" | "busy" | "unknown" | "none";
  readonly touchedAt: number | undefined;
  readonly isShown: boolean;
  readonly isBookRead: boolean;
  readonly leaseEndsAtMs: number | undefined;
}

interface Walk {
  readonly lived: Lived;
  /** After each turn. */
  readonly states: readonly GuardState[];
  readonly known: Readonly<Record<string, readonly Known[]>>;
  /** The pods of all runs that were seen and are over. */
  readonly overs: readonly string[];
}

/** Walks through the turns; what is owed is carried out as they say. */
function walk(
  given: readonly Turn[],
  policyAt: Policy | ((n: number) => Policy),
  through: (state: GuardState, n: number, atLook: GuardState) => GuardState = (state) => state,
  clusterIds: readonly string[] = [],
): Walk {
  const pods: Record<string, Pod> = Object.fromEntries(podIds.map((id) => [id, begunAt(0, false)]));
  const known: Record<string, Known[]> = Object.fromEntries(podIds.map((id) => [id, []]));
  const touched: Record<string, number> = {};
  const overs: string[] = [];
  const states: GuardState[] = [];
  const leases = new Map<string, Lease>();
  const touches = new Map<string, number>();
  let lived = unlived;
  let atLook = lived.state;
  let minute = 1;

  const stop = (id: string, each: Pod) => {
    // Nobody can tell a run whose start was never said from the one before, if no stop was seen between.
    if (each.isSeen && (each.isTold || !each.isAfterUnseenStop)) overs.push(id);
    each.isAfterUnseenStop ||= each.isSeen;
    each.isSeen = false;
    each.stoppedAt = minute;
  };

  for (const [n, each] of given.entries()) {
    const policy = typeof policyAt === "function" ? policyAt(n) : policyAt;
    minute += each.after;
    lived = withState(lived, through(lived.state, n, atLook));
    for (const [k, id] of podIds.entries()) {
      const its = pods[id];
      if (its === undefined) continue;
      if (each.stops === k && its.stoppedAt === undefined) stop(id, its);
      if (each.crashes === k) its.bootedAt = minute;
      if (each.isResuming && its.stoppedAt !== undefined && minute - its.stoppedAt >= restMinutes) {
        pods[id] = begunAt(minute, its.isAfterUnseenStop);
      }
    }
    if (each.said !== undefined) {
      const id = podIds[each.said.pod] ?? "p1";
      const its = lived.state.runs[id];
      const guard = policy.podGuards.lease ?? leaseGuard;
      if (its !== undefined && pods[id]?.stoppedAt === undefined) {
        const nowMs = at(minute);
        if (each.said.how === "touch") {
          touched[id] = minute;
          touches.set(id, nowMs);
        } else {
          const grant = each.said.how === "lease" ? granted : extended;
          const wish = grant(its, guard, each.said.hours * hourMs, nowMs);
          if (wish.kind === "granted") {
            const lease = { endsAtMs: wish.endsAtMs, givenAtMs: nowMs };
            leases.set(id, lease);
          }
        }
      }
    }

    const said = book(Object.fromEntries(leases), Object.fromEntries(touches));
    const shown = podIds.filter((id) => !(each.look === "unreadable" && id === "p1"));
    const rows = shown.map((id) =>
      pod({
        id,
        name: `name of ${id}`,
        status: pods[id]?.stoppedAt === undefined ? "running" : "stopped",
        ...(clusterIds.includes(id) && { cluster: { members: [memberOf(id)] } }),
      }),
    );
    const running = shown.filter((id) => pods[id]?.stoppedAt === undefined);
    const samples = running.map((id): PodSample => {
      const its = pods[id];
      const load = each.loads[podIds.indexOf(id)];
      return sampleAt(minute, {
        podId: id,
        bootedAtMs: at(its?.bootedAt ?? 0),
        lastStartedAtMs: at(its?.startedAt ?? 0),
        takenAtMs: each.measured === "stale" ? at(minute - 60) : at(minute),
        cpuPercent: load === "busy" ? 80 : 1,
        gpuPercents: load === "partial" ? [0, undefined] : [0],
      });
    });
    const isSeen = each.look === "seen" || each.look === "unreadable";
    const isNone = !isSeen || each.measured === "none";
    for (const input of inputsOf(minute, {
      book: each.isBookRead ? said : "unknown",
      look:
        each.look === "blind"
          ? "blind"
          : { pods: isSeen ? rows : "unknown", unreadablePods: each.look === "unreadable" ? 1 : 0 },
      sample: isNone ? "none" : each.measured === "unmeasured" ? "unmeasured" : {},
      samples: each.measured === "missing" ? [] : samples,
    })) {
      lived = step(lived, minute, input, policy);
      if (input.kind === "look") atLook = lived.state;
    }

    for (const [k, id] of podIds.entries()) {
      const its = pods[id];
      if (its === undefined) continue;
      const isShown = isSeen && running.includes(id);
      if (isShown) its.isSeen = true;
      if (isShown && ["measured", "stale"].includes(each.measured)) its.isTold = true;
      if (isSeen && shown.includes(id) && its.stoppedAt !== undefined)
        its.isAfterUnseenStop = false;
      const load = each.loads[k] ?? "partial";
      const isWhole = isShown && each.measured === "measured" && load !== "partial";
      known[id]?.push({
        minute,
        startedAt: its.stoppedAt === undefined ? its.startedAt : undefined,
        load: isNone ? "none" : isWhole ? load : "unknown",
        touchedAt: touched[id],
        isShown,
        isBookRead: each.isBookRead,
        leaseEndsAtMs: leaseOf(said, id, its.startedAt),
      });
    }

    for (const effect of podEffectsOf(lived.state.owed)) {
      const its = pods[effect.podId];
      if (each.answer === "none" || its === undefined) continue;
      if (!isDue(effect, at(minute))) continue;
      if (effect.kind === "call-pod-agent") {
        lived = settleAt(lived, minute, effect.id, { kind: each.answer }, policy);
      } else if (its.stoppedAt !== undefined) {
        its.isAfterUnseenStop = false;
        lived = settleAt(lived, minute, effect.id, { kind: "moot", podIs: "stopped" }, policy);
      } else if (each.answer === "failed") {
        lived = settleAt(lived, minute, effect.id, { kind: "failed" }, policy);
      } else {
        stop(effect.podId, its);
        its.isAfterUnseenStop = false;
        lived = settleAt(lived, minute, effect.id, { podIs: "stopped" }, policy);
      }
    }
    states.push(lived.state);
  }
  return { lived, states, known, overs };
}

/** Called as one of the pods is: that means nothing. */
function memberOf(id: string): ClusterMember {
  const name = "name of p1";
  return { id: `${id}-0`, name, status: "running", word: "RUNNING", costPerHrUsd: 1 };
}

function withState(lived: Lived, state: GuardState): Lived {
  return { ...lived, state };
}

/** When the lease ends that was given within the run. */
function leaseOf({ leases }: LeaseBook, id: string, startedAt: number): number | undefined {
  const lease = leases[id];
  return lease !== undefined && lease.givenAtMs >= at(startedAt) ? lease.endsAtMs : undefined;
}

function endsIn({ lived }: Walk): readonly (readonly [minute: number, end: EndRun])[] {
  return lived.owed.flatMap(([minute, effect]) =>
    effect.kind === "end-run" ? [[minute, effect] as const] : [],
  );
}

/** When each end by a guard was proven. */
function provenIn({ lived }: Walk): readonly number[] {
  const ours = /^(hard_timeout_|lease_expired|idle_)/;
  return lived.events.flatMap(([minute, event]) =>
    event.kind === "run-ended" && ours.test(event.reason) ? [minute] : [],
  );
}

function warningsOf({ lived }: Walk, podId: string, guard: PodGuardName): readonly number[] {
  return lived.events.flatMap(([minute, event]) =>
    event.kind === "said" &&
    event.event === "warn" &&
    event.name === guard &&
    event.podIds.includes(podId)
      ? [minute]
      : [],
  );
}

/** What is known of a pod up to a turn, within the run of that turn. */
function within({ known }: Walk, podId: string, minute: number): readonly Known[] {
  const all = (known[podId] ?? []).filter((each) => each.minute <= minute);
  const startedAt = all.at(-1)?.startedAt;
  return startedAt === undefined ? [] : all.filter((each) => each.startedAt === startedAt);
}

/** Minutes between idle samples that follow one another, since the pod was last known to be at work. */
function idleMinutes(seen: readonly Known[], bootGraceMs: number): number {
  let minutes = 0;
  const measured = seen.filter(({ load }) => load !== "none");
  for (const [n, each] of measured.entries()) {
    const before = measured[n - 1];
    const isTouched = each.touchedAt !== undefined && each.touchedAt > (before?.minute ?? 0);
    const isBooting = at(each.minute) < at(each.startedAt ?? 0) + bootGraceMs;
    if (each.load === "busy" || isBooting) minutes = 0;
    else if (isTouched) minutes = 0;
    // Idle before and idle now, and nothing known of a longer time between.
    else if (each.minute - lastIdle(measured, n) > gapMinutes) minutes = 0;
    else if (each.load === "idle" && before?.load === "idle") {
      const isBootingBefore = at(before.minute) < at(before.startedAt ?? 0) + bootGraceMs;
      const span = each.minute - before.minute;
      if (span <= gapMinutes && !isBootingBefore) minutes += span;
    }
  }
  return minutes;
}

function lastIdle(measured: readonly Known[], n: number): number {
  return measured.slice(0, n).findLast(({ load }) => load === "idle")?.minute ?? -Infinity;
}

/** Whether what was known by then is reason enough for the end. */
function isJustified(
  walked: Walk,
  minute: number,
  { podId, guard }: EndRun,
  policy: Policy,
): boolean {
  const { hardTimeout, lease, idle } = policy.podGuards;
  const seen = within(walked, podId, minute);
  const now = seen.at(-1);
  if (now?.startedAt === undefined || !now.isShown) return false;
  const ranMs = at(minute) - at(now.startedAt);
  switch (guard) {
    // None of these policies has any.
    case "budget":
    case "schedule":
      return false;
    case "hard_timeout":
      return hardTimeout !== undefined && ranMs >= hardTimeout.afterMs;
    case "lease": {
      if (lease === undefined || !now.isBookRead) return false;
      const endsAtMs =
        now.leaseEndsAtMs ??
        (lease.defaultMs === undefined ? Infinity : at(now.startedAt) + lease.defaultMs);
      return at(minute) >= Math.min(endsAtMs, at(now.startedAt) + lease.maxMs);
    }
    case "idle": {
      if (idle === undefined || !now.isBookRead) return false;
      // The look comes before the measurement of its turn.
      return [seen, seen.slice(0, -1)].some((by) => {
        const { minute: lastAt } = by.findLast(({ load }) => load === "idle") ?? {
          minute: -Infinity,
        };
        const isIdleNow = minute - lastAt <= gapMinutes && (now.touchedAt ?? 0) <= lastAt;
        return isIdleNow && idleMinutes(by, idle.bootGraceMs) * minuteMs >= idle.afterMs;
      });
    }
  }
}

const quick = { numRuns: 60 };

describe("whatever people, pods and RunPod do", () => {
  it("there are ends by every guard, and warnings", () => {
    const walks = fc
      .sample(fc.tuple(turns, policies), 200)
      .map(([given, policy]) => walk(given, policy));

    const guards = walks.flatMap((each) => endsIn(each).map(([, { guard }]) => guard));

    // Budgets and schedules have laws of their own.
    for (const guard of agentGuardNames) {
      expect(guards.filter((each) => each === guard).length).toBeGreaterThan(5);
    }
    expect(walks.flatMap((each) => warningsOf(each, "p3", "idle")).length).toBeGreaterThan(5);
  });

  it("no lease goes past the start and its longest time, however it was asked for", () => {
    const asked = fc.array(
      fc.record({
        how: fc.constantFrom("lease" as const, "extend" as const),
        hours: anyHours,
        after: fc.nat(90),
      }),
      { maxLength: 20 },
    );

    fc.assert(
      fc.property(asked, maybe(fc.nat(900)), (wishes, defaultMinutes) => {
        const defaultMs = defaultMinutes === undefined ? undefined : defaultMinutes * minuteMs;
        const guard = { ...leaseGuard, defaultMs };
        let its = run();
        let minute = 0;
        for (const { how, hours, after } of wishes) {
          minute += after;
          const grant = how === "lease" ? granted : extended;
          const wish = grant(its, guard, hours * hourMs, at(minute));
          if (wish.kind === "granted") {
            its = run({ lease: { endsAtMs: wish.endsAtMs, givenAtMs: at(minute) } });
          }
          expect(wish.kind === "granted" ? wish.endsAtMs : at(0)).toBeLessThanOrEqual(
            at(0) + guard.maxMs,
          );
          expect(wish.kind === "over-cap" ? wish.remainsMs : 0).toBeGreaterThanOrEqual(0);
          expect(leaseEndMs(its, guard) ?? at(0)).toBeLessThanOrEqual(at(0) + guard.maxMs);
        }
      }),
    );
  });

  it("no run's lease ends past its start and the longest time, in whatever order all comes in", () => {
    fc.assert(
      fc.property(turns, policies, (given, policy) => {
        const { lease } = policy.podGuards;
        fc.pre(lease !== undefined);
        const runs = walk(given, policy).states.flatMap((state) => Object.values(state.runs));

        const over = runs.filter((its) => {
          const endMs = leaseEndMs(its, lease) ?? its.startedAtMs;
          return !(endMs <= its.startedAtMs + lease.maxMs);
        });

        expect(over).toEqual([]);
      }),
      quick,
    );
  });

  it("no pod whose load is never whole is idle", () => {
    const partial = fc.constantFrom<Partial<PodSample>>(
      { cpuPercent: undefined },
      { gpuPercents: undefined },
      { gpuPercents: [0, undefined] },
      { takenAtMs: undefined },
      { takenAtMs: at(-60) },
      { takenAtMs: at(9_000) },
    );

    fc.assert(
      fc.property(
        fc.array(fc.oneof(partial, fc.constantFrom("missing", "unmeasured", "none")), {
          minLength: 60,
          maxLength: 60,
        }),
        fc.integer({ min: 1, max: 20 }),
        (samples, minutes) => {
          const policy = guarding({
            idle: { ...idleGuard, afterMs: minutes * minuteMs },
            warnMs: 0,
          });
          const lived = live(unlived, [0, 59], policy, (n) => ({
            sample: samples[n] as Partial<PodSample> | "missing" | "unmeasured" | "none",
          }));

          expect(lived.owed).toEqual([]);
          expect(lived.state.runs["p1"]?.idleMs).toBe(0);
        },
      ),
      quick,
    );
  });

  it("no missing data ends a pod: all ends have their reason in what was known", () => {
    fc.assert(
      fc.property(turns, policies, (given, policy) => {
        const walked = walk(given, policy);

        const unfounded = endsIn(walked).filter(
          ([minute, end]) => !isJustified(walked, minute, end, policy),
        );
        expect(unfounded).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("a restart at any step changes nothing", () => {
    fc.assert(
      fc.property(turns, policies, fc.nat(69), fc.boolean(), (given, policy, cutAt, isEach) => {
        const whole = walk(given, policy);

        const cut = walk(given, policy, (state, n) =>
          isEach || n === cutAt ? afterSaving(state) : state,
        );

        expect(briefOf(cut)).toEqual(briefOf(whole));
      }),
      quick,
    );
  });

  it("no end comes without its warning so long before, within the same run", () => {
    fc.assert(
      fc.property(turns, policies, (given, policy) => {
        const { warnMs } = policy.podGuards;
        const walked = walk(given, policy);

        const unannounced = endsIn(walked).filter(([minute, { podId, guard }]) => {
          const startedAt = within(walked, podId, minute).at(-1)?.startedAt ?? Infinity;
          return !warningsOf(walked, podId, guard).some(
            (then) => then >= startedAt && at(minute) - at(then) >= warnMs,
          );
        });

        expect(warnMs === 0 ? [] : unannounced).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it("a protected pod is owed neither an end nor an agent, and none any more once it is protected", () => {
    fc.assert(
      fc.property(turns, turns, policies, (given, more, policy) => {
        const id = policy.protect[0]?.slice(-2) ?? "none";
        const everything = { ...policy, protect: ["*"] };
        const before = walk(given, policy);
        const minute = (before.known["p1"]?.at(-1)?.minute ?? 0) + 1;

        const now = live(before.lived, [minute, minute], everything);

        expect(before.lived.owed.filter(([, { podId }]) => podId === id)).toEqual([]);
        expect(podEffectsOf(now.state.owed).filter(({ podId }) => podId === "p1")).toEqual([]);
        expect(walk(more, everything).lived.owed).toEqual([]);
      }),
      quick,
    );
  });

  describe("with whole clusters among the pods", () => {
    const clusters = fc.constantFrom<readonly string[] | undefined>(
      undefined,
      ["*"],
      ["p2"],
      ["name of p3"],
      ["p2-0", "name of p1"],
    );
    const rows = fc.subarray([...podIds], { minLength: 1 });
    /** With clusters named by guards of any action, also of such as a config must not have. */
    const naming = fc.tuple(policies, clusters, clusters, clusters).map(([policy, h, l, i]) => {
      const { hardTimeout, lease, idle, ...rest } = policy.podGuards;
      const podGuards = {
        ...rest,
        hardTimeout: hardTimeout && { ...hardTimeout, clusters: h },
        lease: lease && { ...lease, clusters: l },
        idle: idle && { ...idle, clusters: i },
      };
      return { ...policy, podGuards };
    });

    function isNamed(id: string, guard: PodGuardName, { podGuards }: Policy): boolean {
      const { hardTimeout, lease, idle } = podGuards;
      const found = {
        hard_timeout: hardTimeout,
        budget: undefined,
        schedule: undefined,
        lease,
        idle,
      }[guard];
      const named = found?.clusters ?? [];
      const isMeant = ["*", id, `name of ${id}`].some((glob) => named.includes(glob));
      return found?.action === "terminate" && isMeant;
    }

    it("some of them are terminated", () => {
      const ends = fc
        .sample(fc.tuple(turns, naming, rows), 150)
        .flatMap(([given, policy, ids]) =>
          endsIn(walk(given, policy, undefined, ids)).filter(([, { podId }]) =>
            ids.includes(podId as (typeof ids)[number]),
          ),
        );

      expect(ends.length).toBeGreaterThan(5);
    });

    it("none is stopped, and none terminated but by a guard that names it and whose reason holds", () => {
      fc.assert(
        fc.property(turns, naming, rows, (given, policy, ids) => {
          const walked = walk(given, policy, undefined, ids);

          for (const [minute, effect] of walked.lived.owed) {
            if (!ids.some((id) => id === effect.podId)) continue;
            expect(effect).toMatchObject({ kind: "end-run", action: "terminate" });
            expect(effect).toHaveProperty("memberIds", [`${effect.podId}-0`]);
            expect(isNamed(effect.podId, effect.guard, policy)).toBe(true);
            expect(policy.protect).not.toContain(effect.podId);
            expect(policy.protect).not.toContain(`name of ${effect.podId}`);
            expect(isJustified(walked, minute, effect as EndRun, policy)).toBe(true);
          }
        }),
        { numRuns: 150 },
      );
    });

    it("none whose member's name or id is protected is terminated", () => {
      fc.assert(
        fc.property(turns, naming, rows, fc.boolean(), (given, policy, ids, byName) => {
          const protect = byName ? ["name of p1"] : ids.map((id) => `${id}-?`);

          const { lived } = walk(given, { ...policy, protect }, undefined, ids);

          expect(lived.owed.filter(([, { podId }]) => ids.some((id) => id === podId))).toEqual([]);
        }),
        quick,
      );
    });

    it("a restart at any step changes nothing", () => {
      fc.assert(
        fc.property(turns, naming, rows, fc.nat(69), (given, policy, ids, cutAt) => {
          const whole = walk(given, policy, undefined, ids);
          const saved = (state: GuardState, n: number) =>
            n === cutAt ? afterSaving(state) : state;

          expect(briefOf(walk(given, policy, saved, ids))).toEqual(briefOf(whole));
        }),
        quick,
      );
    });
  });

  it("no hour has more ends than max_ends_per_hour", () => {
    fc.assert(
      fc.property(turns, policies, (given, policy) => {
        const minutes = provenIn(walk(given, policy));

        for (const first of minutes) {
          const inHour = minutes.filter((minute) => minute >= first && minute < first + 60);
          expect(inHour.length).toBeLessThanOrEqual(policy.podGuards.maxEndsPerHour);
        }
      }),
      quick,
    );
  });

  it("every run that was seen and is over has exactly one end in the history", () => {
    const calm: Turn = {
      after: 1,
      look: "seen",
      measured: "measured",
      loads: ["idle", "idle", "idle"],
      isBookRead: true,
      said: undefined,
      stops: undefined,
      isResuming: false,
      crashes: undefined,
      answer: "done",
    };
    const allStop = [0, 1, 2].map((stops) => ({ ...calm, stops }));

    fc.assert(
      fc.property(turns, policies, (given, policy) => {
        const { lived, overs } = walk([...given, calm, calm, ...allStop, calm, calm], policy);

        const ended = endRecordsOf(lived.state).map(([podId]) => podId);
        expect(ended.toSorted()).toEqual(overs.toSorted());
        expect(lived.state.runs).toEqual({});
      }),
      { numRuns: 150 },
    );
  });

  describe("a crash that costs a turn of what can be learned again", () => {
    it("brings no end without its warning so long before", () => {
      fc.assert(
        fc.property(turns, policies, fc.nat(69), (given, policy, crashAt) => {
          const { warnMs } = policy.podGuards;
          const walked = walk(given, policy, crashBefore(crashAt));

          const unannounced = endsIn(walked).filter(
            ([minute, { podId, guard }]) =>
              !warningsOf(walked, podId, guard).some((then) => at(minute) - at(then) >= warnMs),
          );

          expect(warnMs === 0 ? [] : unannounced).toEqual([]);
        }),
        quick,
      );
    });

    it("brings no run a second end in the history, nor a second start", () => {
      fc.assert(
        fc.property(turns, policies, fc.nat(69), (given, policy, crashAt) => {
          const { lived, overs } = walk(given, policy, crashBefore(crashAt));

          const kept = inHistory(lived.state.unrecorded);
          const ended = kept.filter(({ type }) => type === "stop" || type === "termination");
          const started = kept.filter(({ type }) => type === "start");
          for (const id of podIds) {
            const of = (records: readonly HistoryRecord[]) =>
              records.filter(({ run: its }) => its?.podId === id).length;
            const over = overs.filter((each) => each === id).length;
            expect(of(ended)).toBeLessThanOrEqual(over);
            expect(of(started)).toBeLessThanOrEqual(over + 1);
          }
        }),
        quick,
      );
    });
  });

  it("the hard timeout comes in time while looks come, whatever leases, touches and loads do", () => {
    const looked = fc.array(
      turn.map((each): Turn => ({
        ...each,
        after: 1,
        look: "seen",
        stops: undefined,
        answer: "none",
      })),
      { minLength: 60, maxLength: 60 },
    );

    fc.assert(
      fc.property(
        looked,
        policies,
        fc.integer({ min: 10, max: 40 }),
        fc.nat(50),
        (given, policy, hours, onAt) => {
          const hardTimeout = {
            action: "stop",
            pods: ["*"],
            afterMs: hours * minuteMs,
          } as const;
          const { podGuards } = policy;
          const { lease, idle } = podGuards;
          const telling = {
            ...podGuards,
            hardTimeout: undefined,
            lease: lease && { ...lease, action: "notify" as const },
            idle: idle && { ...idle, action: "notify" as const },
            maxEndsPerHour: 20,
          };
          const off = { ...policy, protect: [], podGuards: telling };
          const on = { ...off, podGuards: { ...telling, hardTimeout } };
          const dueAt = Math.max(hours, onAt + 2 + podGuards.warnMs / minuteMs);
          fc.pre(dueAt < 60);
          // Its start was told once.
          const [first, ...rest] = given;
          const told = { ...first, measured: "measured", crashes: undefined } as Turn;

          const { lived } = walk([told, ...rest], (n) => (n < onAt ? off : on));

          for (const id of podIds) {
            const ends = lived.owed.filter(([, effect]) => effect.podId === id);
            expect(ends.map(([, { guard }]) => guard)).toEqual(["hard_timeout"]);
            expect(ends[0]?.[0]).toBeLessThanOrEqual(dueAt + 1);
          }
        },
      ),
      quick,
    );
  });
});

/** The runs as they were saved with the look before, the rest as it is now. */
function crashBefore(turn: number) {
  return (state: GuardState, n: number, atLook: GuardState): GuardState => {
    const { runs, saidAtMs, lookedAtMs, podsSeenAtMs, podsKnownAtMs } = atLook;
    const learned = { runs, saidAtMs, lookedAtMs, podsSeenAtMs, podsKnownAtMs };
    return n === turn ? { ...afterSaving(state), ...learned } : state;
  };
}

/** As the history takes them: see `Recorder`. */
function inHistory(records: readonly HistoryRecord[]): readonly HistoryRecord[] {
  const isEnd = ({ type }: HistoryRecord) => type === "stop" || type === "termination";
  const kept: HistoryRecord[] = [];
  for (const record of records) {
    const { ranAtMs = Infinity, run: its } = record;
    const isThere = kept.some(
      (old) =>
        old.id === record.id ||
        (isEnd(old) && old.run?.podId === its?.podId && old.atMs >= ranAtMs),
    );
    if (!isThere) kept.push(record);
  }
  return kept;
}

/** What a restart must not change. How long nothing was seen is known to the process alone. */
function briefOf({ lived }: Walk) {
  return {
    owed: lived.owed,
    warned: lived.events.flatMap(([minute, event]) =>
      event.kind === "said" && event.event !== "blind" && event.event !== "sighted"
        ? [[minute, event.because, event.podIds]]
        : [],
    ),
    records: lived.state.unrecorded
      .filter(({ type }) => type !== "blind" && type !== "sighted")
      .map((record) => ({ ...record, id: "" })),
  };
}
