import { describe, expect, it } from "vitest";
import type { Launch } from "#guard/model/launch.ts";
import type { Policy } from "#guard/model/policy.ts";
import type { TonightSources } from "#report/tonight/sources.ts";
import { tonight } from "#report/tonight/tonight.ts";
import {
  at,
  book,
  cluster,
  hardTimeout,
  hourMs,
  idleGuard,
  leaseGuard,
  minuteMs,
  pod,
  policyWith,
} from "../../guard/samples.ts";

const quiet: Partial<Policy> = {
  tells: false,
  channels: [],
  thresholds: policyWith().thresholds.map((each) => ({ ...each, answers: ["call-agent"] })),
};

function guards(changes: Partial<Policy["podGuards"]>): Pick<Policy, "podGuards"> {
  return { podGuards: { ...policyWith().podGuards, ...changes } };
}

/** The rows in words, by what is made up; `!` marks a warning. */
function told(
  policy: ReturnType<typeof policyWith>,
  changes: Partial<TonightSources> = {},
): Readonly<Record<string, string>> {
  const rows = tonight({
    policy,
    pollIntervalMs: minuteMs,
    pods: [pod()],
    book: book(),
    heard: () => ({ kind: "at-once" }),
    hasHeartbeat: false,
    nowMs: 0,
    hasAgent: true,
    dryRun: false,
    ...changes,
  });
  return Object.fromEntries(
    rows.map(({ when, outcome, isWarning }) => [
      when,
      `${isWarning ? "! " : ""}${outcome.join(", ")}`,
    ]),
  );
}

const idles = "a pod idles for 30 min";
const below10 = "the balance falls below $10.00";
const below50 = "the balance falls below $0.50";
const agentFails = "the agent fails";

