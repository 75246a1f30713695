import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createRunner } from "#process/runner.ts";
import { askCommand } from "#probes/ask-command.ts";
import type { Finding, ProbedPod } from "#probes/finding.ts";
import { createFolder, isAlive, until } from "../process/programs.ts";

const never = new AbortController().signal;
const node = process.execPath;
const runner = createRunner({ termGraceMs: 300, abortGraceMs: 300 });
const pod = { podId: "p1", podName: "trainer" };

function ask(
  argv: readonly string[],
  { timeLimitMs = 20_000, signal = never, of = pod }: Partial<Options> = {},
): Promise<Finding> {
  return askCommand(argv, of, runner, timeLimitMs, signal);
}

interface Options {
  readonly timeLimitMs: number;
  readonly signal: AbortSignal;
  readonly of: ProbedPod;
}

describe("the exit of the command", () => {
  it.each<[string, Finding]>([
    ["process.exit(0)", { kind: "active", because: "activity_command exited with 0" }],
    ["process.exit(1)", { kind: "quiet" }],
    ["process.exit(2)", { kind: "quiet" }],
    ["process.exit(125)", { kind: "quiet" }],
    ["process.exit(254)", { kind: "quiet" }],
    ["throw new Error('no')", { kind: "quiet" }],
    [
      "process.kill(process.pid, 'SIGKILL')",
      { kind: "failed", because: "activity_command: ended by SIGKILL" },
    ],
  ])("%s", async (script, finding) => {
    expect(await ask([node, "-e", script])).toEqual(finding);
  });

  it.each([126, 127, 255])("%s is that of a command that could not be run", async (code) => {
    expect(await ask([node, "-e", `process.exit(${code})`])).toEqual({
      kind: "failed",
      because: `activity_command: exit ${code}: the command could not be run`,
    });
  });

  it("a wrapper that finds no program counts as a failure", async () => {
    expect(await ask(["/usr/bin/env", "no-such-program-anywhere"])).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("exit 127") as string,
    });
  });

  it("there is none without a program", async () => {
    expect(await ask(["no-such-program-anywhere"])).toEqual({
      kind: "failed",
      because: 'activity_command: "no-such-program-anywhere" was not found on PATH',
    });
  });

  it("there is none within the time limit, and what hangs is ended", async () => {
    const folder = createFolder();
    const script = `echo $$ > ${folder.path}/pid; exec sleep 60`;

    const finding = await ask(["/bin/sh", "-c", script], { timeLimitMs: 200 });

    expect(finding).toEqual({ kind: "failed", because: "activity_command: timed out after 0.2 s" });
    const pid = await folder.pid("pid");
    expect(isAlive(pid)).toBe(false);
  });

  it("is not waited for when interrupted", async () => {
    const folder = createFolder();
    const interruption = new AbortController();
    const script = `echo $$ > ${folder.path}/pid; exec sleep 60`;

    const finding = ask(["/bin/sh", "-c", script], { signal: interruption.signal });
    const pid = await folder.pid("pid");
    interruption.abort();

    expect(await finding).toEqual({ kind: "interrupted" });
    await until("its end", () => !isAlive(pid));
  });
});

it("knows the pod by its arguments and its environment, as they are", async () => {
  const folder = createFolder();
  const hostile = { podId: "$(id) {pod_name}", podName: "a b; {{c}}" };
  const script = `require("node:fs").writeFileSync(process.argv[1], JSON.stringify([
    process.argv.slice(2), process.env.RUNPODBOSS_POD_ID, process.env.RUNPODBOSS_POD_NAME]));`;

  const seen = `${folder.path}/seen.json`;
  const argv = [node, "-e", script, seen, "{pod_id}", "--name={pod_name}", "{other}"];
  const finding = await ask(argv, { of: hostile });

  expect(finding).toMatchObject({ kind: "active" });
  const { podId, podName } = hostile;
  expect(JSON.parse(readFileSync(seen, "utf8"))).toEqual([
    [podId, `--name=${podName}`, "{other}"],
    podId,
    podName,
  ]);
});
