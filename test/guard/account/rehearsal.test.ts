import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import type { RehearsalOutcome } from "#guard/model/source.ts";
import { emptyState } from "#guard/model/state.ts";
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
    isTold: false,
  });
  expect(rehearsed([failed, worked]).state.rehearsal).toEqual({ atMs: at(1), failures: 0 });
});
