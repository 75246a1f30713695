import { describe, expect, it } from "vitest";
import { comingOf } from "#report/overview/coming.ts";
import { unexplainedOf } from "#report/overview/unexplained.ts";
import { guardReports } from "#report/overview/guards.ts";
import {
  at,
  blind,
  guarding,
  hardTimeout,
  idleGuard,
  leaseGuard,
  minuteMs,
  pod,
  policyWith,
  run,
} from "../../guard/samples.ts";
import { type Given, reportedIn, sourcesWith } from "./overview.ts";

const coming = (given: Given = {}) => {
  const sources = sourcesWith(given);
  return comingOf(sources, reportedIn(sources)).map(({ atMs, guard, what, isFixed }) => [
    atMs === undefined ? undefined : Math.round((atMs - at(60)) / minuteMs),
    guard,
    what,
    isFixed,
  ]);
};

describe("what comes next", () => {
  it("is each threshold at the present burn, and its backstop after it", () => {
    const policy = policyWith({ backstop: { action: "stop", afterMs: 10 * minuteMs } });

    expect(coming({ policy, look: { balanceUsd: 5, burnPerHrUsd: 1.5 } })).toEqual([
      [
        120,
        "threshold",
        "tell you and call the agent: the balance falls below critical ($2.00)",
        false,
      ],
      [
        180,
        "threshold",
        "tell you and call the agent: the balance falls below emergency ($0.50)",
        false,
      ],
      [
        190,
        "backstop",
        "stop the pods that still run, if the balance is still below emergency ($0.50)",
        false,
      ],
    ]);
  });

  it("says what follows a threshold that does nothing by itself", () => {
    const backstop = { action: "stop", afterMs: 2 * minuteMs } as const;
    const bare = { name: "low", belowUsd: 4, answers: [], backstop: undefined } as const;
    const thresholds = [bare, { ...bare, name: "out", belowUsd: 3, backstop }];
    const look = { balanceUsd: 5, burnPerHrUsd: 1 };

    expect(
      coming({ policy: { ...policyWith(), thresholds }, look }).map(([, , what]) => what),
    ).toEqual([
      "the balance falls below low ($4.00): nothing is done",
      "the balance falls below out ($3.00): its backstop acts 2 min later",
      "stop the pods that still run, if the balance is still below out ($3.00)",
    ]);
  });

  it("is only what would be done, in a dry run", () => {
    const runs = { p1: run({ warnedAtMs: { hard_timeout: at(0) } }) };

    const found = coming({ policy: guarding({ hardTimeout }), state: { runs }, isDryRun: true });

    expect(found.map(([, , what]) => what)).toEqual(["would stop pod trainer (p1)"]);
  });

  it("tells nobody where no way to is set up", () => {
    const sources = sourcesWith({
      policy: policyWith(),
      state: { blind: { sinceMs: at(58) } },
      look: blind(at(60)),
      isNobodyTold: true,
    });

    expect(comingOf(sources, reportedIn(sources)).map(({ what }) => what)).toEqual([
      "tell nobody (no way to is set up) that no poll works",
    ]);
    const guards = guardReports(policyWith(), true);
    expect(guards.filter(({ words }) => words.toLowerCase().includes("tells you"))).toEqual([]);
  });

  it("waits for the list where RunPod does not list the pods", () => {
    const policy = {
      ...policyWith({ backstop: { action: "stop", afterMs: 10 * minuteMs } }),
    };
    const state = { fired: { emergency: true }, trippedAtMs: { emergency: at(55) } };

    expect(
      coming({ policy, state, look: { balanceUsd: 0.4, burnPerHrUsd: 0, pods: "unknown" } }),
    ).toEqual([
      [
        5,
        "backstop",
        "stop the pods that still run, if the balance is still below emergency ($0.50), once RunPod lists the pods again",
        false,
      ],
    ]);
  });

  it("is no threshold while the burn is unknown, or nothing burns", () => {
    const policy = policyWith();

    expect(coming({ policy, look: { burnPerHrUsd: undefined } })).toEqual([]);
    expect(coming({ policy, look: { burnPerHrUsd: 0 } })).toEqual([]);
  });

  it("is no threshold that is met in more than a year, and least of all at once", () => {
    const policy = policyWith({ backstop: { action: "stop", afterMs: 10 * minuteMs } });

    expect(coming({ policy, look: { balanceUsd: 1e9, burnPerHrUsd: 0.5 } })).toEqual([]);
  });

  it("is a backstop that was tripped, with the pods that it ends", () => {
    const policy = policyWith({
      protect: ["keep-*"],
      backstop: { action: "stop", afterMs: 10 * minuteMs },
    });
    const state = { fired: { emergency: true }, trippedAtMs: { emergency: at(55) } };
    const pods = [pod(), pod({ id: "k1", name: "keep-me" })];

    expect(coming({ policy, state, look: { balanceUsd: 0.4, pods } })).toEqual([
      [
        5,
        "backstop",
        "stop pod trainer (p1), if the balance is still below emergency ($0.50)",
        true,
      ],
    ]);
  });

  it("is the first end of each pod, as announced if it was, and at once if it is due", () => {
    const policy = guarding({ hardTimeout, lease: leaseGuard, idle: idleGuard });
    const pods = [pod(), pod({ id: "p2", name: "sdxl" }), pod({ id: "p3", name: "eval" })];
    const state = {
      runs: {
        p1: run(),
        p2: run({
          podId: "p2",
          name: "sdxl",
          idleMs: 29 * minuteMs,
          idleAtMs: at(60),
          warnedAtMs: { idle: at(46) },
        }),
        p3: run({ podId: "p3", name: "eval", startedAtMs: at(-500), warnedAtMs: { lease: at(0) } }),
      },
    };

    expect(coming({ policy, state, look: { pods } })).toEqual([
      [undefined, "lease", "stop pod eval (p3), as announced", true],
      [1, "idle", "stop pod sdxl (p2), as announced", false],
      [180, "lease", "stop pod trainer (p1)", true],
    ]);
  });

  it("is what a guard does that ends nothing, unless the pod ends before", () => {
    const lease = { ...leaseGuard, action: "agent" } as const;

    expect(coming({ policy: guarding({ lease }) })).toEqual([
      [180, "lease", "call the agent for pod trainer (p1): the end of its lease", true],
    ]);
    const sooner = { ...hardTimeout, afterMs: 2 * 60 * minuteMs };
    expect(coming({ policy: guarding({ lease, hardTimeout: sooner }) })).toEqual([
      [60, "hard_timeout", "stop pod trainer (p1)", true],
    ]);
  });

  it("is nothing for a pod that nothing may end", () => {
    const policy = guarding({ hardTimeout }, { protect: ["trainer"] });

    expect(coming({ policy })).toEqual([]);
  });

  it("waits for RunPod to be seen again while it is not, and tells of that", () => {
    const policy = guarding({ hardTimeout });
    const state = { blind: { sinceMs: at(58) } };

    expect(coming({ policy, state, look: blind(at(60)) })).toEqual([
      [3, "blind", "tell you that no poll works", false],
      [420, "hard_timeout", "stop pod trainer (p1), once RunPod is seen again", false],
    ]);
  });
});

