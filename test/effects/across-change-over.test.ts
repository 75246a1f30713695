import { expect, it } from "vitest";
import { endPod } from "#effects/end-and-prove.ts";
import { backstopEnding } from "#effects/backstop-ending.ts";
import { acrossChangeOver } from "#guard/account/crossing.ts";
import { decide } from "#guard/decide.ts";
import type { Look, Seen } from "#guard/model/account.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { realPaces } from "#paces.ts";
import type { Account } from "#ports.ts";
import { createHastyClock } from "../fake-clock.ts";
import { at, pod, policyWith, seen } from "../guard/samples.ts";

const signal = new AbortController().signal;
const a = pod({ id: "a" });
const b = pod({ id: "b" });
const graphql = (look: Partial<Seen> = {}): Seen =>
  seen({ atMs: at(0), pods: [a, b], balanceUsd: 1, source: { api: "graphql" }, ...look });
const rest = (look: Partial<Seen> = {}): Seen =>
  seen({
    atMs: at(1),
    pods: [b],
    balanceUsd: 1,
    source: { api: "rest", because: "ended" },
    ...look,
  });

function guardOf(...looks: readonly Look[]): GuardState {
  return looks.reduce(
    (state, look) => decide(state, { kind: "look", look }, policyWith()).state,
    emptyState,
  );
}

/** Ends a pod for a backstop below $2, as the guard in this state would see the account meanwhile. */
async function ended(
  podId: string,
  state: GuardState,
  looks: readonly Look[],
  protect: readonly string[] = [],
) {
  let n = 0;
  const asked: string[] = [];
  const account: Account = {
    look: () => {
      const look = looks[Math.min(n, looks.length - 1)] ?? rest();
      n += 1;
      return Promise.resolve(acrossChangeOver(state, look));
    },
    measure: () => Promise.resolve({ kind: "unmeasured", atMs: 0, because: "" }),
    end: ({ id }) => {
      asked.push(id);
      return Promise.resolve({ kind: "accepted" });
    },
  };
  const ending = backstopEnding({
    kind: "end-pod",
    id: "e",
    threshold: "critical",
    belowUsd: 2,
    podId,
    action: "stop",
    because: "",
    tries: 0,
    notBeforeMs: 0,
  });
  const deps = { account, clock: createHastyClock(), protect, paces: realPaces };
  const outcome = await endPod(ending, deps, signal);
  return { outcome, asked };
}

it("a pod that was asked to end by GraphQL is not proven gone by lists of REST that lack it", async () => {
  const { outcome, asked } = await ended("a", guardOf(graphql()), [graphql(), rest(), rest()]);

  expect(asked).toEqual(["a"]);
  expect(outcome).toMatchObject({
    kind: "failed",
    because: "RunPod accepted the request, but no poll has shown the pod since",
  });
});

it("nor once the guard itself goes by REST, for a quarter of an hour", async () => {
  const { outcome, asked } = await ended("a", guardOf(graphql(), rest()), [rest()]);

  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({
    kind: "failed",
    because: "why REST v2 does not list it is unknown",
  });
});

it("but is gone after that", async () => {
  const state = guardOf(graphql(), rest(), rest({ atMs: at(16) }));

  const { outcome } = await ended("a", state, [rest({ atMs: at(17) })]);

  expect(outcome).toMatchObject({ kind: "moot", podIs: "gone" });
});

it("a pod that only REST shows is not ended", async () => {
  const both = rest({ pods: [a, b] });

  const { outcome, asked } = await ended("a", guardOf(graphql({ pods: [b] }), both), [both]);

  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({
    kind: "failed",
    because: "why GraphQL did not list it is unknown",
  });
});

it("no pod is ended in the moment in which another interface has begun to decide", async () => {
  const { outcome, asked } = await ended("b", guardOf(graphql()), [rest()]);

  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({ kind: "failed", because: "RunPod did not list the pods" });
});

it("no pod is ended, and no end is given up, for a higher balance that does not hold yet", async () => {
  const high = rest({ balanceUsd: 50 });

  const { outcome, asked } = await ended("b", guardOf(graphql(), high), [high]);

  expect(asked).toEqual([]);
  expect(outcome).toMatchObject({
    kind: "failed",
    because: "the balance is higher since the change-over, which must hold for 10 min",
  });
});

it("what both show is ended as ever", async () => {
  const stopped = { ...b, status: "stopped", word: "EXITED" } as const;

  const { outcome, asked } = await ended("b", guardOf(graphql(), rest()), [
    rest(),
    rest({ pods: [stopped] }),
  ]);

  expect(asked).toEqual(["b"]);
  expect(outcome).toMatchObject({ kind: "done", podIs: "stopped" });
});
