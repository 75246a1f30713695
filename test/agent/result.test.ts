import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AgentResult, readResult, verdictOf } from "#agent/result.ts";

/** As Claude Code 2.1.197 printed it, shortened. */
const printed = {
  type: "result",
  subtype: "success",
  is_error: false,
  num_turns: 5,
  result: "Stopped podA.",
  session_id: "0a1b",
  total_cost_usd: 0.0312,
  permission_denials: [
    { tool_name: "Bash", tool_use_id: "t1", tool_input: { command: "runpodctl pod delete podB" } },
  ],
};
const read = {
  kind: "readable",
  isError: false,
  subtype: "success",
  turns: 5,
  costUsd: 0.0312,
  denials: [{ tool: "Bash", command: "runpodctl pod delete podB" }],
  text: "Stopped podA.",
} as const;
const line = JSON.stringify(printed);

function printedWith(overrides: object): string {
  return JSON.stringify({ ...printed, ...overrides });
}

describe("a result", () => {
  it.each([
    ["is the line that was printed", `${line}\n`],
    ["is the last line, whatever stands before it", `a warning\n{"is_error": true}\n${line}\n`],
    ["is found before lines that are no result", `${line}\n{"hook": "done"}\nbye\n`],
    [
      "is the last message of an array, as with --verbose",
      JSON.stringify([{ type: "system" }, printed]),
    ],
    ["may end in CR LF", `${line}\r\n`],
  ])("%s", (_sentence, stdout) => {
    expect(readResult(stdout)).toEqual(read);
  });

  it.each<[string, object, Partial<AgentResult>]>([
    ["without turns and cost", { num_turns: undefined, total_cost_usd: "?" }, {}],
    ["without denials", { permission_denials: undefined }, { denials: [] }],
    ["with no words", { result: undefined, subtype: "error_max_turns" }, { text: "" }],
    [
      "with a denial of another tool",
      { permission_denials: [{ tool_name: "Read", tool_input: { file_path: "/etc/passwd" } }] },
      { denials: [{ tool: "Read", command: '{"file_path":"/etc/passwd"}' }] },
    ],
    [
      "with denials of a shape we do not know, which count all the same",
      { permission_denials: ["pod delete", null, { tool_input: 1 }] },
      {
        denials: [
          { tool: "a tool", command: '"pod delete"' },
          { tool: "a tool", command: "null" },
          { tool: "a tool", command: "1" },
        ],
      },
    ],
  ])("%s is readable", (_sentence, overrides, expected) => {
    expect(readResult(printedWith(overrides))).toMatchObject({ kind: "readable", ...expected });
  });

  it.each([
    ["nothing", "", "it printed nothing"],
    ["blanks", " \n\n", "it printed nothing"],
    ["words", "All pods are stopped.\n", "it printed no result in JSON"],
    ["half of a line", line.slice(0, 50), "it printed no result in JSON"],
    ["other JSON", '{"ok": true}\n7\nnull\n[]\n', "it printed no result in JSON"],
    [
      "an error that is neither true nor false",
      printedWith({ is_error: 1 }),
      "it printed no result in JSON",
    ],
    [
      "denials that are no list",
      printedWith({ permission_denials: 2 }),
      "it printed no result in JSON",
    ],
    ["more than was kept", undefined, "it printed too much to be a result"],
  ])("cannot be read from %s", (_sentence, stdout, because) => {
    expect(readResult(stdout)).toEqual({ kind: "unreadable", because });
  });

  it("is cleaned and cut for the log", () => {
    const command = `echo \u001b[31m\u202e${"x".repeat(500)}\nsecond`;
    const stdout = printedWith({
      result: `one\r\n\u001b[2Jtwo\u0007\u2028\n${"y".repeat(5_000)}`,
      permission_denials: [{ tool_name: "Ba\u0000sh", tool_input: { command } }],
    });

    const result = readResult(stdout);

    expect(result).toMatchObject({
      text: expect.stringMatching(/^one\n\[2Jtwo\ny{1900,2000}…$/),
      denials: [{ tool: "Bash", command: expect.stringMatching(/^echo \[31mx{180,200}…$/) }],
    });
  });

  it("is read from any text without an exception", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        expect(["readable", "unreadable"]).toContain(readResult(text).kind);
      }),
    );
  });
});

describe("the verdict", () => {
  const denials = read.denials;
  const two = [...denials, ...denials];
  const unreadable: AgentResult = { kind: "unreadable", because: "it printed nothing" };

  it.each<[string, number, AgentResult, boolean | "unknown", string, string]>([
    [
      "it did its work",
      0,
      { ...read, denials: [] },
      true,
      "done",
      "done after 41.0 s, 5 turns, $0.03",
    ],
    [
      "it was free to act and kept the pods",
      0,
      { ...read, denials: [] },
      false,
      "done",
      "done after 41.0 s, 5 turns, $0.03",
    ],
    [
      "it was refused a pod and ended another",
      0,
      read,
      true,
      "done",
      "done after 41.0 s, 5 turns, $0.03, 1 command was refused",
    ],
    [
      "it was refused, and nothing ended",
      0,
      { ...read, denials: two },
      false,
      "failed",
      "2 commands were refused and no pod stopped",
    ],
    [
      "it was refused, and nobody knows what ended",
      0,
      read,
      "unknown",
      "failed",
      "1 command was refused, and it is not known whether a pod stopped",
    ],
    [
      "it ran out of turns",
      0,
      { ...read, isError: true, subtype: "error_max_turns" },
      true,
      "failed",
      "it used up its turns (agent_max_turns) before it was done",
    ],
    [
      "the model could not be reached",
      0,
      { ...read, isError: true, text: "API Error: 401\nPlease run /login" },
      false,
      "failed",
      "Claude Code reported an error (API Error: 401 Please run /login)",
    ],
    [
      "it reported an error without words",
      0,
      { ...read, isError: true, text: "" },
      false,
      "failed",
      "Claude Code reported an error",
    ],
    [
      "it exited with an error that it reported",
      1,
      { ...read, isError: true, subtype: "error_max_budget_usd" },
      true,
      "failed",
      "exit 1 after 41.0 s: it used up its budget (agent_max_budget_usd) before it was done",
    ],
    [
      "it exited with an error",
      1,
      unreadable,
      true,
      "failed",
      "exit 1 after 41.0 s: what it printed",
    ],
    [
      "it exited with an error and no word of it",
      2,
      read,
      true,
      "failed",
      "exit 2 after 41.0 s: Stopped podA.",
    ],
    [
      "it ended well without a result",
      0,
      unreadable,
      true,
      "failed",
      "no readable result (it printed nothing): what it printed",
    ],
    [
      "it did not say what it used up",
      0,
      { ...read, denials: [], turns: 1, costUsd: undefined },
      true,
      "done",
      "done after 41.0 s, 1 turn",
    ],
  ])("when %s", (_sentence, code, result, endedSomething, kind, because) => {
    const ran = { kind: "exited", code, tail: "what it printed", tookMs: 41_000 } as const;

    const verdict = verdictOf(ran, result, endedSomething);

    expect(verdict).toMatchObject({ kind, because });
  });

  it.each<[string, AgentResult, string]>([
    ["its last words", read, "Stopped podA."],
    ["what it printed, when it had none", { ...read, text: "" }, "what it printed"],
    ["what it printed, when they cannot be read", unreadable, "what it printed"],
  ])("shows %s", (_sentence, result, tail) => {
    const ran = { kind: "exited", code: 0, tail: "what it printed", tookMs: 1 } as const;

    expect(verdictOf(ran, result, true).tail).toBe(tail);
  });
});
