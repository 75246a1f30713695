import { describe, expect, it } from "vitest";
import type { EndAction } from "#guard/model/account.ts";
import { planEnds } from "#operations/stop-plan.ts";
import { pod, seen } from "../guard/samples.ts";

const pods = [
  pod({ id: "cheap", name: "cheap", costPerHrUsd: 1 }),
  pod({ id: "dear", name: "dear", costPerHrUsd: 2 }),
  pod({ id: "off", name: "off", status: "EXITED", costPerHrUsd: 0.5 }),
  pod({ id: "prod", name: "prod-api" }),
  pod({ id: "prod-off", name: "prod-off", status: "EXITED" }),
  pod({ id: "locked", name: "locked", isLocked: true }),
  pod({ id: "locked-off", name: "locked-off", isLocked: true, status: "EXITED" }),
  pod({ id: "dead", name: "dead", status: "TERMINATED" }),
];
const look = { ...seen(), pods, unreadablePods: 0 };
const protect = ["prod*"];

function plan(
  action: EndAction,
  wanted: readonly string[] | "all",
  over: Partial<typeof look> = {},
) {
  const { pods: chosen, leftOut } = planEnds(action, wanted, { ...look, ...over }, protect);
  return { ids: chosen.map(({ id }) => id), leftOut };
}

describe("all of them:", () => {
  it("stop is for what runs, the dearest first, and says what it leaves out", () => {
    expect(plan("stop", "all")).toEqual({
      ids: ["dear", "cheap"],
      leftOut: expect.toSatisfy((lines: readonly string[]) =>
        ["left out: prod (prod-api) is protected", "left out: locked (locked) is locked"].every(
          (line) => lines.includes(line) && lines.length === 2,
        ),
      ),
    });
  });

  it("terminate is also for what does not run, and not for what is terminated", () => {
    const { ids, leftOut } = plan("terminate", "all");

    expect(ids).toEqual(["dear", "cheap", "off"]);
    expect(leftOut.toSorted()).toEqual([
      "left out: locked (locked) is locked",
      "left out: locked-off (locked-off) is locked",
      "left out: prod (prod-api) is protected",
      "left out: prod-off (prod-off) is protected",
    ]);
  });

  it("pods that cannot be read are said to be left out", () => {
    expect(plan("stop", "all", { pods: [], unreadablePods: 3 })).toEqual({
      ids: [],
      leftOut: ["left out: 3 that could not be read: look in RunPod's console"],
    });
  });
});

describe("those that are named:", () => {
  it.each<[string, EndAction, readonly string[], readonly string[], readonly string[]]>([
    ["in the order in which they are named", "stop", ["cheap", "dear"], ["cheap", "dear"], []],
    [
      "what is stopped already is said",
      "stop",
      ["off", "dear"],
      ["dear"],
      ["nothing to stop: off (off) is EXITED already"],
    ],
    [
      "a lock does not matter to what is stopped already",
      "stop",
      ["locked-off"],
      [],
      ["nothing to stop: locked-off (locked-off) is EXITED already"],
    ],
    ["what is stopped can be terminated", "terminate", ["off"], ["off"], []],
    [
      "what is terminated is said",
      "terminate",
      ["dead"],
      [],
      ["nothing to terminate: dead (dead) is TERMINATED already"],
    ],
  ])("%s", (_sentence, action, words, ids, leftOut) => {
    expect(plan(action, words)).toEqual({ ids, leftOut });
  });

  it.each<[string, EndAction, readonly string[], string]>([
    ["one is protected", "stop", ["dear", "prod"], "prod (prod-api) is protected."],
    [
      "two are protected, running or not",
      "terminate",
      ["prod", "prod-off"],
      "prod (prod-api), prod-off (prod-off) are protected.",
    ],
    ["one is locked", "stop", ["dear", "locked"], "locked (locked) is locked."],
    [
      "one is locked and does not run",
      "terminate",
      ["locked-off"],
      "locked-off (locked-off) is locked.",
    ],
  ])("all are refused when %s", (_sentence, action, words, because) => {
    const act = () => plan(action, words);

    expect(act).toThrow(`${because} Nothing was touched.`);
  });
});
