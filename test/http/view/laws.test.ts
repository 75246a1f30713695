import fc from "fast-check";
import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { Look, Pod, Seen } from "#guard/model/account.ts";
import type { LeaseBook } from "#guard/model/run.ts";
import { emptyState, type GuardState, type Input } from "#guard/model/state.ts";
import { statusAnswer } from "#http/contract/status.ts";
import { statusAnswerOf } from "#http/view/status-answer.ts";
import {
  at,
  cluster,
  hardTimeout,
  idleGuard,
  leaseGuard,
  minuteMs,
  pod,
  policyWith,
  sampleAt,
} from "../../guard/samples.ts";
import { settings } from "./viewed.ts";

const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(value, { nil: undefined });
const usd = fc.double({ min: -50, max: 1e6, noNaN: true });

const pods: fc.Arbitrary<readonly Pod[]> = fc.uniqueArray(
  fc
    .record({
      id: fc.constantFrom("p1", "p2", "p3", "c1"),
      name: fc.string({ maxLength: 12 }),
      rawName: maybe(fc.string({ maxLength: 12 })),
      status: fc.constantFrom("pending", "running", "stopped", "gone", "unknown" as const),
      word: maybe(fc.constantFrom("RUNNING", "EXITED", "ODD")),
      costPerHrUsd: maybe(fc.double({ min: 0, max: 100, noNaN: true })),
      hasNetworkVolume: maybe(fc.boolean()),
      isLocked: maybe(fc.boolean()),
    })
    .map((its) => (its.id === "c1" ? cluster({ ...its, id: "c1" }) : pod(its))),
  { selector: ({ id }) => id, maxLength: 4 },
);

const look = (atMs: number): fc.Arbitrary<Look> =>
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc
        .record({
          balanceUsd: usd,
          burnPerHrUsd: maybe(fc.double({ min: 0, max: 500, noNaN: true })),
          pods: fc.oneof(pods, fc.constant("unknown" as const)),
          unreadablePods: fc.nat({ max: 2 }),
          billingMode: fc.constantFrom("PREPAID", "POSTPAID" as const),
          isBurnAddedUp: fc.boolean(),
        })
        .map((its): Seen => ({ kind: "seen", atMs, ...its })),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant("blind" as const),
        atMs: fc.constant(atMs),
        cause: fc.constantFrom("key-refused", "unreachable", "server-error", "bad-answer" as const),
        because: fc.string({ maxLength: 20 }),
      }),
    },
  );

const books = (atMs: number): fc.Arbitrary<LeaseBook | "unknown"> =>
  fc.oneof(
    fc.constant("unknown" as const),
    fc.integer({ min: -100, max: 10_000_000 }).map((minutes) => ({
      leases: { p1: { endsAtMs: atMs + minutes * minuteMs, givenAtMs: atMs - minuteMs } },
      touchedAtMs: {},
    })),
  );

const life = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 6 }).chain((gaps) => {
  let minute = 0;
  const moments = gaps.map((gap) => (minute += gap));
  return fc.tuple(...moments.map((n) => fc.tuple(fc.constant(n), look(at(n)), books(at(n)))));
});

/** A life of a guard in which anything may be seen, and what there is to see of it in the end. */
function lived(
  moments: readonly (readonly [number, Look, LeaseBook | "unknown"])[],
  isDryRun: boolean,
) {
  const base = policyWith({
    protect: ["keep-*"],
    backstop: { action: "stop", afterMs: 10 * minuteMs },
  });
  const guards = { hardTimeout, lease: leaseGuard, idle: idleGuard };
  const policy = { ...base, podGuards: { ...base.podGuards, ...guards } };
  let state: GuardState = emptyState;
  let polled: Look | undefined;
  const take = (input: Input): void => {
    ({ state } = decide(state, input, policy));
  };
  for (const [minute, seen, book] of moments) {
    take({ kind: "leases", atMs: at(minute), book });
    take({ kind: "look", look: seen });
    const samples = [sampleAt(minute)];
    const measured = { kind: "measured", atMs: at(minute), samples } as const;
    take({ kind: "measured", measured, activity: {} });
    polled = seen;
  }
  const nowMs = at(moments.at(-1)?.[0] ?? 0) + 1_000;
  const answer = statusAnswerOf({
    nowMs,
    version: "1.2.3",
    settings: { ...settings, dryRun: isDryRun },
    policy,
    state,
    pid: 1,
    polled,
    measured: undefined,
    listed: state.lastSeen?.pods === "unknown" ? [] : (state.lastSeen?.pods ?? []),
    nextAtMs: undefined,
    lastBalance: undefined,
    events: [],
    saved: { at_most_usd: null, unknown: 0, days: 30, words: "" },
    operations: [],
    troubles: [],
  });
  return { answer, polled, state };
}

it("is always as its contract says, whatever was seen", () => {
  fc.assert(
    fc.property(life, fc.boolean(), (moments, isDryRun) => {
      const { answer } = lived(moments, isDryRun);
      const read = statusAnswer.strict().safeParse(JSON.parse(JSON.stringify(answer)));

      expect(read.error?.issues ?? []).toEqual([]);
    }),
    { numRuns: 100 },
  );
});

it("never makes 0, or none, of what is unknown", () => {
  fc.assert(
    fc.property(life, (moments) => {
      const { answer, polled } = lived(moments, false);
      const look = polled?.kind === "seen" ? polled : undefined;

      expect(answer.balance_usd === null).toBe(look === undefined);
      expect(answer.burn_per_hr_usd === null).toBe(look?.burnPerHrUsd === undefined);
      expect(answer.pods?.length === 0 && look?.pods.length !== 0).toBe(false);
      expect(answer.unexplained === null && look?.burnPerHrUsd === undefined).toBe(false);
      const isKnown = look !== undefined && look.pods !== "unknown" && look.unreadablePods === 0;
      expect(answer.worst_case.usd !== null && !isKnown).toBe(false);
      for (const each of answer.pods ?? []) {
        const found =
          look?.pods === "unknown" ? undefined : look?.pods.find(({ id }) => id === each.id);
        expect(each.is_running === null || found !== undefined).toBe(true);
      }
      expect(answer.error === null).toBe(look !== undefined);
    }),
    { numRuns: 100 },
  );
});

it("offers no end of what must not be ended", () => {
  fc.assert(
    fc.property(life, (moments) => {
      const { answer, state } = lived(moments, false);
      const seen = state.lastSeen?.pods;
      for (const each of answer.pods ?? []) {
        const found = seen === "unknown" ? undefined : seen?.find(({ id }) => id === each.id);
        const isOpen =
          found !== undefined &&
          found.isLocked === false &&
          found.hasNetworkVolume !== undefined &&
          found.rawName !== undefined &&
          found.status !== "unknown" &&
          !found.rawName.startsWith("keep-");
        const ends = each.may.filter((action) => action === "stop" || action === "terminate");
        expect(ends.length > 0 && !isOpen).toBe(false);
        expect(ends.includes("stop") && found?.cluster !== undefined).toBe(false);
        expect(ends.length === 0 && each.may_not === null).toBe(false);
      }
    }),
    { numRuns: 100 },
  );
});
