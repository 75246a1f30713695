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
    ["console.log('no job runs'); process.exit(1)", { kind: "quiet" }],
    [
      "console.error('no\\nsuch job'); process.exit(0)",
      { kind: "active", because: "activity_command exited with 0" },
    ],
    [
      "process.kill(process.pid, 'SIGKILL')",
      { kind: "failed", because: "activity_command: ended by SIGKILL" },
    ],
  ])("%s", async (script, finding) => {
    expect(await ask([node, "-e", script])).toEqual(finding);
  });

  it.each([
    ["grep, of a file that is not there", 2],
    ["curl, of a host that refuses", 7],
    ["curl, of a host that is slow", 28],
    ["timeout, of a command that hangs", 124],
    ["a shell, of a program that may not run", 126],
    ["a shell, of a program that is not there", 127],
    ["a shell, of a program that was killed", 137],
    ["ssh, of a pod that cannot be reached", 255],
    ["anybody, for a reason of their own", 3],
  ])("that of %s, is no answer", async (_sentence, code) => {
    expect(await ask([node, "-e", `process.exit(${code})`])).toEqual({
      kind: "failed",
      because: `activity_command: exit ${code}, which is neither 0 (active) nor 1 (not active)`,
    });
  });

  it("comes with the last words of a command that did not work", async () => {
    const script = "echo one; echo 'connection refused' >&2; exit 7";

    expect(await ask(["/bin/sh", "-c", script])).toMatchObject({
      because: expect.stringMatching(/exit 7, .*: connection refused$/) as string,
    });
  });

  it.each([
    ["Node", [node, "-e", "throw new Error('out of luck')"]],
    [
      "Python",
      [
        "/bin/sh",
        "-c",
        "printf 'Traceback (most recent call last):\\nValueError: x\\n' >&2; exit 1",
      ],
    ],
    ["a shell", ["/bin/sh", "-c", "echo 'sh: 1: jobs: not found' >&2; exit 1"]],
  ])(
    "1 of a script of %s that broke is no answer: it said so on stderr",
    async (_sentence, argv) => {
      expect(await ask(argv)).toMatchObject({
        kind: "failed",
        because: expect.stringMatching(
          /^activity_command: exit 1 with words on stderr.*: ./,
        ) as string,
      });
    },
  );

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

    const finding = await ask(["/bin/sh", "-c", script], { timeLimitMs: 2_000 });

    expect(finding).toEqual({ kind: "failed", because: "activity_command: timed out after 2 s" });
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

it("knows the pod by its arguments and its environment, where no shell reads them", async () => {
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
    [JSON.stringify(podId), `--name=${podName}`, "{other}"],
    podId,
    podName,
  ]);
});

it("a pod's name that begins like an option or a file is a word in quotes for the command", async () => {
  const path = `${createFolder().path}/args`;
  const script = "fs.writeFileSync(process.argv[1], JSON.stringify(process.argv.slice(2)))";
  const of = { podId: "-x", podName: "@config.json" };

  await ask([node, "-e", script, path, "{pod_id}", "{pod_name}"], { of });

  expect(JSON.parse(readFileSync(path, "utf8"))).toEqual(['"-x"', String.raw`"\u0040config.json"`]);
});
