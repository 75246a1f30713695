import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { configSchema, jsonSchema } from "#config/schema.ts";

const top = join(import.meta.dirname, "../..");
const threshold = { name: "warning", below_usd: 10, prompt: "look" };

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly patternProperties?: object;
  readonly properties: Readonly<Record<string, Node>>;
  readonly items: Node;
  readonly anyOf?: readonly Node[];
}
const schema = jsonSchema() as Node;
const ofThreshold = schema.properties["thresholds"]?.items;
const ofBackstop = ofThreshold?.properties["backstop"];
const ofGuards = schema.properties["guards"];
const [ofIdle, ofLease, ofHardTimeout, ofStopped] = [
  "idle",
  "lease",
  "hard_timeout",
  "stopped",
].map((name) => ofGuards?.properties[name]?.anyOf?.[0]);
const [ofBudget, ofSchedule] = ["budgets", "schedules"].map(
  (name) => schema.properties[name]?.items,
);
const ofLaunch = schema.properties["launch"];
const keysOfGuards = ["action", "pods", "clusters", "prompt", "remind", "resolved"];
const ofMetric = ofIdle?.properties["activity_metrics"]?.items;
const ofEveryGuard = {
  action: { default: "notify", enum: ["notify", "agent", "stop", "terminate"] },
  pods: { default: ["*"], type: "array", minItems: 1 },
  prompt: { type: "string", minLength: 1 },
};

it("the shipped config.schema.json is the one of the code", async () => {
  const shipped = readFileSync(join(top, "config.schema.json"), "utf8");

  const made = await format(JSON.stringify(jsonSchema()), { parser: "json", printWidth: 100 });

  expect(shipped).toBe(made);
});

it("every key is described to the editor", () => {
  const nodes = [
    schema,
    ofThreshold,
    ofBackstop,
    ofGuards,
    ofIdle,
    ofLease,
    ofHardTimeout,
    ofStopped,
    ofMetric,
    ofBudget,
    ofSchedule,
    ofLaunch,
  ];
  const all = nodes.flatMap((node) => Object.entries(node?.properties ?? {}));

  const silent = all.filter(([, node]) => !node.description);

  expect(silent).toEqual([]);
});

it("the keys are those of the Python tool and ours", () => {
  expect(Object.keys(schema.properties)).toEqual([
    "$schema",
    "api_key",
    "api_key_file",
    "api_key_env",
    "poll_interval_seconds",
    "poll",
    "max_runtime_seconds",
    "state_file",
    "log_file",
    "claude_command",
    "claude_timeout_seconds",
    "claude_attempts",
    "agent_permissions",
    "agent_max_turns",
    "agent_max_budget_usd",
    "extra_notify_command",
    "pass_api_key",
    "notify_timeout_seconds",
    "notify",
    "heartbeat",
    "brief",
    "http",
    "outside",
    "blind_after_seconds",
    "protect",
    "thresholds",
    "trip_on_estimate",
    "budgets",
    "schedules",
    "guards",
    "foreign_pods",
    "launch",
    "history_days",
    "dry_run",
    "api",
    "rest_url",
    "rest_balance_path",
    "runpod_url",
  ]);
  expect(Object.keys(ofThreshold?.properties ?? {})).toEqual([
    "name",
    "below_usd",
    "below_hours",
    "prompt",
    "extra_notify_command",
    "pass_api_key",
    "backstop",
    "remind",
    "resolved",
  ]);
  expect(Object.keys(ofBackstop?.properties ?? {})).toEqual(["action", "after_seconds"]);
});

it.each([
  [
    "the guards",
    ofGuards,
    [
      "idle",
      "lease",
      "hard_timeout",
      "stopped",
      "warn_minutes",
      "before_stop_command",
      "pass_api_key",
      "before_stop_timeout_seconds",
      "before_stop_must_succeed",
      "max_ends_per_hour",
    ],
  ],
  [
    "idle",
    ofIdle,
    [
      "after_minutes",
      "gpu_percent",
      "cpu_percent",
      "gpu_memory_percent",
      "boot_grace_minutes",
      "action",
      "pods",
      "clusters",
      "prompt",
      "remind",
      "resolved",
      "activity_command",
      "pass_api_key",
      "activity_metrics",
    ],
  ],
  ["a lease", ofLease, ["default_hours", "max_hours", ...keysOfGuards]],
  ["a hard timeout", ofHardTimeout, ["hours", ...keysOfGuards]],
  [
    "the guard of stopped pods",
    ofStopped,
    ["after_hours", "action", "data_loss", "pods", "remind", "resolved"],
  ],
  [
    "a budget",
    ofBudget,
    ["name", "usd", "per", "pods", "timezone", "prompt", "action", "freeze", "remind", "resolved"],
  ],
  ["a schedule", ofSchedule, ["name", "cron", "timezone", "pods", "action", "except"]],
  ["a metric", ofMetric, ["url", "metric", "above", "increases"]],
])("the keys of %s", (_sentence, node, keys) => {
  expect(Object.keys(node?.properties ?? {})).toEqual(keys);
});

