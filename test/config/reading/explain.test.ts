import { describe, expect, it } from "vitest";
import * as z from "zod";
import { explain, type Fault, pathOf, unusable } from "#config/reading/explain.ts";

const asIs = (text: string): string => text;

function faultsOf(schema: z.ZodType, raw: unknown, known: readonly string[] = []): Fault[] {
  const issues = schema.safeParse(raw).error?.issues ?? [];
  return issues.flatMap((issue) => explain(issue, raw, known, asIs));
}

it.each<[readonly PropertyKey[], string]>([
  [[], ""],
  [["poll_interval_seconds"], "poll_interval_seconds"],
  [["thresholds", 1, "below_usd"], "thresholds[1].below_usd"],
  [["claude_command", 0], "claude_command[0]"],
  [["thresholds", 0, "extra_notify_command", 12], "thresholds[0].extra_notify_command[12]"],
])("the path %j is written %s", (path, written) => {
  expect(pathOf(path)).toBe(written);
});

describe("a fault in words", () => {
  it.each<[string, z.ZodType, unknown, string]>([
    ["no text", z.string(), 5, "must be text in quotes (got 5)"],
    ["no number", z.number(), "5", 'must be a number (got "5")'],
    ["no finite number", z.number(), Infinity, "must be a number (got Infinity)"],
    ["no whole number", z.int(), 2.5, "must be a whole number (got 2.5)"],
    ["none of two words", z.enum(["a", "b"]), "c", 'must be "a" or "b" (got "c")'],
    ["neither true nor false", z.boolean(), null, "must be true or false (got null)"],
    ["no list", z.array(z.string()), {}, "must be a list (got an object)"],
    ["no object", z.object({}), [], "must be an object in braces (got an empty list)"],
    ["too small", z.number().min(5), 4, "must be at least 5 (got 4)"],
    ["not above", z.number().positive(), 0, "must be greater than 0 (got 0)"],
    ["too great", z.number().max(9), 10, "must be at most 9 (got 10)"],
    ["empty text", z.string().min(1), "", 'must not be empty (got "")'],
    [
      "empty list",
      z.array(z.string()).min(1),
      [],
      "must have at least one entry (got an empty list)",
    ],
    ["a rule of ours", z.string().refine(() => false, "must be odd"), "a", 'must be odd (got "a")'],
    ["control characters", z.number(), "\u001b[2J", 'must be a number (got "\\u001b[2J")'],
  ])("%s", (_sentence, schema, value, what) => {
    const faults = faultsOf(z.object({ key: schema }), { key: value });

    expect(faults).toEqual([{ where: "key", what }]);
  });

  it("what is missing is said to be", () => {
    const faults = faultsOf(z.object({ key: z.number() }), {});

    expect(faults).toEqual([{ where: "key", what: "is missing; it must be a number" }]);
  });

  it("a rule of ours may say more than the value", () => {
    const schema = z.object({}).superRefine((_value, context) => {
      context.addIssue({ code: "custom", message: "must be odd", params: { found: "it is even" } });
    });

    const faults = faultsOf(z.object({ key: schema }), { key: {} });

    expect(faults).toEqual([{ where: "key", what: "must be odd (it is even)" }]);
  });

  it("a long value is cut to 60 characters", () => {
    const [fault] = faultsOf(z.object({ key: z.number() }), { key: "x".repeat(100) });

    expect(fault?.what).toBe(`must be a number (got "${"x".repeat(56)}...)`);
  });

  it.each<[string, unknown]>([
    ["text", "secret"],
    ["a number", 123_456],
    ["a list", ["secret"]],
    ["an object", { key: "secret" }],
  ])("the API key is not shown as %s", (_sentence, value) => {
    const schema = z.object({ api_key: z.string().max(1).regex(/^$/) });

    const faults = faultsOf(schema, { api_key: value });

    expect(faults.length).toBeGreaterThan(0);
    for (const { what } of faults) expect(what).toContain("(got a hidden value)");
  });

  it("a secret is blanked out before its value is cut", () => {
    const raw = { key: `${"x".repeat(50)}secret` };
    const issue = z.object({ key: z.number() }).safeParse(raw).error?.issues[0];
    if (issue === undefined) throw new Error("nothing was wrong");

    const [fault] = explain(issue, raw, [], (text) => text.replace("secret", "*"));

    expect(fault?.what).toBe(`must be a number (got "${"x".repeat(50)}*")`);
  });

  it.each<[string, string]>([
    ["pol_interval", "; did you mean poll_interval_seconds?"],
    ["poll", "; did you mean poll_interval_seconds?"],
    ["promt", "; did you mean prompt?"],
    ["nothing_like_it", "; remove it, or put a _ before its name to keep it as a note"],
  ])("unknown key %s%s", (key, suggestion) => {
    const known = ["name", "prompt", "poll_interval_seconds"];

    const faults = faultsOf(z.strictObject({}), { [key]: "never shown" }, known);

    expect(faults).toEqual([{ where: key, what: `is not a known key${suggestion}` }]);
  });

  it("unknown keys are told one by one, with the path to them", () => {
    const schema = z.object({ list: z.array(z.strictObject({})) });

    const faults = faultsOf(schema, { list: [{}, { a: 1, b: 2 }] });

    expect(faults.map(({ where }) => where)).toEqual(["list[1].a", "list[1].b"]);
  });
});

it("faults stand in two columns below the file's name", () => {
  const error = unusable("/etc/config.json", [
    { where: "a", what: "is wrong" },
    { where: "longer", what: "is wrong too" },
  ]);

  expect(error).toMatchObject({
    message: "/etc/config.json cannot be used:\n  a       is wrong\n  longer  is wrong too",
    hint: "Fix these, then run: runpodboss -c /etc/config.json check",
    exitCode: 2,
  });
});

describe("a value that may hold a secret is not repeated:", () => {
  it.each<[string, z.ZodType, unknown, string]>([
    [
      "a command in one text",
      z.object({ extra_notify_command: z.array(z.string()) }),
      { extra_notify_command: "curl https://hooks.example/T0/SECRET" },
      "must be a list (got text)",
    ],
    [
      "a word of a command",
      z.object({ claude_command: z.array(z.string().max(3)) }),
      { claude_command: ["SECRET"] },
      "must have at most 3 characters (got text)",
    ],
    [
      "an address",
      z.object({ url: z.string().refine(() => false, "must be http") }),
      { url: "ftp://me:SECRET@h/x?token=SECRET" },
      'must be http (got "ftp://[redacted]@h/x?[redacted]")',
    ],
    [
      "an address in place of a list",
      z.object({ activity_metrics: z.array(z.string()) }),
      { activity_metrics: "http://me:SECRET@h/" },
      'must be a list (got "http://[redacted]@h/")',
    ],
  ])("%s", (_sentence, schema, raw, what) => {
    expect(faultsOf(schema, raw).map((fault) => fault.what)).toEqual([what]);
  });
});
