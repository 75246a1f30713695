import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { acrossChangeOver } from "#guard/account/crossing.ts";
import { decide } from "#guard/decide.ts";
import type { Blind, Look, Pod, Seen } from "#guard/model/account.ts";
import { emptyState, type GuardEvent, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import type { Account } from "#ports.ts";
import { createAutoAccount, createDeciding } from "#runpod/auto/account.ts";
import { at, endsOf, namesOf, pod, policyWith } from "./samples.ts";

/** What one face does in one poll: it answers, or fails in one of its ways, or leaves something out. */
const fault = fc.oneof(
  { weight: 6, arbitrary: fc.constant("none" as const) },
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "unreachable",
      "rate",
      "route",
      "schema",
      "no list",
      "half a list",
      "no a",
      "no b",
    ),
  },
);
type Fault =
  | "none"
  | "unreachable"
  | "rate"
  | "route"
  | "schema"
  | "no list"
  | "half a list"
  | "no a"
  | "no b";

interface Minute {
  readonly balanceUsd: number;
  readonly graphql: Fault;
  readonly rest: Fault;
  /** GraphQL ends at this minute, for this long. */
  readonly isRestarted: boolean;
}

const minute: fc.Arbitrary<Minute> = fc.record({
  balanceUsd: fc.constantFrom(12, 10, 9, 5, 2, 1.5, 0.4),
  graphql: fault,
  rest: fault,
  isRestarted: fc.boolean(),
});

/** A change-over at any moment there, and at any moment back by a check and a restart. */
const night = fc.record({
  minutes: fc.array(minute, { minLength: 10, maxLength: 50 }),
  retiresAt: fc.nat(50),
  isBackAfter: fc.nat(30),
});
type Night = typeof night extends fc.Arbitrary<infer Of> ? Of : never;

const policy = policyWith({
  backstop: { action: "stop", afterMs: 0 },
  protect: ["keep-*"],
});
const known = [
  pod({ id: "a", name: "alpha" }),
  pod({ id: "b", name: "beta" }),
  pod({ id: "k", name: "keep-me" }),
];
const none = new AbortController().signal;

function blind(n: number, because: string, refusal?: Blind["refusal"]): Blind {
  const failed = { kind: "blind", atMs: at(n), cause: "bad-answer", because } as const;
  return refusal === undefined ? failed : { ...failed, refusal };
}

function answer(n: number, balanceUsd: number, does: Fault): Look {
  const seen: Seen = {
    kind: "seen",
    atMs: at(n),
    balanceUsd,
    burnPerHrUsd: 4.47,
    pods: known,
    unreadablePods: 0,
  };
  const without = (id: string): Seen => ({ ...seen, pods: known.filter((each) => each.id !== id) });
  switch (does) {
    case "none":
      return seen;
    case "unreachable":
      return blind(n, "no answer");
    case "rate":
    case "route":
      return blind(n, does, does);
    case "schema":
      return { ...seen, pods: "unknown", podsBecause: "no such field", refusal: "schema" };
    case "no list":
      return { ...seen, pods: "unknown" };
    case "half a list":
      return { ...seen, pods: known.slice(0, 1), unreadablePods: 2 };
    case "no a":
      return without("a");
    case "no b":
      return without("b");
  }
}

interface Step {
  readonly n: number;
  /** As it came from whoever decided. */
  readonly look: Look;
  readonly before: GuardState;
  readonly after: GuardState;
  readonly events: readonly GuardEvent[];
}

/** Lives through the night with the real adapter and the real guard; ends are only owed. */
async function lived({ minutes, retiresAt, isBackAfter }: Night): Promise<readonly Step[]> {
  let n = 0;
  let deciding = createDeciding();
  const now = (): Minute =>
    minutes[n] ?? { balanceUsd: 12, graphql: "none", rest: "none", isRestarted: false };
  const isRetired = (): boolean => n >= retiresAt && n < retiresAt + isBackAfter;
  const face = (look: () => Look): Account => ({
    look: () => Promise.resolve(look()),
    measure: () => Promise.resolve({ kind: "unmeasured", atMs: at(n), because: "not here" }),
    end: () => Promise.resolve({ kind: "accepted" }),
  });
  const graphql = face(() =>
    isRetired() ? blind(n, "HTTP 410", "retired") : answer(n, now().balanceUsd, now().graphql),
  );
  const rest = face(() => answer(n, now().balanceUsd, now().rest));
  let auto = createAutoAccount({ graphql, rest, deciding });
  let state = emptyState;
  const steps: Step[] = [];
  for (; n < minutes.length; n += 1) {
    const isPutBack = n === retiresAt + isBackAfter;
    if (now().isRestarted || isPutBack) {
      const { lastSeen: _, rulesSaid: __, leaseBook: ___, ...saved } = state;
      state = afterRestart(JSON.parse(JSON.stringify(saved)) as GuardState);
      deciding = createDeciding(isPutBack ? { api: "graphql", because: "a check" } : state.source);
      auto = createAutoAccount({ graphql, rest, deciding });
    }
    const look = await auto.look(none);
    const before = state;
    const { state: after, events } = decide(before, { kind: "look", look }, policy);
    steps.push({ n, look, before, after, events });
    // What is owed to be ended is not, or there would be nothing left to look at.
    state = { ...after, owed: after.owed.filter(({ kind }) => kind !== "end-pod") };
  }
  return steps;
}