it("only the thresholds must be there, and of each its name, line and prompt; of a backstop its action", () => {
  expect(ofBackstop?.required).toEqual(["action"]);
  expect(schema.required).toEqual(["thresholds"]);
  expect(ofThreshold?.required).toEqual(["name", "prompt"]);
});

it.each([
  ["poll_interval_seconds", { default: 60, minimum: 5, maximum: 86_400 }],
  ["max_runtime_seconds", { default: 0, minimum: 0 }],
  ["claude_timeout_seconds", { default: 300, exclusiveMinimum: 0, maximum: 86_400 }],
  ["claude_attempts", { default: 3, minimum: 1, maximum: 100, type: "integer" }],
  ["agent_permissions", { default: "scoped", enum: ["scoped", "inherit"] }],
  ["agent_max_turns", { default: 30, minimum: 1, type: "integer" }],
  ["agent_max_budget_usd", { default: 2, exclusiveMinimum: 0 }],
  ["notify_timeout_seconds", { default: 30, exclusiveMinimum: 0, maximum: 86_400 }],
  ["blind_after_seconds", { default: 300, minimum: 0 }],
  ["protect", { default: [], type: "array" }],
  ["guards", { default: {}, type: "object" }],
  ["history_days", { default: 90, minimum: 1, maximum: 3_660, type: "number" }],
  ["dry_run", { default: false, type: "boolean" }],
  ["api", { default: "auto", type: "string" }],
  ["thresholds", { type: "array", minItems: 1 }],
])("the editor knows the limits of %s", (key, expected) => {
  expect(schema.properties[key]).toMatchObject(expected);
});

it("the editor knows the limits of a backstop", () => {
  expect(ofBackstop?.properties).toMatchObject({
    action: { enum: ["stop", "terminate"] },
    after_seconds: { default: 120, minimum: 0, maximum: 86_400 },
  });
});

it.each([
  [
    "the guards",
    ofGuards,
    {
      warn_minutes: { default: 15, minimum: 0, maximum: 1_440 },
      before_stop_timeout_seconds: { default: 300, exclusiveMinimum: 0, maximum: 86_400 },
      max_ends_per_hour: { default: 20, minimum: 1, type: "integer" },
    },
  ],
  [
    "idle",
    ofIdle,
    {
      ...ofEveryGuard,
      after_minutes: { default: 30, exclusiveMinimum: 0, maximum: 10_080 },
      gpu_percent: { default: 5, exclusiveMinimum: 0, maximum: 100 },
      cpu_percent: { default: 10, exclusiveMinimum: 0, maximum: 10_000 },
      boot_grace_minutes: { default: 15, minimum: 0, maximum: 1_440 },
      activity_metrics: { default: [], type: "array" },
    },
  ],
  [
    "a lease",
    ofLease,
    {
      ...ofEveryGuard,
      default_hours: {
        default: 4,
        anyOf: [{ type: "number", exclusiveMinimum: 0, maximum: 8_760 }, { type: "null" }],
      },
      max_hours: { default: 8, exclusiveMinimum: 0, maximum: 8_760 },
    },
  ],
  [
    "a hard timeout",
    ofHardTimeout,
    { ...ofEveryGuard, hours: { default: 8, exclusiveMinimum: 0, maximum: 8_760 } },
  ],
  ["a metric", ofMetric, { above: { type: "number" }, increases: { const: true } }],
])("the editor knows the limits of %s", (_sentence, node, expected) => {
  expect(node?.properties).toMatchObject(expected);
});

it("nothing of the guards must be there, but a metric's address and name", () => {
  for (const node of [ofGuards, ofIdle, ofLease, ofHardTimeout]) {
    expect(node).toBeDefined();
    expect(node?.required).toBeUndefined();
  }
  expect(ofMetric?.required).toEqual(["url", "metric"]);
});

it("the editor takes notes anywhere and other keys nowhere", () => {
  const nodes = [schema, ofThreshold, ofBackstop, ofGuards];
  for (const node of [...nodes, ofIdle, ofLease, ofHardTimeout, ofMetric]) {
    expect(node?.additionalProperties).toBe(false);
    expect(node?.patternProperties).toEqual({ "^_": {} });
  }
});

