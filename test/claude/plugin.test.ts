import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failing, guardWith, textOf } from "../e2e/guard.ts";
import { agentWith, plugin, runClaude } from "./claude.ts";
import type { Move } from "./stand-in-model.ts";

const payloads = "test/hook/payloads/claude-code";
const bash = (command: string): Move => ({ tool: "Bash", input: { command } });
const validate = ["plugin", "validate", "--strict"];
const done = (): Move => ({ say: "Done." });

describe.concurrent("Claude Code", () => {
  it("finds nothing wrong with the plugin, nor with the repository as a marketplace", async (test) => {
    const guard = await guardWith(test);

    const [ofPlugin, ofMarketplace] = await Promise.all([
      runClaude(guard, [...validate, "--profile", "directory", plugin]),
      runClaude(guard, [...validate, join(plugin, "..")]),
    ]);

    expect(ofPlugin).toMatchObject({ by: 0, stdout: expect.stringContaining("Validation passed") });
    expect(ofMarketplace).toMatchObject({ by: 0 });
  });

  it("installs the plugin from the repository", async (test) => {
    const guard = await guardWith(test);

    for (const words of [
      ["marketplace", "add", join(plugin, "..")],
      ["install", "runpodboss@runpodboss"],
    ]) {
      expect(await runClaude(guard, ["plugin", ...words])).toMatchObject({ by: 0, stderr: "" });
    }
    const { stdout } = await runClaude(guard, ["plugin", "list", "--json"]);

    expect(JSON.parse(stdout)).toContainEqual(
      expect.objectContaining({ id: "runpodboss@runpodboss", enabled: true }),
    );
  });

  it("says its session to what it runs, under which the guard knows it", async (test) => {
    const guard = await guardWith(test);
    guard.program("runpodboss", "");

    const { session_id: session, result } = await agentWith(test, guard, [
      () => bash('echo "$CLAUDECODE $CLAUDE_CODE_SESSION_ID"'),
      ({ result: { text } }) => ({ say: text }),
    ]);

    expect(result).toBe(`1 ${session}`);
  });

  it("hands its hooks what was recorded", async (test) => {
    const guard = await guardWith(test);
    guard.program("runpodboss", "");

    await agentWith(test, guard, [() => bash("true"), () => bash("false"), done]);

    const called = guard.calls("runpodboss").filter(({ args }) => args[0] === "hook");
    const given = called.map(({ input }) => JSON.parse(input) as Payload);
    expect(given.map(({ hook_event_name }) => hook_event_name)).toEqual([
      "SessionStart",
      "PreToolUse",
      "PostToolUse",
      "PreToolUse",
      "PostToolUseFailure",
      "Stop",
    ]);
    for (const payload of given) expect(recorded()).toContainEqual(Object.keys(payload));
  });

  it.for([
    ["fails", failing(1)],
    ["is not there", undefined],
  ] as const)("runs no command where runpodboss %s", async ([, body], test) => {
    const guard = await guardWith(test);
    if (body !== undefined) guard.program("runpodboss", body);

    const { result } = await agentWith(
      test,
      guard,
      [() => bash("touch ran"), ({ result: { text } }) => ({ say: text })],
      { env: { PATH: `${guard.folder}/bin:/usr/bin:/bin` } },
    );

    expect(result).toContain('blocking because onFailure is "block"');
    expect(textOf(join(guard.folder, "ran"))).toBeUndefined();
  });
});

interface Payload {
  readonly hook_event_name: string;
}

/** The names of what each recorded payload holds, in order. */
function recorded(): readonly (readonly string[])[] {
  return readdirSync(payloads).map((name) =>
    Object.keys(JSON.parse(readFileSync(join(payloads, name), "utf8")) as object),
  );
}
