import { describe, expect, it } from "vitest";
import { readPayload } from "#hook/formats/payload.ts";
import { commands } from "../../docs/scripts/command-tree.ts";
import { blocksOf, textOf } from "./documents.ts";

const document = textOf("docs/coding-agents.md");

/** The JSON that is shown, by the program that it is for. */
const shown = new Map(
  [...document.matchAll(/^<!-- agent:(\w+) -->\n\n```json\n([^]*?)^```$/gm)].map(
    ([, agent = "", json = ""]) => [agent, JSON.parse(json) as unknown] as const,
  ),
);

interface HookCall {
  readonly command: string;
  readonly timeout: number;
  readonly failClosed?: boolean;
}

interface Hooks {
  readonly hooks: Readonly<
    Record<string, readonly (HookCall | { readonly hooks: readonly HookCall[] })[]>
  >;
}

/** Each call of a hook that is shown for a program, with its event. */
function callsOf(agent: string): readonly (HookCall & { readonly event: string })[] {
  const { hooks } = shown.get(agent) as Hooks;
  return Object.entries(hooks).flatMap(([event, rules]) =>
    rules
      .flatMap((rule) => ("hooks" in rule ? rule.hooks : [rule]))
      .map((call) => ({ event, ...call })),
  );
}

/** Whether the hook knows what to do at an event of this name. */
function isAnswered(event: string): boolean {
  const known = readPayload({ hook_event_name: event })?.event ?? "other";
  return known !== "other";
}

/** The events of each program, in the order of what the hook does; and what a second is in its times. */
const events: Readonly<Record<string, readonly [second: number, ...string[]]>> = {
  codex: [1, "PreToolUse", "PostToolUse", "Stop", "SessionStart"],
  cursor: [
    1,
    "beforeShellExecution",
    "beforeMCPExecution",
    "afterShellExecution",
    "afterMCPExecution",
    "stop",
    "sessionStart",
  ],
  gemini: [1000, "BeforeTool", "AfterTool", "AfterAgent", "SessionStart"],
};

it("says for each JSON what it is for", () => {
  expect(blocksOf(document, "json")).toHaveLength(shown.size);
  expect([...shown.keys()].toSorted()).toEqual([...Object.keys(events), "mcp"].toSorted());
});

describe.each(Object.entries(events))("the hooks for %s", (agent, [second, ...names]) => {
  const calls = callsOf(agent);

  it("come at events that there are", () => {
    expect(calls.map(({ event }) => event)).toEqual(names);
    expect(names.filter((event) => !isAnswered(event))).toEqual([]);
  });

  it("call a command that there is", () => {
    const called = calls.map(({ command }) => /^runpodboss (\S+)(?: \|\| exit 2)?$/.exec(command));

    expect(called.filter((found) => !commands.some(({ name }) => name === found?.[1]))).toEqual([]);
  });

  it("refuse where they fail before a tool is used, and nowhere else", () => {
    const refusing = calls.filter(
      ({ command, failClosed }) => failClosed === true || command.endsWith(" || exit 2"),
    );

    expect(refusing.map(({ event }) => event)).toEqual(
      names.filter((event) => /^(?:pre|before)/i.test(event)),
    );
  });

  it("have limits in the unit of that program", () => {
    expect(calls.filter(({ timeout }) => timeout < 10 * second || timeout > 60 * second)).toEqual(
      [],
    );
  });
});

it("the MCP server is a command that there is", () => {
  expect(shown.get("mcp")).toEqual({
    mcpServers: { runpodboss: { command: "runpodboss", args: ["mcp"] } },
  });
  expect(commands.map(({ name }) => name)).toContain("mcp");
});
