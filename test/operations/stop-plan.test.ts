import { describe, expect, it } from "vitest";
import type { EndAction } from "#guard/model/account.ts";
import { planEnds } from "#operations/stop-plan.ts";
import { cluster, pod, seen } from "../guard/samples.ts";

const pods = [
  pod({ id: "cheap", name: "cheap", costPerHrUsd: 1 }),
  pod({ id: "dear", name: "dear", costPerHrUsd: 2 }),
  pod({ id: "off", name: "off", status: "stopped", costPerHrUsd: 0.5 }),
  pod({ id: "prod", name: "prod-api" }),
  pod({ id: "prod-off", name: "prod-off", status: "stopped" }),
  pod({ id: "locked", name: "locked", isLocked: true }),
  pod({ id: "locked-off", name: "locked-off", isLocked: true, status: "stopped" }),
  pod({ id: "dead", name: "dead", status: "gone" }),
];
const odd = [
  pod({ id: "nameless", name: "", rawName: undefined }),
  pod({ id: "stopping", name: "stopping", status: "unknown", word: "STOPPING" }),
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
        ["Skipped pod prod-api (prod): protected", "Skipped pod locked: locked"].every(
          (line) => lines.includes(line) && lines.length === 2,
        ),
      ),
    });
  });

  it("terminate is also for what does not run, and not for what is terminated", () => {
    const { ids, leftOut } = plan("terminate", "all");

    expect(ids).toEqual(["dear", "cheap", "off"]);
    expect(leftOut.toSorted()).toEqual([
      "Skipped pod locked-off: locked",
      "Skipped pod locked: locked",
      "Skipped pod prod-api (prod): protected",
      "Skipped pod prod-off: protected",
    ]);
  });

  it("what may be one to leave alone is left out, with the reason", () => {
    const some = [
      pod({ id: "n", name: "", rawName: undefined }),
      pod({ id: "l", name: "l", isLocked: undefined }),
      pod({ id: "s", name: "s", status: "unknown", word: "STOPPING" }),
    ];

    expect(plan("stop", "all", { pods: some })).toEqual({
      ids: [],
      leftOut: [
        "Skipped pod n: its name is unknown",
        "Skipped pod l: whether it is locked is unknown",
        "Skipped pod s: what its status STOPPING means is unknown",
      ],
    });
  });

  it("pods that cannot be read are said to be left out", () => {
    expect(plan("stop", "all", { pods: [], unreadablePods: 3 })).toEqual({
      ids: [],
      leftOut: ["Skipped 3 that could not be read: check RunPod's console"],
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
      ["Nothing to stop: pod off is already EXITED"],
    ],
    [
      "a lock does not matter to what is stopped already",
      "stop",
      ["locked-off"],
      [],
      ["Nothing to stop: pod locked-off is already EXITED"],
    ],
    ["what is stopped can be terminated", "terminate", ["off"], ["off"], []],
    [
      "what is terminated is said",
      "terminate",
      ["dead"],
      [],
      ["Nothing to terminate: pod dead is already TERMINATED"],
    ],
  ])("%s", (_sentence, action, words, ids, leftOut) => {
    expect(plan(action, words)).toEqual({ ids, leftOut });
  });

  it.each<[string, EndAction, readonly string[], string]>([
    ["one is protected", "stop", ["dear", "prod"], "Pod prod-api (prod) is protected."],
    [
      "two are protected, running or not",
      "terminate",
      ["prod", "prod-off"],
      "Pods prod-api (prod), prod-off are protected.",
    ],
    ["one is locked", "stop", ["dear", "locked"], "Pod locked is locked."],
    ["one has no name", "terminate", ["dear", "nameless"], "Pod nameless: its name is unknown."],
    [
      "one is neither running nor ended",
      "stop",
      ["stopping"],
      "Pod stopping: what its status STOPPING means is unknown.",
    ],
    ["one is locked and does not run", "terminate", ["locked-off"], "Pod locked-off is locked."],
  ])("all are refused when %s", (_sentence, action, words, because) => {
    const act = () => plan(action, words, { pods: [...pods, ...odd] });

    expect(act).toThrow(`${because} Nothing was changed.`);
  });
});

