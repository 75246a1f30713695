import { spawnSync } from "node:child_process";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { fastCli, guardWith, type Guard } from "./guard.ts";

const pods = [
  { id: "abc1", name: "trainer", costPerHrUsd: 1 },
  { id: "abd2", name: "odd name; rm -rf", costPerHrUsd: 1 },
  { id: "x9", name: "twin", costPerHrUsd: 1 },
  { id: "x8", name: "twin", costPerHrUsd: 1 },
];

/** With the executable on PATH, and the config where it is looked for. */
async function shellWith(test: TestContext): Promise<Guard> {
  const guard = await guardWith(test, { pods, nowMs: () => Date.now() });
  const words = fastCli().map((word) => `'${word}'`);
  guard.write("bin/runpodboss", `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
  chmodSync(`${guard.folder}/bin/runpodboss`, 0o700);
  return guard;
}

/** What bash offers for the last of these words, by the script that we print. */
async function offered(guard: Guard, ...words: readonly string[]): Promise<readonly string[]> {
  const quoted = ["runpodboss", ...words].map((word) => `'${word}'`).join(" ");
  const script = `source <(runpodboss completion bash)
COMP_WORDS=(${quoted}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); COMP_LINE="\${COMP_WORDS[*]}"
complete -p runpodboss >/dev/null || exit 3
_runpodboss runpodboss
((\${#COMPREPLY[@]} == 0)) || printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { by, stdout, stderr } = await guard.run("bash", ["--norc", "-c", script]).ended;
  expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

/** What the shells' scripts are answered when they ask for the last of these words. */
async function completed(guard: Guard, ...words: readonly string[]): Promise<readonly string[]> {
  const named = words.map((word) => (word === "CONFIG" ? guard.config : word));
  const { by, stdout, stderr } = await guard.call(["complete", "--", ...named]).ended;
  expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
  return stdout.split("\n").filter((line) => line !== "");
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["--version"]).error === undefined;
}

describe.concurrent("completion in bash", () => {
  it("offers the commands, and none that is hidden", async (test) => {
    const guard = await shellWith(test);

    const commands = await offered(guard, "");

    expect(commands).toEqual(expect.arrayContaining(["check", "history", "status", "watch"]));
    expect(commands).not.toContain("complete");
  });

  it.for<[string, readonly string[], readonly string[]]>([
    [
      "a pod after an equals sign",
      ["-c", "config.json", "history", "--pod", "=", "tr"],
      ["trainer"],
    ],
    ["files for a config", ["-c", "conf"], ["config.json"]],
  ])("offers %s", async ([_sentence, words, found], test) => {
    const guard = await shellWith(test);

    expect(await offered(guard, ...words)).toEqual(found);
  });
});

describe.concurrent("what a shell is told to offer", () => {
  it.for<[string, readonly string[], readonly string[]]>([
    ["a command that was begun", ["his"], ["history"]],
    ["an option that was begun", ["history", "--ho"], ["--hours"]],
    ["an option of all commands", ["status", "--conf"], ["--config"]],
    ["the shells", ["completion", ""], ["bash", "zsh", "fish"]],
    ["the thresholds", ["-c", "CONFIG", "drill", ""], ["warning", "critical", "emergency"]],
    ["those not named yet", ["-c", "CONFIG", "drill", "critical", "w"], ["warning"]],
    [
      "pods by ids, and by names that are plain and only one's",
      ["history", "-c", "CONFIG", "--pod", ""],
      ["abc1", "abd2", "x9", "x8", "trainer"],
    ],
    ["a pod that was begun", ["-c", "CONFIG", "history", "--pod", "ab"], ["abc1", "abd2"]],
    ["nothing where nothing is known", ["status", ""], []],
  ])("%s", async ([_sentence, words, found], test) => {
    const guard = await guardWith(test, { pods, nowMs: () => Date.now() });

    expect(await completed(guard, ...words)).toEqual(found);
  });

  it("takes the pods from what the daemon saved, and asks nobody", async (test) => {
    const guard = await guardWith(test, { pods, nowMs: () => Date.now() });
    await guard.watch("--once").ended;
    const before = guard.simulator.requests;

    const found = await completed(guard, "-c", "CONFIG", "history", "--pod", "");

    expect(found).toEqual(["abc1", "abd2", "x9", "x8", "trainer"]);
    expect(guard.simulator.requests).toBe(before);
  });

  it.for<[string, (guard: Guard) => void, readonly string[]]>([
    ["the account is down", (guard) => guard.simulator.failAll("http-500"), ["config.json"]],
    ["the account never answers", (guard) => guard.simulator.failAll("silence"), ["config.json"]],
    ["there is no config", () => undefined, ["none.json"]],
    ["the config is broken", (guard) => guard.write("broken.json", "{"), ["broken.json"]],
    [
      "the state is broken",
      (guard) => {
        guard.write("state.json", "{");
        guard.simulator.failAll("http-500");
      },
      ["config.json"],
    ],
  ])("says nothing when %s", async ([_sentence, spoil, [config = ""]], test) => {
    // Who never answers is waited for no longer than that.
    const guard = await guardWith(test, { pods, paces: { completionLimitMs: 1_000 } });
    spoil(guard);

    const words = ["-c", join(guard.folder, config), "history", "--pod", ""];
    const { by, stdout, stderr } = await guard.call(["complete", "--", ...words]).ended;

    expect({ by, stdout, stderr }).toEqual({ by: 0, stdout: "", stderr: "" });
  });
});

describe.concurrent("the scripts", () => {
  it.for(["bash", "zsh", "fish"])(
    "%s can read its own, where it is installed",
    async (shell, test) => {
      const guard = await shellWith(test);
      const { by, stdout, stderr } = await guard.call(["completion", shell]).ended;
      guard.write("script", stdout);

      expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
      expect(stdout).toContain("runpodboss complete -- ");
      if (!isInstalled(shell)) return;
      const read = await guard.run(shell, ["-n", "script"]).ended;
      expect(read).toMatchObject({ by: 0, stderr: "" });
    },
  );

  it.for([
    [[], "Name a shell: bash, zsh or fish."],
    [["tcsh"], "No completion for tcsh; only for bash, zsh and fish."],
  ] as const)("with %j it says which there are", async ([args, words], test) => {
    const guard = await guardWith(test);

    const { by, stdout, stderr } = await guard.call(["completion", ...args]).ended;

    expect([by, stdout]).toEqual([2, ""]);
    expect(stderr).toContain(words);
  });

  it("the hidden command is in no help", async (test) => {
    const guard = await guardWith(test);

    const { stdout } = await guard.call(["--help"]).ended;

    expect(stdout).toContain("completion");
    expect(stdout).not.toMatch(/^ +complete\b/m);
  });
});
