import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { inForceOf, unreadBy } from "#config/in-force.ts";
import { policyOf } from "#config/policy.ts";
import type { Settings } from "#config/settings.ts";
import { shortPaces } from "../short-paces.ts";

const by = { pid: 7, sinceMs: 1_000 };
const first: Settings = {
  configPath: "/config.json",
  apiKey: "rpa_secret_secret_secret",
  apiKeyFrom: "api_key",
  apiKeyNames: [],
  secrets: [],
  pollIntervalMs: 60_000,
  maxRuntimeMs: Infinity,
  stateFile: "/state.json",
  logFile: "/guard.log",
  claudeCommand: ["claude"],
  claudeTimeoutMs: 1,
  claudeAttempts: 1,
  agentPermissions: "scoped",
  agentMaxTurns: 1,
  agentMaxBudgetUsd: 1,
  notifyCommand: ["curl", "https://ntfy.sh/nobody-else-knows"],
  notifyTimeoutMs: 1,
  channels: [],
  blindAfterMs: 1,
  protect: ["db"],
  thresholds: [],
  guards: {
    idle: {
      afterMs: 1,
      gpuPercent: 5,
      cpuPercent: 5,
      gpuMemoryPercent: 100,
      bootGraceMs: 0,
      hasProbes: true,
      action: "stop",
      pods: ["*"],
      prompt: "a prompt of mine",
      activityCommand: ["ask", "a-password"],
      activityMetrics: [],
    },
    warnMs: 1,
    maxEndsPerHour: 1,
    beforeStopCommand: ["save", "another-password"],
    beforeStopTimeoutMs: 1,
  },
  budgets: [],
  schedules: [],
  poll: "adaptive",
  historyDays: 90,
  dryRun: false,
  api: "auto",
  runpodUrl: "https://example",
  restUrl: undefined,
  warnings: [],
};

function inForce(settings: Settings = first) {
  return inForceOf(settings, policyOf(settings, shortPaces), by);
}

it.each<[string, Partial<Settings>, readonly string[], boolean]>([
  ["what is protected", { protect: [] }, ["protect"], false],
  ["a pod's guard", { guards: { ...first.guards, idle: undefined } }, ["guards"], false],
  ["what becomes of pods started elsewhere", { foreignPods: "ignore" }, ["foreign_pods"], false],
  ["a command", { notifyCommand: [] }, ["extra_notify_command"], false],
  ["how often it polls", { pollIntervalMs: 5_000 }, ["poll_interval_seconds"], false],
  ["what only a restart changes", { logFile: "/other.log" }, ["log_file"], true],
  ["an end that never comes", { maxRuntimeMs: 5 }, ["max_runtime_seconds"], true],
])("%s has changed since the daemon read it", (_sentence, changes, keys, needsRestart) => {
  expect(unreadBy(inForce(), { ...first, ...changes })).toEqual({ ...by, keys, needsRestart });
});

it.each<[string, Settings, Settings]>([
  ["nothing", first, { ...first }],
  ["where the config lies and what it warns of", first, { ...first, warnings: ["a warning"] }],
  ["another key of the account", first, { ...first, apiKey: "another" }],
  [
    "the daemon runs in a pod, whose id the shell does not know",
    { ...first, protect: ["db", "own"], ownPodId: "own" },
    first,
  ],
])("nothing has changed: %s", (_sentence, before, now) => {
  expect(unreadBy(inForce(before), now)).toBeUndefined();
});

it("a key that the daemon's version does not have has not changed", () => {
  const { protect: _, ...marks } = inForce().marks;

  expect(unreadBy({ ...inForce(), marks }, { ...first, protect: [] })).toBeUndefined();
});

it("what becomes of pods started elsewhere is in force as it was read", () => {
  const { policy } = inForce({ ...first, foreignPods: "ignore" });

  expect(policy.podGuards.foreign).toBe("ignore");
  expect(inForce().policy.podGuards).not.toHaveProperty("foreign");
});

it("nothing of commands, prompts and keys is written down", () => {
  expect(JSON.stringify(inForce())).not.toMatch(/secret|password|nobody-else|a prompt/);
});

describe("channels and the heartbeat", () => {
  const ntfy = {
    type: "ntfy",
    name: "ntfy",
    url: "https://ntfy.sh/gpu",
    minSeverity: "info",
  } as const;
  const channels = [{ ...ntfy, timeLimitMs: 1 }];
  const heartbeat = { url: "https://hc-ping.com/a-uuid", everyMs: 60_000 };
  const both: Settings = { ...first, channels, heartbeat };

  it.each<[string, Settings, Partial<Settings>, readonly string[]]>([
    ["nothing", both, {}, []],
    [
      "another topic",
      both,
      { channels: [{ ...ntfy, url: "https://ntfy.sh/gpus", timeLimitMs: 1 }] },
      ["notify"],
    ],
    ["a channel that is new", first, { channels }, ["notify"]],
    ["one that is gone", both, { channels: [] }, ["notify"]],
    ["another heartbeat", both, { heartbeat: { ...heartbeat, everyMs: 1 } }, ["heartbeat"]],
    ["no heartbeat", both, { heartbeat: undefined }, ["heartbeat"]],
    ["a heartbeat that is new", first, { heartbeat }, ["heartbeat"]],
    ["a brief that is new", first, { brief: { atMinute: 540 } }, ["brief"]],
  ])("%s has changed", (_sentence, before, changes, keys) => {
    expect(unreadBy(inForce(before), { ...before, ...changes })?.keys ?? []).toEqual(keys);
  });

  it("what a daemon of an older version does not know and is asked for needs a newer one", () => {
    const { notify: _notify, heartbeat: _heartbeat, ...marks } = inForce(first).marks;

    const unread = unreadBy({ ...inForce(first), marks }, both);

    expect(unread).toMatchObject({ keys: ["notify", "heartbeat"], needsRestart: true });
    expect(unreadBy({ ...inForce(first), marks }, first)).toBeUndefined();
  });

  it("their marks are of no use to whoever tries words out: they differ each time", () => {
    const [one, other] = [inForce(both).marks, inForce(both).marks];

    expect(one["notify"]).not.toBe(other["notify"]);
    expect(one["heartbeat"]).not.toBe(other["heartbeat"]);
    expect(one["protect"]).toBe(other["protect"]);
  });
});

it("the clusters that a guard names are in force, and another choice of them is unread", () => {
  const hardTimeout = {
    afterMs: 1,
    action: "terminate",
    pods: ["*"],
    clusters: ["llama"],
    prompt: "",
  } as const;
  const { idle } = first.guards;
  const both = idle && { ...idle, action: "terminate" as const, clusters: ["i"] };
  const lease = { ...hardTimeout, defaultMs: 1, maxMs: 2 };
  const named: Settings = { ...first, guards: { ...first.guards, hardTimeout, lease, idle: both } };
  const other: Settings = {
    ...named,
    guards: { ...named.guards, hardTimeout: { ...hardTimeout, clusters: ["llama", "b"] } },
  };

  const inForce = inForceOf(named, policyOf(named, shortPaces), by);

  expect(inForce.policy.podGuards).toMatchObject({
    hardTimeout: { clusters: ["llama"] },
    lease: { clusters: ["llama"] },
    idle: { clusters: ["i"] },
  });
  expect(unreadBy(inForce, named)).toBeUndefined();
  expect(unreadBy(inForce, other)?.keys).toEqual(["guards"]);
});

it("names its config for whoever stands in another folder", () => {
  expect(inForce({ ...first, configPath: "config.json" }).configPath).toBe(resolve("config.json"));
});
