import { describe, expect, it } from "vitest";
import { claudeIn } from "#agent/claude-in.ts";

describe("Claude Code is found", () => {
  it.each<[string, readonly string[], number]>([
    ["directly", ["claude", "-p"], 0],
    ["by its path", ["/opt/bin/claude", "-p"], 0],
    ["behind npx", ["npx", "claude", "-p"], 1],
    ["as npx's package", ["npx", "-y", "@anthropic-ai/claude-code@2.1.330", "-p"], 2],
    [
      "as a package that npx names apart",
      ["npx", "-p", "@anthropic-ai/claude-code", "claude", "-p"],
      3,
    ],
    ["behind timeout", ["timeout", "-k", "5", "300", "claude", "-p"], 4],
    [
      "behind timeout, its option in one word",
      ["timeout", "--signal=KILL", "5m", "claude", "-p"],
      3,
    ],
    ["behind env", ["/usr/bin/env", "A=claude", "-u", "claude", "claude", "-p"], 4],
    ["behind nice", ["nice", "-n10", "claude", "-p"], 2],
    ["behind several", ["env", "A=1", "timeout", "9", "nohup", "claude", "-p"], 5],
  ])("%s", (_sentence, command, before) => {
    expect(claudeIn(command)).toEqual({
      wrapper: command.slice(0, before),
      claude: command.slice(before),
    });
  });

  it.each<[string, readonly string[]]>([
    ["another program", ["my-agent", "claude"]],
    ["a shell", ["bash", "-c", "claude -p"]],
    ["docker, which hands on no environment", ["docker", "exec", "box", "claude", "-p"]],
    ["sudo, which cleans it", ["sudo", "-u", "me", "claude", "-p"]],
    ["env with an empty environment", ["env", "-i", "claude", "-p"]],
    ["an argument of that name", ["timeout", "9", "echo", "claude"]],
    ["the value of an option", ["env", "-u", "claude"]],
    ["a name that every object has", ["constructor", "claude"]],
    ["nothing", []],
  ])("and not in %s", (_sentence, command) => {
    expect(claudeIn(command)).toBeUndefined();
  });
});
