import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readPayload } from "#hook/formats/payload.ts";
import { version } from "#package.json";
import { commands } from "../../docs/scripts/command-tree.ts";
import { frontMatterOf, hookRules, jsonOf, textOf } from "./files.ts";

interface Marketplace {
  readonly plugins: readonly { readonly name: string; readonly source: string }[];
}

interface McpFile {
  readonly mcpServers: unknown;
}

const manifest = jsonOf(".claude-plugin/plugin.json") as Readonly<Record<string, unknown>>;

describe("the plugin for Claude Code", () => {
  it("has the version of the package", () => {
    expect(manifest["version"]).toBe(version);
  });

  it("is found by a marketplace that is this repository, or the installed package", () => {
    const { plugins } = jsonOf("../.claude-plugin/marketplace.json") as Marketplace;

    const [found, ...others] = plugins;

    expect(others).toEqual([]);
    expect(found?.name).toBe(manifest["name"]);
    expect(existsSync(join(found?.source ?? "", ".claude-plugin/plugin.json"))).toBe(true);
  });

  it("has the face that the page has", () => {
    const icon = readFileSync("plugin/.claude-plugin/icon.png");

    expect(icon.equals(readFileSync("src/page/icons/icon-512.png"))).toBe(true);
  });
});

describe("what it calls", () => {
  const { mcpServers } = jsonOf(".mcp.json") as McpFile;

  it("is the MCP server, with no more words than the command has", () => {
    expect(mcpServers).toEqual({ runpodboss: { command: "runpodboss", args: ["mcp"] } });
    expect(commands.map(({ name }) => name)).toContain("mcp");
  });

  it("is the hook, at every event", () => {
    const called = new Set(hookRules.flatMap(({ calls }) => calls.map(({ command }) => command)));

    expect([...called]).toEqual(["runpodboss hook"]);
    expect(commands.map(({ name }) => name)).toContain("hook");
  });
});

describe("its hooks", () => {
  it.each(hookRules)("are answered at $event", ({ event }) => {
    const known = readPayload({ hook_event_name: event })?.event ?? "other";

    expect(known).not.toBe("other");
  });

  it("refuse a command when they fail, and nothing else", () => {
    const refusing = hookRules.filter(({ calls }) =>
      calls.some(({ onFailure }) => onFailure === "block"),
    );

    expect(refusing.map(({ event }) => event)).toEqual(["PreToolUse"]);
  });

  it.each(hookRules)("have a limit at $event that is shorter than anybody waits", ({ calls }) => {
    expect(calls.filter(({ timeout }) => !(timeout >= 10 && timeout <= 60))).toEqual([]);
  });

  it("see the result of what they saw before, whether it failed or not", () => {
    const [before, ...after] = ["PreToolUse", "PostToolUse", "PostToolUseFailure"].map(
      (name) => hookRules.find(({ event }) => event === name)?.matcher,
    );

    expect(after).toEqual([before, before]);
  });

  const matcher = new RegExp(hookRules.find(({ event }) => event === "PreToolUse")?.matcher ?? "");

  it.each([
    ["the shell", "Bash"],
    ["the shell of Windows", "PowerShell"],
    ["a command that is watched", "Monitor"],
    ["RunPod's own server", "mcp__runpod__create-pod"],
    ["any other server, which may rent pods or have a shell", "mcp__desk__execute_command"],
    ["a server of another plugin", "mcp__plugin_cloud_gpus__pod-action"],
  ])("look at %s", (_sentence, tool) => {
    expect(matcher.test(tool)).toBe(true);
  });

  it.each([
    ["a file that is read", "Read"],
    ["what is called like a shell and is none", "BashOutput"],
    ["our own server, of the plugin", "mcp__plugin_runpodboss_runpodboss__start"],
    ["our own server, without it", "mcp__runpodboss__start"],
  ])("leave alone %s", (_sentence, tool) => {
    expect(matcher.test(tool)).toBe(false);
  });
});

describe.each(readdirSync("plugin/skills"))("the skill %s", (name) => {
  const matter = frontMatterOf(textOf("skills", name, "SKILL.md"));

  it("is called as its folder is", () => {
    expect(matter["name"]).toBe(name);
    expect(name).toMatch(/^[a-z][a-z-]{0,63}$/);
  });

  it("says when to use it, within the limits that agents have", () => {
    expect(matter["description"]).toMatch(/\bUse it\b/);
    expect(matter["description"]?.length).toBeLessThanOrEqual(1024);
    expect(matter["compatibility"]?.length).toBeLessThanOrEqual(500);
  });

  it("lets an agent do nothing without being asked but look", () => {
    const allowed = [...(matter["allowed-tools"] ?? "").matchAll(/Bash\((.+?)\)/g)];

    expect(allowed.map(([, command]) => command)).toEqual([
      "runpodboss status *",
      "runpodboss gpus *",
      "runpodboss estimate *",
    ]);
  });
});