const changesOf = (events: readonly GuardEvent[]) =>
  events.filter(
    (event) =>
      event.kind === "said" &&
      event.event === "source" &&
      event.because.includes("From now on the account"),
  );

describe("over any night in which GraphQL ends, and may come back, with faults on both faces", () => {
  it("no balance below a threshold is seen without its trip, and each descent trips once", async () => {
    await fc.assert(
      fc.asyncProperty(night, async (of) => {
        for (const { look, before, after, events } of await lived(of)) {
          if (look.kind === "blind") continue;
          for (const { name, belowUsd = 0 } of policy.thresholds) {
            const isBelow = look.balanceUsd < belowUsd;
            const wasFired = before.fired[name] === true;
            expect(after.fired[name] === true || !isBelow).toBe(true);
            expect(namesOf(events, "trip").filter((each) => each === name)).toHaveLength(
              isBelow && !wasFired ? 1 : 0,
            );
          }
        }
      }),
    );
  });

  it("nothing re-arms within the first two polls of a change-over that show more money", async () => {
    await fc.assert(
      fc.asyncProperty(night, async (of) => {
        let last: Seen | undefined;
        let seenSince = Infinity;
        for (const { look, before, events } of await lived(of)) {
          if (look.kind === "blind") {
            if (changesOf(events).length > 0) seenSince = 0;
            continue;
          }
          if (changesOf(events).length > 0) seenSince = 0;
          const isMore =
            before.shown !== undefined &&
            last !== undefined &&
            look.balanceUsd > last.balanceUsd + 0.1;
          const rearms = seenSince === 0 && isMore ? namesOf(events, "rearm") : [];
          expect(rearms).toEqual([]);
          if (seenSince >= 2) last = look;
          seenSince += 1;
        }
      }),
    );
  });

  it("whoever re-arms has seen the balance at or above the amount", async () => {
    await fc.assert(
      fc.asyncProperty(night, async (of) => {
        for (const { look, events } of await lived(of)) {
          for (const name of namesOf(events, "rearm")) {
            const { belowUsd = Infinity } = policy.thresholds.find(
              (each) => each.name === name,
            ) ?? {
              belowUsd: Infinity,
            };
            expect(look.kind === "seen" && look.balanceUsd >= belowUsd).toBe(true);
          }
        }
      }),
    );
  });

  it("no pod is to be ended that is protected, not listed, in doubt, or on half a sight", async () => {
    await fc.assert(
      fc.asyncProperty(night, async (of) => {
        for (const { look, before, after } of await lived(of)) {
          const fresh = endsOf(after.owed).filter(
            ({ id }) => !before.owed.some((each) => each.id === id),
          );
          const pods: readonly Pod[] =
            look.kind === "blind" || look.pods === "unknown" ? [] : look.pods;
          for (const { podId } of fresh) {
            expect(podId).not.toBe("k");
            expect(pods.map(({ id }) => id)).toContain(podId);
            expect(after.crossing?.awaited ?? {}).not.toHaveProperty(podId);
            expect(after.crossing?.disputed ?? {}).not.toHaveProperty(podId);
          }
        }
      }),
    );
  });

  it("in the polls of a change-over no run ends, and what an effect sees of a missing pod is no end", async () => {
    await fc.assert(
      fc.asyncProperty(night, async (of) => {
        let sinceMs = -Infinity;
        for (const { look, before, after, events } of await lived(of)) {
          if (changesOf(events).length > 0) sinceMs = look.atMs;
          if (look.atMs - sinceMs >= 14 * 60_000) continue;
          const isChange = changesOf(events).length > 0;
          expect(isChange ? events.filter(({ kind }) => kind === "run-ended") : []).toEqual([]);
          const runs = isChange ? Object.keys(before.runs) : [];
          expect(Object.keys(after.runs)).toEqual(expect.arrayContaining(runs));
          if (look.kind === "blind" || look.pods === "unknown") continue;
          const believed = acrossChangeOver(after, look);
          const ids = believed.pods === "unknown" ? [] : believed.pods.map(({ id }) => id);
          expect(ids).toEqual(expect.arrayContaining(Object.keys(after.crossing?.awaited ?? {})));
          // The guard of the moment before, as an effect that goes on may be asked by.
          const asked = acrossChangeOver(before, look);
          expect(isChange ? asked.pods : "unknown").toBe("unknown");
        }
      }),
    );
  });

  it("every change-over is told once, is saved, and goes by who answered", async () => {
    await fc.assert(
      fc.asyncProperty(night, async (of) => {
        for (const { look, before, after, events } of await lived(of)) {
          const isChange = (before.source?.api ?? "graphql") !== look.source?.api;
          expect(changesOf(events)).toHaveLength(isChange ? 1 : 0);
          expect(after.source?.api ?? "graphql").toBe(look.source?.api);
        }
      }),
    );
  });
});
