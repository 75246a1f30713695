import { expect, it } from "vitest";
import { decide } from "#guard/decide.ts";
import { emptyState, type GuardState } from "#guard/model/state.ts";
import { afterRestart } from "#guard/outbox/after-restart.ts";
import { policyWith } from "../samples.ts";

type Step = readonly [what: string, atMs: number, because: string | undefined];

/** The state after these troubles, and what works again. */
function lived(...steps: readonly Step[]): GuardState {
  return steps.reduce((state, [what, atMs, because]) => {
    const input =
      because === undefined
        ? ({ kind: "recovered", what, atMs } as const)
        : ({ kind: "trouble", what, atMs, because } as const);
    return decide(state, input, policyWith()).state;
  }, emptyState);
}

it.each<[string, readonly Step[], GuardState["troubles"]]>([
  ["nothing, while all works", [], undefined],
  ["what does not work", [["config", 1, "a"]], { config: { sinceMs: 1, because: "a" } }],
  [
    "since when, and the latest reason",
    [
      ["config", 1, "a"],
      ["config", 5, "b"],
      ["config", 9, "b"],
    ],
    { config: { sinceMs: 1, because: "b" } },
  ],
  [
    "each apart, until it works again",
    [
      ["config", 1, "a"],
      ["log file", 2, "b"],
      ["config", 3, undefined],
    ],
    { "log file": { sinceMs: 2, because: "b" } },
  ],
  [
    "nothing once all works again",
    [
      ["config", 1, "a"],
      ["config", 3, undefined],
    ],
    undefined,
  ],
  ["nothing where nothing was wrong", [["config", 3, undefined]], undefined],
])("the state knows %s", (_sentence, steps, expected) => {
  expect(lived(...steps).troubles).toEqual(expected);
});

it("a new process knows of none until it tells", () => {
  expect(afterRestart(lived(["config", 1, "a"])).troubles).toBeUndefined();
});