const prodNode = {
  id: "m1",
  name: "prod-node",
  status: "running",
  word: "RUNNING",
  costPerHrUsd: 1,
} as const;

describe("a cluster", () => {
  const rows = [pod({ id: "p1", name: "trainer" }), cluster(), cluster({ id: "c2", name: "prod" })];

  it.each(["stop", "terminate"] as const)("is left out of %s all, which says so", (action) => {
    const { ids, leftOut } = plan(action, "all", { pods: rows });

    expect(ids).toEqual(["p1"]);
    expect(leftOut.toSorted()).toEqual([
      "Skipped cluster llama (c1): a cluster of 2 pods, $4.00/h, is ended only by name: runpodboss terminate c1",
      "Skipped cluster prod (c2): protected",
    ]);
  });

  it("of one pod, at an unknown price, is left out too", () => {
    const { members = [] } = cluster().cluster ?? {};
    const one = cluster({
      id: "c;1",
      costPerHrUsd: undefined,
      cluster: { members: members.slice(1) },
    });

    expect(plan("stop", "all", { pods: [one] }).leftOut).toEqual([
      'Skipped cluster llama ("c;1"): a cluster of 1 pod, its cost is unknown, is ended only by name: runpodboss terminate CLUSTER',
    ]);
  });

  it("cannot be stopped, only terminated", () => {
    expect(() => plan("stop", ["p1", "llama"], { pods: rows })).toThrow(
      expect.objectContaining({
        message:
          "Cluster llama (c1) cannot be stopped, only terminated as a whole. Nothing was changed.",
        hint: "runpodboss terminate c1\nThat ends all of its 2 pods and LOSES what is on them.",
      }),
    );
    expect(plan("terminate", ["llama"], { pods: rows }).ids).toEqual(["c1"]);
  });

  it.each<[string, Partial<ReturnType<typeof cluster>>, string]>([
    [
      "is protected by a pod of it",
      { cluster: { members: [prodNode] } },
      "Cluster llama (c1) is protected. Nothing was changed.",
    ],
    ["is locked", { isLocked: true }, "Cluster llama (c1) is locked. Nothing was changed."],
    [
      "has no known name",
      { name: "", rawName: undefined },
      "Cluster c1: its name is unknown. Nothing was changed.",
    ],
  ])("that %s is refused", (_sentence, overrides, message) => {
    expect(() => plan("terminate", ["c1"], { pods: [cluster(overrides)] })).toThrow(message);
  });
});

describe("after a change-over of interfaces:", () => {
  const doubt = "why GraphQL did not list it";
  const disputed = pod({ id: "late", name: "late", doubt });
  const awaited = pod({
    id: "lost",
    name: "lost",
    rawName: undefined,
    status: "unknown",
    word: undefined,
    doubt: "why REST v2 does not list it",
  });
  const both = { ...look, pods: [disputed, awaited] };

  it("a person who names the pod that only one lists may end it, an agent may not", () => {
    expect(planEnds("stop", ["late"], both, []).pods).toMatchObject([{ id: "late" }]);
    expect(() => planEnds("stop", ["late"], both, [], true)).toThrow(`${doubt} is unknown`);
  });

  it("protection counts all the same", () => {
    expect(() => planEnds("stop", ["late"], both, ["late"])).toThrow("is protected");
  });

  it("what is not listed any more is known by its id and its name, and refused", () => {
    for (const word of ["lost", "los"]) {
      expect(() => planEnds("terminate", [word], both, [])).toThrow(
        "why REST v2 does not list it is unknown",
      );
    }
  });

  it("neither is ended with all the others", () => {
    expect(planEnds("stop", "all", both, [])).toMatchObject({
      pods: [],
      leftOut: expect.arrayContaining([
        `Skipped pod late: ${doubt} is unknown; it is ended only by name: runpodboss stop late`,
      ]),
    });
  });
});