describe("what happens tonight", () => {
  const launch: Launch = {
    id: "abcdefg2",
    name: "trainer-rbabcdefg2",
    podId: "p1",
    atMs: at(0),
    endsAtMs: at(60),
    by: { kind: "person", host: "box" },
  };
  const isStopped = "you are told 15 min before, it is stopped";
  const isLeft = "! nobody is told, nothing is stopped";

  it.each<[string, TonightSources["book"], string]>([
    ["that was started elsewhere", book(), isLeft],
    ["of which nobody knows who started it", "unknown", isLeft],
    ["that was started here", { ...book(), launches: { a: launch } }, isStopped],
    ["that was given a lease here", book({ p1: { endsAtMs: at(9), givenAtMs: at(1) } }), isStopped],
  ])("an idle pod %s, where those from elsewhere are left alone", (_sentence, found, expected) => {
    const policy = policyWith(guards({ idle: idleGuard, foreign: "ignore" }));

    expect(told(policy, { book: found })[idles]).toBe(expected);
  });

  it("with nothing but an agent, nobody is told and no idle pod is stopped", () => {
    expect(told(policyWith(quiet))).toEqual({
      [idles]: "! nobody is told, nothing is stopped",
      [below10]: "! nobody is told, the agent is called",
      "the balance falls below $2.00": "! nobody is told, the agent is called",
      [below50]: "! nobody is told, the agent is called",
      [agentFails]: "! nobody is told, nothing is stopped",
      "RunPod cannot be reached for 5 min": "! nobody is told",
      "this machine dies": "! nobody notices; set heartbeat",
    });
  });

  it("with a receiver, an idle guard and a backstop, only the machine's death goes unnoticed", () => {
    const backstop = { action: "stop", afterMs: 120_000 } as const;

    expect(told(policyWith({ backstop, ...guards({ idle: idleGuard }) }))).toEqual({
      [idles]: "you are told 15 min before, it is stopped",
      [below10]: "you are told, the agent is called",
      "the balance falls below $2.00": "you are told, the agent is called",
      [below50]: "you are told, the agent is called, pods that still run are stopped",
      [agentFails]: "you are told, pods that still run are stopped below $0.50",
      "RunPod cannot be reached for 5 min": "you are told",
      "this machine dies": "! nobody notices; set heartbeat",
    });
  });

  it.each<[string, Partial<Policy>, string, string]>([
    [
      "an idle guard that only notifies stops nothing",
      guards({ idle: { ...idleGuard, action: "notify" } }),
      idles,
      "! you are told, nothing is stopped",
    ],
    [
      "an idle guard that calls the agent tells nobody",
      guards({ idle: { ...idleGuard, action: "agent" } }),
      idles,
      "! nobody is told, the agent is called",
    ],
    [
      "an idle guard that terminates after two hours, with its boot grace",
      guards({
        idle: {
          ...idleGuard,
          action: "terminate",
          afterMs: 2 * hourMs,
          bootGraceMs: 15 * minuteMs,
        },
      }),
      "a pod idles for 2 h 0 min",
      "you are told 15 min before, it is terminated",
    ],
    [
      "an idle guard with probes that find nothing",
      guards({ idle: { ...idleGuard, hasProbes: true } }),
      idles,
      "you are told 15 min before, it is stopped",
    ],
    [
      "without a warning it is told when it is done",
      guards({ idle: idleGuard, warnMs: 0 }),
      idles,
      "you are told, it is stopped",
    ],
    [
      "a guard for other pods stops nothing",
      guards({ idle: { ...idleGuard, pods: ["db"] } }),
      idles,
      "! nobody is told, nothing is stopped",
    ],
    [
      "a lease that ends by default",
      guards({ lease: leaseGuard }),
      "a pod reaches its lease of 4 h 0 min",
      "you are told 15 min before, it is stopped",
    ],
    [
      "a hard timeout, whatever the lease is",
      guards({ lease: leaseGuard, hardTimeout }),
      "a pod runs for 8 h 0 min",
      "you are told 15 min before, it is stopped",
    ],
  ])("%s", (_sentence, changes, when, words) => {
    expect(told(policyWith(changes))).toMatchObject({ [when]: words });
  });

  it("a guard that is switched on changes its row, and only that", () => {
    const off = told(policyWith());
    const on = told(policyWith(guards({ idle: idleGuard })));

    expect(off[idles]).toBe("! nobody is told, nothing is stopped");
    expect(on[idles]).toBe("you are told 15 min before, it is stopped");
    expect({ ...on, [idles]: "" }).toEqual({ ...off, [idles]: "" });
  });

  it("no row for a lease that only people give, nor for an agent that nobody calls", () => {
    const thresholds = policyWith().thresholds.map((each) => ({
      ...each,
      answers: ["notify"] as const,
    }));
    const lease = { ...leaseGuard, defaultMs: undefined };

    const rows = told(policyWith({ thresholds, ...guards({ lease }) }), { hasAgent: false });

    expect(Object.keys(rows)).not.toContain(agentFails);
    expect(Object.keys(rows).filter((when) => when.includes("lease"))).toEqual([]);
    expect(rows[below10]).toBe("! you are told, nothing is stopped");
  });

  it("what is queued but has no command is heard by nobody", () => {
    const deaf = told(policyWith(guards({ idle: idleGuard })), {
      heard: ({ event }) => ({ kind: event === "trip" ? "at-once" : "nobody" }),
    });

    expect(deaf).toMatchObject({
      [idles]: "! nobody is told, it is stopped",
      [below10]: "you are told, the agent is called",
      "RunPod cannot be reached for 5 min": "! nobody is told",
    });
  });

  it("a dry run tells nobody and stops nothing", () => {
    const backstop = { action: "stop", afterMs: 120_000 } as const;
    const policy = policyWith({ backstop, ...guards({ idle: idleGuard }) });

    const rows = Object.values(told(policy, { dryRun: true }));

    expect(rows.every((words) => words.startsWith("! nobody"))).toBe(true);
  });

  it("pods that fare differently have a row each, and protected ones none", () => {
    const pods = [
      pod({ id: "t1", name: "train-1" }),
      pod({ id: "t2", name: "train-2" }),
      pod({ id: "d1", name: "db" }),
      pod({ id: "k1", name: "keep-me" }),
      pod({ id: "x1", name: "train-off", status: "stopped" }),
    ];
    const idle = { ...idleGuard, pods: ["train-*"] };

    const rows = told(policyWith({ protect: ["keep-*"], ...guards({ idle }) }), { pods });

    expect(rows).toMatchObject({
      "pods train-1 (t1), train-2 (t2) idle for 30 min":
        "you are told 15 min before, it is stopped",
      "pod db (d1) idles for 30 min": "! nobody is told, nothing is stopped",
    });
    expect(Object.keys(rows).join()).not.toContain("keep-me");
  });

  it("a locked pod is told of, and nothing stops it", () => {
    const backstop = { action: "stop", afterMs: 120_000 } as const;
    const policy = policyWith({ backstop, ...guards({ idle: idleGuard }) });
    const locked = pod({ id: "l1", name: "locked", isLocked: true });

    expect(told(policy, { pods: [locked] })).toMatchObject({
      [idles]: "! you are told, nothing is stopped",
      [agentFails]: "! you are told, nothing is stopped",
    });
    expect(told(policy, { pods: [locked, pod()] })).toMatchObject({
      [below50]: "you are told, the agent is called, 1 of 2 pods is stopped",
    });
  });

  it.each([
    ["unknown", "unknown" as const],
    ["none", []],
    ["all protected", [pod({ name: "keep-me" })]],
  ])("where the pods are %s, a pod that is started tonight stands for them", (_what, pods) => {
    const policy = policyWith({ protect: ["keep-me"], ...guards({ idle: idleGuard }) });

    expect(told(policy, { pods })).toMatchObject({
      [idles]: "you are told 15 min before, it is stopped",
    });
  });

  it("holds at any poll interval, and for a backstop of a day", () => {
    const backstop = { action: "terminate", afterMs: 24 * hourMs } as const;
    const policy = policyWith({ backstop, ...guards({ idle: idleGuard }) });

    for (const pollIntervalMs of [5_000, hourMs]) {
      expect(told(policy, { pollIntervalMs })).toMatchObject({
        [idles]: expect.stringMatching(/^you are told.*, it is stopped$/),
        [below50]: "you are told, the agent is called, pods that still run are terminated",
      });
    }
  });
});