describe("what burns that no pod explains", () => {
  const unexplained = (given: Given) => unexplainedOf(sourcesWith(given));

  it("is nothing where the pods explain all of it", () => {
    expect(unexplained({ look: { burnPerHrUsd: 1.495 } })).toBeUndefined();
  });

  it("is the rest, with what the last audit found", () => {
    expect(unexplained({ look: { burnPerHrUsd: 2.49 } })).toMatchObject({
      words:
        "$1.00/h that no pod explains. Check for serverless workers and storage: runpodboss audit",
    });
    const state = {
      audited: { atMs: at(50), words: "serverless endpoint my-llm (e1), $24.00/day" },
    };
    expect(unexplained({ look: { burnPerHrUsd: 2.49 }, state })?.words).toBe(
      "$1.00/h that no pod explains. Found at the last audit: serverless endpoint my-llm (e1), $24.00/day",
    );
  });

  it.each([
    ["the account is not seen", blind(at(60))],
    ["the burn is unknown", { burnPerHrUsd: undefined }],
    ["not all of the pods and what they cost is seen", { unreadablePods: 1 }],
    ["RunPod does not say what burns beside the pods", { isBurnAddedUp: true }],
  ] as const)("is unknown where %s", (words, look) => {
    expect(unexplained({ look })).toMatchObject({
      perHrUsd: undefined,
      words: `Whether anything burns that no pod explains is unknown: ${words}`,
    });
  });
});

describe("the guards in words", () => {
  it("say what each does, and what one that is off does not", () => {
    const policy = policyWith({
      protect: ["keep-*", "db"],
      backstop: { action: "terminate", afterMs: 10 * minuteMs },
    });
    const podGuards = { ...policy.podGuards, idle: idleGuard, lease: leaseGuard };

    expect(
      guardReports({ ...policy, podGuards }, false).map(({ name, words }) => `${name}: ${words}`),
    ).toMatchInlineSnapshot(`
      [
        "warning: Below $10.00: tells you, calls the agent",
        "critical: Below $2.00: tells you, calls the agent",
        "emergency: Below $0.50: tells you, calls the agent, terminates what still runs 10 min later",
        "idle: Stops a pod that has been idle for 30 min (GPU below 5 %, CPU below 10 %, GPU memory at most 10 %), 15 min after a warning",
        "lease: Stops a pod at the end of its lease: 4 h from its start unless it was given another, 8 h at most, 15 min after a warning",
        "hard_timeout: Off: a pod may run for as long as it likes",
        "blind: Tells you when no poll has worked for 5 min",
        "protect: Never ends keep-*, db",
      ]
    `);
  });

  it("name the pods that a guard is for", () => {
    const guards = guardReports(
      guarding({ hardTimeout: { ...hardTimeout, pods: ["sweep-*"], action: "notify" }, warnMs: 0 }),
      false,
    );

    expect(guards.find(({ name }) => name === "hard_timeout")?.words).toBe(
      "Tells you of a pod called sweep-* 8 h after its start, whatever else there is",
    );
  });
});
