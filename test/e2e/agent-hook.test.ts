import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guardWith, type Guard, type Json } from "./guard.ts";

const recorded = (path: string): Json =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../hook/payloads", path), "utf8")) as Json;

/** Hands the hook a payload, and gives what it answers. */
async function hook(guard: Guard, payload: unknown, ...args: readonly string[]) {
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  guard.write("payload.json", text);
  const program = args.length === 0 ? guard.argv("hook") : args;
  const script = '"$@" < payload.json';
  const { ended } = guard.run("/bin/sh", ["-c", script, "sh", ...program]);
  const { by, stdout, stderr } = await ended;
  return { by, stderr, answer: stdout === "" ? undefined : (JSON.parse(stdout) as Json) };
}

const before = (command: string): Json => ({
  ...recorded("claude-code/pre-tool-use-bash.json"),
  tool_input: { command },
});

const create = "runpodctl pod create --name trainer --gpu-id 'NVIDIA L4' --image x/y";

const reasonIn = (answer: Json | undefined): unknown =>
  (answer?.["hookSpecificOutput"] as Json | undefined)?.["permissionDecisionReason"];

describe.concurrent("before a tool is called", () => {
  it("a create is refused, with what to type instead", async (test) => {
    const guard = await guardWith(test);

    const { by, answer, stderr } = await hook(guard, before(create));

    expect([by, stderr]).toEqual([0, ""]);
    expect(answer).toEqual({
      hookSpecificOutput: {
        hookEventName: "PreToolUse",
        permissionDecision: "deny",
        permissionDecisionReason: expect.stringContaining("runpodctl pod create creates a pod"),
      },
    });
    expect(reasonIn(answer)).toContain(
      `runpodboss -c ${guard.config} start --gpu 'NVIDIA L4' --image x/y --hours HOURS --name trainer`,
    );
  });

  it("the call of a tool of RunPod's own server is refused", async (test) => {
    const guard = await guardWith(test);

    const { by, answer } = await hook(guard, recorded("claude-code/pre-tool-use-mcp.json"));

    expect([by, reasonIn(answer)]).toEqual([
      0,
      expect.stringContaining("create-pod creates a pod"),
    ]);
  });

  it("all else passes without a word, and without a look at the config", async (test) => {
    const guard = await guardWith(test);
    guard.write("config.json", "{ no config");

    const { by, answer, stderr } = await hook(guard, before("ls && runpodctl pod list"));

    expect([by, answer, stderr]).toEqual([0, undefined, ""]);
  });

  it("a create is refused without a config, too", async (test) => {
    const guard = await guardWith(test);
    guard.write("config.json", "{ no config");

    const { by, answer } = await hook(guard, before(create));

    expect([by, reasonIn(answer)]).toEqual([0, expect.stringContaining("Refused by runpodboss")]);
  });

  it.for([
    ["is no JSON", "{"],
    ["is nothing", ""],
    ["is no hook's", "{}"],
    ["is over 4 MiB", JSON.stringify({ hook_event_name: "PreToolUse", x: "x".repeat(5_000_000) })],
  ])("what %s is refused by its exit code", async ([, text], test) => {
    const guard = await guardWith(test);

    const { by, answer, stderr } = await hook(guard, text);

    expect([by, answer]).toEqual([2, undefined]);
    expect(stderr).toMatch(/^runpodboss hook: what came in cannot be read: .*\. Refused/);
  });
});
