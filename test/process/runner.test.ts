import { chmodSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { createRunner } from "#process/runner.ts";
import type { Command, Ran } from "#ports.ts";
import { createFolder, isAlive, until } from "./programs.ts";

const never = new AbortController().signal;
const node = process.execPath;
const runner = createRunner({ termGraceMs: 300, abortGraceMs: 300 });

function run(argv: readonly string[], more: Partial<Command> = {}, signal = never): Promise<Ran> {
  return runner.run({ argv, timeLimitMs: 150_000, ...more }, signal);
}

describe("a program that ends by itself", () => {
  it.each<[string, string, Partial<Ran>]>([
    [
      "well",
      "console.log('all good')",
      { kind: "exited", code: 0, tail: "all good\n", wroteErrors: false },
    ],
    [
      "badly",
      "console.error('oh no'); process.exitCode = 3",
      { kind: "exited", code: 3, tail: "oh no\n", wroteErrors: true },
    ],
    [
      "by a signal",
      "process.kill(process.pid, 'SIGKILL')",
      { kind: "signalled", by: "SIGKILL", tail: "" },
    ],
  ])("%s is told so", async (_sentence, script, expected) => {
    const ran = await run([node, "-e", script]);

    expect(ran).toEqual({ ...expected, tookMs: expect.any(Number) });
  });

  it("has our environment and the command's, an own group and no input", async () => {
    const script = `
      const { env, pid } = process;
      const group = require("node:child_process").execFileSync("ps", ["-o", "pgid=", "-p", String(pid)]);
      const input = require("node:fs").readFileSync(0, "utf8");
      console.log(JSON.stringify([env.PATH, env.OURS, Number(group) === pid, input]));`;

    const ran = await run([node, "-e", script], { env: { OURS: "yes" } });

    expect(ran).toMatchObject({
      tail: JSON.stringify([process.env["PATH"], "yes", true, ""]) + "\n",
    });
  });

  it.each([2 ** 31, Number.MAX_SAFE_INTEGER, Infinity])(
    "within %d ms is not timed out",
    async (timeLimitMs) => {
      expect(await run([node, "-e", "setTimeout(() => {}, 50)"], { timeLimitMs })).toMatchObject({
        kind: "exited",
        code: 0,
      });
    },
  );

  it("is not waited for longer because something it left holds its output, and that lives on", async () => {
    const folder = createFolder();
    const script = folder.write(
      "leave.sh",
      `sh -c 'echo $$ > ${folder.path}/left; exec sleep 60' &
until [ -s ${folder.path}/left ]; do sleep 0.01; done; echo done`,
    );

    const ran = await run(["/bin/sh", script]);

    const left = await folder.pid("left");
    expect(ran).toMatchObject({ kind: "exited", code: 0, tail: "done\n" });
    // Whoever waited for its output would find it dead.
    expect(isAlive(left)).toBe(true);
  });
});

describe("a program that cannot start", () => {
  const secret = "prompt-with-a-secret";

  it.each<[string, () => readonly string[], Partial<Command>, string]>([
    [
      "that is missing",
      () => ["no-such-program", secret],
      {},
      `"no-such-program" was not found on PATH`,
    ],
    ["that is missing at a path", () => ["/no/such", secret], {}, `"/no/such" does not exist`],
    ["that is a folder", () => ["/usr", secret], {}, `"/usr" is a folder, not a program`],
    ["that is no name", () => ["", secret], {}, "no program is named"],
    ["that is nothing", () => [], {}, "no program is named"],
    [
      "with a NUL in an argument",
      () => [node, `${secret}\0`],
      {},
      "the command line holds a NUL character",
    ],
    [
      "with a NUL in a variable",
      () => [node],
      { env: { A: `${secret}\0` } },
      "a variable for its environment holds a NUL character",
    ],
    [
      "with an argument of 4 MiB",
      () => [node, secret.padEnd(4 * 1024 * 1024)],
      {},
      "the command line is too long (E2BIG)",
    ],
  ])("%s is told so, without its arguments", async (_sentence, argv, more, because) => {
    expect(await run(argv(), more)).toEqual({ kind: "not-started", because });
  });

  it("because it is no executable, or names a missing interpreter, is told so", async () => {
    const folder = createFolder();
    const text = folder.write("text", "hello");
    chmodSync(text, 0o600);
    const script = folder.write("script", "#!/no/such/interpreter\n");

    expect([await run([text, secret]), await run([script, secret])]).toEqual([
      { kind: "not-started", because: `"${text}" may not be executed (EACCES)` },
      {
        kind: "not-started",
        because: `"${script}" cannot be run: the interpreter it names was not found`,
      },
    ]);
  });
});

describe("a working folder", () => {
  it("is where the program runs", async () => {
    const { path } = createFolder();

    const ran = await run([node, "-e", "console.log(process.cwd())"], { cwd: path });

    expect(ran).toMatchObject({ kind: "exited", tail: `${path}\n` });
  });

  it("that is gone or is no folder is told apart from a missing program", async () => {
    const folder = createFolder();
    const [gone, file] = [join(folder.path, "gone"), folder.write("file", "")];

    const because = [
      await run([node], { cwd: gone }),
      await run(["no-such-program"], { cwd: gone }),
      await run([node], { cwd: file }),
      await run(["no-such-program"], { cwd: folder.path }),
      await run(["./missing"], { cwd: folder.path }),
      await run([node], { cwd: "/\0" }),
    ].map((ran) => ran.kind === "not-started" && ran.because);

    expect(because).toEqual([
      `its working folder "${gone}" is gone`,
      `its working folder "${gone}" is gone`,
      `its working folder "${file}" is not a folder`,
      `"no-such-program" was not found on PATH`,
      `"./missing" does not exist`,
      "the name of its working folder holds a NUL character",
    ]);
  });
});

describe("the environment", () => {
  it("lacks what is to be taken out of ours, and nothing that the command sets", async () => {
    vi.stubEnv("OURS_ONE", "1");
    vi.stubEnv("OURS_TWO", "2");
    onTestFinished(() => {
      vi.unstubAllEnvs();
    });
    const script = "console.log(process.env.OURS_ONE, process.env.OURS_TWO, process.env.MORE)";

    const ran = await run([node, "-e", script], {
      env: { OURS_TWO: "theirs", MORE: "3" },
      unsetEnv: ["OURS_ONE", "OURS_TWO", "NOBODY_HAS_THIS"],
    });

    expect(ran).toMatchObject({ tail: "undefined theirs 3\n" });
  });
});

describe("standard input", () => {
  const readAll =
    "const all = require('node:fs').readFileSync(0, 'utf8'); console.log(all.length, all.slice(0, 7))";

  it.each([
    ["a line", "fox 🦊!", "7 fox 🦊!"],
    ["nothing", "", "0 "],
    ["many MB", "abcdefg".repeat(1_000_000), "7000000 abcdefg"],
  ])("is %s, and then ends", async (_sentence, stdin, tail) => {
    expect(await run([node, "-e", readAll], { stdin })).toMatchObject({
      kind: "exited",
      code: 0,
      tail: expect.stringMatching(new RegExp(`^${tail}`)),
    });
  });

  it.each([
    ["ends without reading it", "process.exitCode = 3", {}, { kind: "exited", code: 3 }],
    ["closes it", "require('node:fs').closeSync(0); setTimeout(() => {}, 200)", {}, { code: 0 }],
    ["reads a little of it", "require('node:fs').readSync(0, Buffer.alloc(9))", {}, { code: 0 }],
    [
      "never reads it, until its time is up",
      "setInterval(() => {}, 1000)",
      { timeLimitMs: 500 },
      { kind: "timed-out" },
    ],
  ])("of many MB does no harm when the program %s", async (_sentence, script, limit, expected) => {
    const stdin = "x".repeat(16 * 1024 * 1024);

    expect(await run([node, "-e", script], { stdin, ...limit })).toMatchObject(expected);
  });

  it("does no harm when the program cannot start", async () => {
    const ran = await run(["no-such-program"], { stdin: "x".repeat(1024 * 1024) });

    expect(ran).toEqual({
      kind: "not-started",
      because: `"no-such-program" was not found on PATH`,
    });
  });
});

describe("standard output", () => {
  it.each<[string, number | undefined, string | undefined]>([
    ["is kept whole when there is room for it", 6_000, "é".repeat(3_000)],
    ["is not kept when a byte is too much", 5_999, undefined],
    ["is not kept unless asked for", undefined, undefined],
  ])("%s", async (_sentence, mostBytes, stdout) => {
    const script = `console.error("oh no"); process.stdout.write("é".repeat(3000))`;
    const more = mostBytes === undefined ? {} : { keepStdoutBytes: mostBytes };

    const ran = await run([node, "-e", script], more);

    expect(ran.kind === "exited" && ran.stdout).toBe(stdout);
  });

  it("that is a flood is not kept, and needs little memory", async () => {
    const script = `
      const much = Buffer.alloc(1024 * 1024, "abcdefg\\n");
      for (let i = 0; i < 256; i++) require("node:fs").writeSync(1, much);`;
    const before = process.memoryUsage.rss();

    const ran = await run([node, "-e", script], { keepStdoutBytes: 1024 * 1024 });

    expect(ran).toMatchObject({ kind: "exited", code: 0, stdout: undefined });
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 1024 * 1024);
  });
});

