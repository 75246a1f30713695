import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";
import { describe, expect, it } from "vitest";
import { configSchema, jsonSchema } from "../../src/config/schema.ts";

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
}
const schema = jsonSchema() as Node;
const ofThreshold = schema.properties["thresholds"]?.items;

it("the shipped config.schema.json is the one of the code", async () => {
  const shipped = readFileSync(join(top, "config.schema.json"), "utf8");

  const made = await format(JSON.stringify(jsonSchema()), { parser: "json", printWidth: 100 });

  expect(shipped).toBe(made);
});

it("every key is described to the editor", () => {
  const all = { ...schema.properties, ...ofThreshold?.properties };

  const silent = Object.entries(all).filter(([, node]) => !node.description);

  expect(silent).toEqual([]);
});

it("the keys are those of the Python tool and ours", () => {
  expect(Object.keys(schema.properties)).toEqual([
    "$schema",
    "api_key",
    "api_key_file",
    "api_key_env",
    "poll_interval_seconds",
    "max_runtime_seconds",
    "state_file",
    "log_file",
    "claude_command",
    "claude_timeout_seconds",
    "extra_notify_command",
    "thresholds",
    "dry_run",
    "runpod_url",
  ]);
  expect(Object.keys(ofThreshold?.properties ?? {})).toEqual([
    "name",
    "below_usd",
    "prompt",
    "extra_notify_command",
  ]);
});

it("only the thresholds must be there, and of each its name, line and prompt", () => {
  expect(schema.required).toEqual(["thresholds"]);
  expect(ofThreshold?.required).toEqual(["name", "below_usd", "prompt"]);
});

it.each([
  ["poll_interval_seconds", { default: 60, minimum: 5, maximum: 86_400 }],
  ["max_runtime_seconds", { default: 0, minimum: 0 }],
  ["claude_timeout_seconds", { default: 300, exclusiveMinimum: 0, maximum: 86_400 }],
  ["dry_run", { default: false, type: "boolean" }],
  ["thresholds", { type: "array", minItems: 1 }],
])("the editor knows the limits of %s", (key, expected) => {
  expect(schema.properties[key]).toMatchObject(expected);
});

it("the editor takes notes anywhere and other keys nowhere", () => {
  for (const node of [schema, ofThreshold]) {
    expect(node?.additionalProperties).toBe(false);
    expect(node?.patternProperties).toEqual({ "^_": {} });
  }
});

describe("what a file may hold", () => {
  it("absent keys have the defaults of the Python tool", () => {
    const file = configSchema.parse({ thresholds: [threshold] });

    expect(file).toEqual({
      poll_interval_seconds: 60,
      max_runtime_seconds: 0,
      claude_timeout_seconds: 300,
      dry_run: false,
      thresholds: [threshold],
    });
  });

  it.each<[string, unknown]>([
    ["poll_interval_seconds", NaN],
    ["poll_interval_seconds", Infinity],
    ["max_runtime_seconds", Infinity],
    ["max_runtime_seconds", NaN],
    ["claude_timeout_seconds", NaN],
    ["claude_timeout_seconds", -1],
    ["dry_run", "false"],
    ["runpod_url", "javascript:alert(1)"],
    ["runpod_url", "file:///etc/passwd"],
    ["thresholds", [{ ...threshold, below_usd: NaN }]],
    ["thresholds", [{ ...threshold, below_usd: Infinity }]],
    ["thresholds", [{ ...threshold, below_usd: true }]],
    ["thresholds", []],
    ["unknown", 1],
  ])("not %s: %j", (key, value) => {
    const parsed = configSchema.safeParse({ thresholds: [threshold], [key]: value });

    expect(parsed.success).toBe(false);
  });
});