describe("what a file may hold", () => {
  it("absent keys have the defaults of the Python tool, and ours", () => {
    const file = configSchema.parse({ thresholds: [threshold] });

    expect(file).toEqual({
      poll_interval_seconds: 60,
      poll: "adaptive",
      trip_on_estimate: false,
      foreign_pods: "guard",
      budgets: [],
      schedules: [],
      max_runtime_seconds: 0,
      claude_timeout_seconds: 300,
      claude_attempts: 3,
      agent_permissions: "scoped",
      agent_max_turns: 30,
      agent_max_budget_usd: 2,
      notify_timeout_seconds: 30,
      notify: [],
      blind_after_seconds: 300,
      protect: [],
      dry_run: false,
      api: "auto",
      pass_api_key: false,
      thresholds: [{ ...threshold, remind: "once", resolved: false }],
      guards: {
        warn_minutes: 15,
        pass_api_key: false,
        before_stop_timeout_seconds: 300,
        before_stop_must_succeed: false,
        max_ends_per_hour: 20,
      },
      history_days: 90,
    });
  });

  it.each<[string, unknown]>([
    ["poll_interval_seconds", NaN],
    ["poll_interval_seconds", Infinity],
    ["max_runtime_seconds", Infinity],
    ["max_runtime_seconds", NaN],
    ["claude_timeout_seconds", NaN],
    ["claude_timeout_seconds", -1],
    ["claude_attempts", 0],
    ["claude_attempts", 1.5],
    ["claude_attempts", Infinity],
    ["agent_permissions", "all"],
    ["agent_permissions", null],
    ["agent_max_turns", 0],
    ["agent_max_budget_usd", 0],
    ["agent_max_budget_usd", Infinity],
    ["notify_timeout_seconds", 0],
    ["notify_timeout_seconds", 86_401],
    ["blind_after_seconds", -1],
    ["blind_after_seconds", Infinity],
    ["protect", "my-pod"],
    ["protect", [""]],
    ["protect", [5]],
    ["thresholds", [{ ...threshold, backstop: {} }]],
    ["thresholds", [{ ...threshold, backstop: "stop" }]],
    ["thresholds", [{ ...threshold, backstop: { action: "kill" } }]],
    ["thresholds", [{ ...threshold, backstop: { action: "stop", after: 5 } }]],
    ["thresholds", [{ ...threshold, backstop: { action: "stop", after_seconds: -1 } }]],
    ["thresholds", [{ ...threshold, backstop: { action: "stop", after_seconds: 86_401 } }]],
    ["dry_run", "false"],
    ["api", "soap"],
    ["rest_url", "javascript:alert(1)"],
    ["rest_balance_path", "billing"],
    ["rest_balance_path", "//elsewhere/billing"],
    ["rest_balance_path", "/billing?key=1"],
    ["rest_balance_path", "/../billing"],
    ["runpod_url", "javascript:alert(1)"],
    ["runpod_url", "file:///etc/passwd"],
    ["thresholds", [{ ...threshold, below_usd: NaN }]],
    ["thresholds", [{ ...threshold, below_usd: Infinity }]],
    ["thresholds", [{ ...threshold, below_usd: true }]],
    ["thresholds", []],
    ["guards", null],
    ["guards", []],
    ["guards", { warn_minutes: NaN }],
    ["guards", { warn_minutes: Infinity }],
    ["guards", { before_stop_timeout_seconds: NaN }],
    ["guards", { max_ends_per_hour: NaN }],
    ["guards", { max_ends_per_hour: Infinity }],
    ["guards", { idle: { after_minutes: NaN } }],
    ["guards", { idle: { after_minutes: Infinity } }],
    ["guards", { idle: { gpu_percent: NaN } }],
    ["guards", { idle: { cpu_percent: NaN } }],
    ["guards", { idle: { boot_grace_minutes: NaN } }],
    ["guards", { idle: { activity_metrics: [{ url: "http://a/", metric: "m", above: NaN }] } }],
    ["guards", { lease: { default_hours: NaN } }],
    ["guards", { lease: { default_hours: -Infinity } }],
    ["guards", { lease: { max_hours: NaN } }],
    ["guards", { lease: { max_hours: Infinity } }],
    ["guards", { hard_timeout: { hours: NaN } }],
    ["guards", { hard_timeout: { hours: Infinity } }],
    ["guards", { hard_timeout: { hours: null } }],
    ["history_days", NaN],
    ["history_days", Infinity],
    ["unknown", 1],
  ])("not %s: %j", (key, value) => {
    const parsed = configSchema.safeParse({ thresholds: [threshold], [key]: value });

    expect(parsed.success).toBe(false);
  });
});
