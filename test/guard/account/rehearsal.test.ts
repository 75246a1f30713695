import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import { emptyState } from "#guard/model/state.ts";
import { dayMs, minuteMs } from "#guard/model/time.ts";
import { at, policy, wordsOf } from "../samples.ts";

const failed = { kind: "failed", because: "billing:read is missing" } as const;
const worked = { kind: "worked" } as const;

function rehearsed(outcomes: readonly RehearsalOutcome[]) {
  let state = emptyState;
  const said: string[] = [];
  for (const [n, outcome] of outcomes.entries()) {
    const decision = decide(state, { kind: "rehearsed", atMs: at(n), outcome }, policy);
    state = decision.state;
    said.push(...wordsOf(decision.events));
  }
  return { state, said };
}

const words =
  "rehearsal: REST v2, which takes over when RunPod ends GraphQL, has failed 3 rehearsals in a row: billing:read is missing. GraphQL still works, and nothing is lost today. To try it again: runpodboss check";

it("three failures in a row are told once, however many more there are", () => {
  expect(rehearsed([failed, failed]).said).toEqual([]);
  expect(rehearsed([failed, failed, failed, failed, failed]).said).toEqual([words]);
});

it("and again only after it has worked in between", () => {
  const { said } = rehearsed([failed, failed, failed, worked, failed, failed, failed]);

  expect(said).toEqual([words, words]);
});

it("two and one that works are nothing", () => {
  expect(rehearsed([failed, failed, worked, failed, failed]).said).toEqual([]);
});

it("the last one is kept, to be shown", () => {
  expect(rehearsed([worked, failed]).state.rehearsal).toEqual({
    atMs: at(1),
    because: "billing:read is missing",
    failures: 1,
    reason: "other",
    alike: 1,
    isTold: false,
  });
  expect(rehearsed([failed, worked]).state.rehearsal).toEqual({ atMs: at(1), failures: 0 });
});

it("another reason than was told is told again once it has held, at most once a day", () => {
  const down = { kind: "failed", because: "HTTP 500", reason: "blind" } as const;
  const other = { kind: "failed", because: "$5 and $10", reason: "differs" } as const;
  const day = dayMs / minuteMs;
  let state = rehearsed([down, down, down]).state;
  const said: string[] = [];
  const minutes = [10, 11, 12, 13, day - 1, day + 2, day + 3, day + 4];
  for (const minute of minutes) {
    const decision = decide(state, { kind: "rehearsed", atMs: at(minute), outcome: other }, policy);
    state = decision.state;
    said.push(...wordsOf(decision.events));
  }

  expect(said).toEqual([expect.stringContaining("failed 9 rehearsals in a row: $5 and $10.")]);
  expect(state.rehearsal).toMatchObject({ toldOf: "differs", toldAtMs: at(day + 2) });
});

it("reasons that come and go are not told by turns", () => {
  const one = { kind: "failed", because: "one", reason: "blind" } as const;
  const two = { kind: "failed", because: "two", reason: "differs" } as const;

  expect(rehearsed([one, one, one, two, one, two, one, two]).said).toHaveLength(1);
});

it("what only REST tells of the account, that it is billed afterwards, is told once", () => {
  const postpaid = { kind: "worked", billingMode: "POSTPAID" } as const;

  const { state, said } = rehearsed([postpaid, postpaid, worked]);

  expect(said).toEqual([expect.stringMatching(/^billing: .*POSTPAID/)]);
  expect(state.postpaidSinceMs).toBe(at(0));
});