describe("the tail", () => {
  it("is the last 4,000 characters of both streams, in order", async () => {
    const script = `
      const { writeSync } = require("node:fs");
      writeSync(1, "a".repeat(5000)); setTimeout(() => writeSync(2, "the end"), 100);`;

    expect(await run([node, "-e", script])).toMatchObject({ tail: "a".repeat(3993) + "the end" });
  });

  it.each([
    ["two-byte characters", "é", 5001],
    ["characters of two code units", "🦊", 5001],
  ])("is valid text when it cuts through %s", async (_sentence, character, count) => {
    const script = `process.stdout.write("x" + "${character}".repeat(${count}) + "y")`;

    const ran = await run([node, "-e", script]);

    const tail = "tail" in ran ? ran.tail : "";
    expect(tail).toMatch(new RegExp(`^(${character})+y$`, "u"));
    expect(tail.length).toBeGreaterThan(3_990);
    expect(tail.length).toBeLessThanOrEqual(4_000);
  });

  it("keeps the streams' characters whole when their halves arrive in turns", async () => {
    const script = `
      const { writeSync } = require("node:fs");
      const fox = Buffer.from("🦊");
      writeSync(1, fox.subarray(0, 2));
      setTimeout(() => writeSync(2, fox.subarray(0, 2)), 60);
      setTimeout(() => writeSync(1, fox.subarray(2)), 120);
      setTimeout(() => writeSync(2, fox.subarray(2)), 180);`;

    expect(await run([node, "-e", script])).toMatchObject({ tail: "🦊🦊" });
  });

  it("of a flood needs little memory, and the flood never blocks", async () => {
    const script = `
      const { writeSync } = require("node:fs");
      const much = Buffer.alloc(1024 * 1024, "abcdefg\\n");
      for (let i = 0; i < 256; i++) writeSync(1 + (i % 2), much);
      writeSync(1, "the end");`;
    const before = process.memoryUsage.rss();

    const ran = await run([node, "-e", script]);

    expect(ran).toMatchObject({ kind: "exited", code: 0 });
    expect("tail" in ran && ran.tail.length).toBe(4_000);
    expect(process.memoryUsage.rss() - before).toBeLessThan(128 * 1024 * 1024);
  });
});

