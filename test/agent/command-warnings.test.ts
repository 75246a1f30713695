import { describe, expect, it } from "vitest";
import { agentCommandWarnings } from "#agent/command-warnings.ts";

function warned(command: readonly string[], permissions: "scoped" | "inherit" = "scoped") {
  return Object.keys(agentCommandWarnings(command, permissions));
}

describe("an agent that is started without its task is told", () => {
  it.each<[string, readonly string[]]>([
    ["a script that names no argument", ["bash", "-c", "my-agent"]],
    ["a login shell's", ["bash", "-lc", "my-agent"]],
    ["one behind env", ["env", "A=1", "sh", "-c", "my-agent"]],
    ["one that takes all but the first", ["sh", "-c", 'my-agent "$@"']],
    ["one that takes another one", ["sh", "-c", 'my-agent "$1"', "sh", "more"]],
    ["one that takes the tenth", ["sh", "-c", 'my-agent "$10"', "sh"]],
  ])("%s", (_sentence, command) => {
    expect(warned(command)).toEqual(["lostPrompt"]);
  });

  it.each<[string, readonly string[]]>([
    ["a script that takes all of them", ["sh", "-c", 'my-agent "$@"', "sh"]],
    ["one that takes the first", ["sh", "-c", 'my-agent "$0"']],
    ["one that takes it in braces", ["sh", "-c", 'my-agent "${1}"', "sh"]],
    ["a script in a file", ["sh", "/my/agent.sh"]],
    ["no shell at all", ["my-agent", "-c", "fast"]],
  ])("and not for %s", (_sentence, command) => {
    expect(warned(command)).toEqual([]);
  });
});

describe("a claude that cannot be told what it may do is told", () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ["in a shell", ["bash", "-c", 'claude -p "$@"', "bash"], ["unscoped"]],
    [
      "in a shell that also loses the prompt",
      ["bash", "-c", "claude -p"],
      ["lostPrompt", "unscoped"],
    ],
    ["in a container", ["docker", "exec", "box", "claude", "-p"], ["unscoped"]],
    ["as another user", ["sudo", "-u", "me", "/opt/claude", "-p"], ["unscoped"]],
    ["directly", ["claude", "-p"], []],
    ["behind a wrapper that hands on", ["timeout", "300", "claude", "-p"], []],
    ["only in a name", ["claude-like-agent", "--notes=/home/claudette"], []],
  ])("%s", (_sentence, command, expected) => {
    expect(warned(command)).toEqual(expected);
  });

  it("unless its own settings are wanted", () => {
    expect(warned(["docker", "exec", "box", "claude", "-p"], "inherit")).toEqual([]);
  });
});
