import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { inCall } from "#hook/detect/in-call.ts";
import { type Answer, answerFor } from "#hook/formats/answer.ts";
import { isSurelyNoRefusal, type Payload, readPayload } from "#hook/formats/payload.ts";

const session = "00000000-0000-4000-8000-000000000001";

/** Those of Claude Code are recorded; the others are as the documents of their agents have them. */
function payloadIn(path: string): Payload | undefined {
  const file = join(import.meta.dirname, "../payloads", path);
  return readPayload(JSON.parse(readFileSync(file, "utf8")));
}

it.each([
  ["claude-code/pre-tool-use-bash.json", "claude-code", "before-tool"],
  ["claude-code/pre-tool-use-mcp.json", "claude-code", "before-tool"],
  ["claude-code/post-tool-use-mcp.json", "claude-code", "after-tool"],
  ["claude-code/post-tool-use-failure-bash.json", "claude-code", "after-tool"],
  ["claude-code/stop.json", "claude-code", "stop"],
  ["claude-code/session-start.json", "claude-code", "session-start"],
  ["claude-code/session-end.json", "claude-code", "other"],
  ["codex/pre-tool-use.json", "codex", "before-tool"],
  ["codex/post-tool-use.json", "codex", "after-tool"],
  ["codex/stop.json", "codex", "stop"],
  ["codex/session-start.json", "codex", "session-start"],
  ["cursor/before-shell-execution.json", "cursor", "before-tool"],
  ["cursor/before-mcp-execution.json", "cursor", "before-tool"],
  ["cursor/pre-tool-use.json", "cursor", "before-tool"],
  ["cursor/after-shell-execution.json", "cursor", "after-tool"],
  ["cursor/stop.json", "cursor", "stop"],
  ["cursor/session-start.json", "cursor", "session-start"],
  ["gemini-cli/before-tool.json", "gemini-cli", "before-tool"],
  ["gemini-cli/before-tool-mcp.json", "gemini-cli", "before-tool"],
  ["gemini-cli/after-tool.json", "gemini-cli", "after-tool"],
  ["gemini-cli/after-agent.json", "gemini-cli", "stop"],
  ["gemini-cli/session-start.json", "gemini-cli", "session-start"],
] as const)("%s is read as %s's, and as %s", (path, agent, event) => {
  const payload = payloadIn(path);

  expect(payload).toMatchObject({ agent, event, session, isHeldAlready: false });
  const asks = event === "before-tool" && payload?.call !== undefined;
  expect(asks ? inCall(payload.call).length : 1, "a create is found in it").toBe(1);
});

it.each([
  ["claude-code/post-tool-use-bash.json", /k3x9w2m7p1q4zz/],
  ["claude-code/post-tool-use-failure-bash.json", /^\["Exit code 1 error: timeout"\]$/],
  ["claude-code/post-tool-use-mcp.json", /abc123/],
  ["codex/post-tool-use.json", /^\["\{\}"\]$/],
  ["cursor/after-shell-execution.json", /^\["\{\}"\]$/],
  ["gemini-cli/after-tool.json", /"llmContent":"\{\}"/],
  ["claude-code/pre-tool-use-bash.json", /^$/],
])("what the call of %s came to is read", (path, words) => {
  expect(payloadIn(path)?.cameTo).toMatch(words);
});

it.each<[string, object, boolean]>([
  ["Claude Code has asked once", { hook_event_name: "Stop", stop_hook_active: true }, true],
  ["Cursor has asked once", { hook_event_name: "stop", loop_count: 1, status: "completed" }, true],
  ["Cursor was interrupted", { hook_event_name: "stop", loop_count: 0, status: "aborted" }, true],
  ["Cursor asks for the first time", { hook_event_name: "stop", loop_count: 0 }, false],
])("%s", (_sentence, payload, isHeldAlready) => {
  expect(readPayload(payload)).toMatchObject({ isHeldAlready });
});

it.each([[null], [1], ["x"], [[]], [{}], [{ hook_event_name: 1 }]])("%j is no payload", (value) => {
  expect(readPayload(value)).toBeUndefined();
});

it.each(["x y", "$(x)", "x".repeat(65), "", "../x"])("%s is no session", (session_id) => {
  expect(readPayload({ hook_event_name: "Stop", session_id })?.session).toBeUndefined();
});

const refuse: Answer = { kind: "refuse", because: "no" };
const tell: Answer = { kind: "tell", words: "so" };
const hold: Answer = { kind: "hold", because: "wait" };

it.each<[string, Answer, object | undefined]>([
  [
    "claude-code/pre-tool-use-bash.json",
    refuse,
    {
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: "no",
      },
    },
  ],
  [
    "codex/pre-tool-use.json",
    refuse,
    {
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: "no",
      },
    },
  ],
  [
    "cursor/before-shell-execution.json",
    refuse,
    { permission: "deny", user_message: "no", agent_message: "no" },
  ],
  ["gemini-cli/before-tool.json", refuse, { decision: "deny", reason: "no" }],
  [
    "claude-code/post-tool-use-mcp.json",
    tell,
    { hookSpecificOutput: { hookEventName: "PostToolUse", additionalContext: "so" } },
  ],
  [
    "gemini-cli/after-tool.json",
    tell,
    { hookSpecificOutput: { hookEventName: "AfterTool", additionalContext: "so" } },
  ],
  ["cursor/session-start.json", tell, { additional_context: "so" }],
  ["claude-code/stop.json", hold, { decision: "block", reason: "wait" }],
  ["codex/stop.json", hold, { decision: "block", reason: "wait" }],
  ["cursor/stop.json", hold, { followup_message: "wait" }],
  ["gemini-cli/after-agent.json", hold, { decision: "deny", reason: "wait" }],
  ["claude-code/stop.json", { kind: "show", words: "look" }, { systemMessage: "look" }],
  ["claude-code/stop.json", { kind: "nothing" }, undefined],
])("%s is answered in its agent's form", (path, answer, expected) => {
  const payload = payloadIn(path);

  expect(payload && answerFor(payload, answer)).toEqual(expected);
});

it.each([
  ['{"hook_event_name": "Stop", ', true],
  ['{"hook_event_name": "PostToolUse"', true],
  ['{"hook_event_name":"PreToolUse"', false],
  ['{"hook_event_name":"BeforeTool"', false],
  ['{"hook_event_name":"SomethingNew"', false],
  ["", false],
])("of %s it is said whether it asks before a call", (text, isNone) => {
  expect(isSurelyNoRefusal(text)).toBe(isNone);
});