describe("a program over its time limit", () => {
  it("is ended with all that it started, however stubborn", async () => {
    const folder = createFolder();
    const sleep = folder.write(
      "sleep.sh",
      `trap "" TERM; echo $$ > ${folder.path}/$1; exec sleep 600`,
    );
    // Shells are up long before the limit.
    const script = folder.write(
      "stubborn.sh",
      `exec 2>/dev/null; trap "echo asked" TERM; echo $$ > ${folder.path}/root
/bin/sh ${sleep} grandchild &
/bin/sh -c "/bin/sh ${sleep} orphan & exit"
while :; do sleep 0.05; done`,
    );

    const ran = await run(["/bin/sh", script], { timeLimitMs: 2_000 });

    expect(ran).toMatchObject({ kind: "timed-out", tail: "asked\n" });
    const pids = await Promise.all(
      ["root", "grandchild", "orphan"].map((name) => folder.pid(name)),
    );
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("is timed out even when it then ends well", async () => {
    const script = "process.on('SIGTERM', () => process.exit(0)); setInterval(() => {}, 1000)";

    const ran = await run([node, "-e", script], { timeLimitMs: 500 });

    expect(ran).toMatchObject({ kind: "timed-out" });
  });

  it("is ended sooner when the run is aborted during its grace", async () => {
    const abort = new AbortController();
    const patient = createRunner({ termGraceMs: 600_000, abortGraceMs: 100 });
    const folder = createFolder();
    const script = folder.write(
      "stubborn.sh",
      `trap 'echo $$ > ${folder.path}/asked' TERM; while :; do sleep 0.05; done`,
    );

    const ran = patient.run({ argv: ["/bin/sh", script], timeLimitMs: 2_000 }, abort.signal);
    const pid = await folder.pid("asked");
    abort.abort();

    expect(await ran).toMatchObject({ kind: "timed-out" });
    expect(isAlive(pid)).toBe(false);
  });
});

describe("after a run", () => {
  it.each<[string, string, number, Ran["kind"]]>([
    ["that ended by itself", "0", 20_000, "exited"],
    ["that was timed out", "setInterval(() => {}, 1000)", 300, "timed-out"],
  ])(
    "%s nothing is left that would keep us running",
    async (_sentence, script, timeLimitMs, kind) => {
      const before = handles();

      expect(await run([node, "-e", script], { timeLimitMs })).toMatchObject({ kind });

      // The pipes' ends are closed a turn of the loop later.
      await until("the handles to close", () => handles().length <= before.length);
    },
  );
});

function handles(): readonly string[] {
  const ours = ["ProcessWrap", "PipeWrap", "Timeout"];
  return process.getActiveResourcesInfo().filter((name) => ours.includes(name));
}

describe("an aborted run", () => {
  it("ends the tree and is told as interrupted", async () => {
    const abort = new AbortController();
    const folder = createFolder();
    const script = folder.write(
      "stubborn.sh",
      `trap "" TERM; echo working; echo $$ > ${folder.path}/root; exec sleep 60`,
    );

    const ran = run(["/bin/sh", script], {}, abort.signal);
    const pid = await folder.pid("root");
    abort.abort();

    expect(await ran).toMatchObject({ kind: "interrupted", tail: "working\n" });
    expect(isAlive(pid)).toBe(false);
  });

  it("that was aborted before does not start", async () => {
    const folder = createFolder();

    const ran = await run(
      ["/usr/bin/touch", join(folder.path, "started")],
      {},
      AbortSignal.abort(),
    );

    expect(ran).toEqual({ kind: "interrupted", tail: "", tookMs: 0 });
  });

  it("does not touch another that runs beside it", async () => {
    const abort = new AbortController();
    const folder = createFolder();
    const script = folder.write("wait.sh", `echo $$ > ${folder.path}/$1; exec sleep 60`);
    const [stays, goes] = [new AbortController(), abort];

    const staying = run(["/bin/sh", script, "stays"], {}, stays.signal);
    const going = run(["/bin/sh", script, "goes"], {}, goes.signal);
    const [stayingPid, goingPid] = [await folder.pid("stays"), await folder.pid("goes")];
    goes.abort();
    await going;

    expect([isAlive(goingPid), isAlive(stayingPid)]).toEqual([false, true]);
    stays.abort();
    expect(await staying).toMatchObject({ kind: "interrupted" });
  });
});