it("says of a cluster what its guard does, and that a backstop leaves it", () => {
  const backstop = { action: "stop", afterMs: 120_000 } as const;
  const timeout = {
    ...hardTimeout,
    afterMs: hourMs,
    action: "terminate",
    clusters: ["llama"],
  } as const;
  const policy = policyWith({ backstop, ...guards({ hardTimeout: { ...timeout, pods: ["x"] } }) });
  const pods = [pod(), cluster(), cluster({ id: "c2", name: "other" })];

  const rows = told(policy, { pods });

  expect(rows).toMatchObject({
    "cluster llama (c1) runs for 1 h 0 min": "you are told 15 min before, it is terminated",
    "pod trainer (p1), cluster other (c2) run for 1 h 0 min":
      "! nobody is told, nothing is stopped",
    [below50]:
      "you are told, the agent is called, pods that still run are stopped, 2 clusters are left running",
  });
  expect(told(policy, { pods: [cluster()] })[below50]).toContain("1 cluster is left running");
});

it("with a heartbeat somebody outside tells you that this machine died, but not in a dry run", () => {
  const dies = "this machine dies";

  expect(told(policyWith(quiet), { hasHeartbeat: true })[dies]).toBe(
    "the heartbeat's receiver tells you",
  );
  expect(told(policyWith(quiet), { hasHeartbeat: true, dryRun: true })[dies]).toMatch(
    /^! nobody notices/,
  );
});

it.each<[onSilence: "notify" | "guard", words: string]>([
  ["notify", "the guard outside tells you and stops nothing"],
  ["guard", "the guard outside tells you and stops pods by these rules"],
])("with a guard outside that is to %s, it says so, but not in a dry run", (onSilence, words) => {
  const dies = "this machine dies";

  expect(told(policyWith(quiet), { onSilence })[dies]).toBe(words);
  expect(told(policyWith(quiet), { onSilence, hasHeartbeat: true })[dies]).toBe(
    `the heartbeat's receiver tells you, ${words}`,
  );
  expect(told(policyWith(quiet), { onSilence, dryRun: true })[dies]).toMatch(/^! nobody notices/);
});

it("a guard outside that cannot be asked, or that reaches nobody, is a hole", () => {
  const dies = "this machine dies";

  expect(told(policyWith(quiet), { onSilence: "gone" })[dies]).toBe(
    "! the guard outside does nothing",
  );
  expect(told(policyWith(quiet), { onSilence: "gone", hasHeartbeat: true })[dies]).toBe(
    "! the heartbeat's receiver tells you, the guard outside does nothing",
  );
  expect(told(policyWith(quiet), { onSilence: "guard", isMuteOutside: true })[dies]).toBe(
    "! the guard outside tells nobody and stops pods by these rules",
  );
});

it("what a channel keeps for the morning is said, and what is critical is told at once", () => {
  const channels = [{ name: "ntfy", minSeverity: "info" as const }];
  const policy = policyWith({
    ...quiet,
    channels,
    ...guards({ idle: { ...idleGuard, action: "stop" } }),
  });
  const night = { fromMinute: 23 * 60, toMinute: 7 * 60, timeZone: "UTC" };

  const rows = told(policy, {
    heard: ({ channel, severity }) =>
      channel !== "ntfy"
        ? { kind: "nobody" }
        : severity === "critical"
          ? { kind: "at-once" }
          : { kind: "waits", quietHours: night },
  });

  expect(rows[below10]).toBe(
    "you are told, but in quiet hours only at 07:00 (UTC), the agent is called",
  );
  expect(rows["the balance falls below $2.00"]).toBe("you are told, the agent is called");
  expect(rows[below50]).toBe("you are told, the agent is called");
  expect(rows[idles]).toBe(
    "you are told 15 min before, but in quiet hours only at 07:00 (UTC), it is stopped",
  );
});

it("a channel is not told of what it does not ask for", () => {
  const channels = [{ name: "ntfy", minSeverity: "critical" as const }];

  const rows = told(policyWith({ ...quiet, channels }));

  expect(rows[below10]).toBe("! nobody is told, the agent is called");
  expect(rows["the balance falls below $2.00"]).toBe("you are told, the agent is called");
  expect(rows[below50]).toBe("you are told, the agent is called");
  expect(rows["RunPod cannot be reached for 5 min"]).toBe("you are told");
});
