import { join } from "node:path";
import { PassThrough, Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { run } from "#main.ts";
import { widthOf } from "#terminal/text-width.ts";
import { shortPaces } from "../short-paces.ts";
import { apiKey, type Guard, guardWith } from "./guard.ts";

const pods = [
  {
    id: "k3x9a7q2m1abcd",
    name: "qlora-70b-with-a-rather-long-name-for-a-pod",
    costPerHrUsd: 1.49,
    gpuTypeId: "NVIDIA A100-SXM4-80GB",
    startedAtMs: Date.now() - 200 * 3_600_000,
  },
  { id: "p8d4w6z0c5wxyz", name: "训练任务-中文名字-🚀🚀-e\u0301-🇩🇪", costPerHrUsd: 0.69 },
  { id: "zz000000001234", name: "off", costPerHrUsd: 1, status: "EXITED" as const },
];
const config = {
  guards: {
    idle: { action: "stop" },
    lease: { default_hours: 220, max_hours: 300, action: "stop" },
  },
};

/** Everything that a command writes on a terminal of so many columns, in lines. */
async function linesOn(
  columns: number,
  guard: Guard,
  args: readonly string[],
): Promise<readonly string[]> {
  let written = "";
  const stream = (): NodeJS.WriteStream => {
    const writable = new Writable({
      decodeStrings: false,
      write(text: string, _encoding, done) {
        written += text;
        done();
      },
    });
    return Object.assign(writable, { isTTY: true, columns }) as unknown as NodeJS.WriteStream;
  };
  const nobody = new PassThrough();
  nobody.end();
  await run(args, {
    env: { HOME: guard.folder, PATH: join(guard.folder, "bin"), RUNPOD_API_KEY: apiKey },
    paces: shortPaces,
    stdin: Object.assign(nobody, { isTTY: false }) as unknown as NodeJS.ReadStream,
    stdout: stream(),
    stderr: stream(),
    // Only the daemon opens them.
    openStderr: () => Promise.reject(new Error("nobody logs here")),
    program: { argv: [], folder: undefined },
    openLogFile: () => Promise.reject(new Error("nobody logs here")),
    isJournal: false,
    screen: () => ({ columns, rows: 40 }),
    interrupted: new AbortController().signal,
    onStray: () => undefined,
    onHangup: () => undefined,
    endOnHangup: () => undefined,
    goOnUnread: () => undefined,
    endUnread: () => undefined,
  });
  return written.trimEnd().split(/[\r\n]+/);
}

describe.concurrent("on a terminal of 60 and of 80 columns", () => {
  it.for<[string, readonly string[]]>([
    ["init", ["init", "--force", "--output", "FOLDER/c.json"]],
    ["check", ["check", "-c", "CONFIG"]],
    ["status", ["status", "-c", "CONFIG"]],
    ["history", ["history", "-c", "CONFIG"]],
    ["a lease", ["lease", "-c", "CONFIG", "qlora", "210"]],
    ["a lease that is refused", ["lease", "-c", "CONFIG", "off", "2"]],
    ["a touch", ["touch", "-c", "CONFIG", "qlora"]],
    ["a stop that is not confirmed", ["stop", "-c", "CONFIG", "--all"]],
    ["a stop", ["stop", "-c", "CONFIG", "-y", "--all"]],
    ["a termination", ["terminate", "-c", "CONFIG", "-y", "--all"]],
    ["a drill", ["drill", "-c", "CONFIG"]],
    ["the help", ["--help"]],
    ["the help of history", ["history", "--help"]],
    ["the help of stop", ["stop", "--help"]],
    ["a mistake", ["history", "-c", "CONFIG", "--pod", "nobody-of-this-name", "--hours", "3"]],
    ["a wrong option", ["status", "--wathc"]],
  ])("%s is nowhere too wide", async ([_sentence, args], test) => {
    const guard = await guardWith(test, { pods, config });
    await guard.watch("--once").ended;
    await guard.command("touch", "qlora");
    const words = args.map((word) =>
      word.replace("CONFIG", guard.config).replace("FOLDER", guard.folder),
    );

    for (const columns of [60, 80]) {
      const lines = await linesOn(columns, guard, words);
      // A path or a command to copy stays whole.
      const isToCopy = (line: string) => !/\S \S/.test(line.trim()) || /^ +runpodboss /.test(line);
      const wide = lines.filter((line) => widthOf(line) > columns && !isToCopy(line));
      expect(wide).toEqual([]);
      expect(lines.join("")).not.toBe("");
    }
  });

  it("status says what it left out, in the order of what is least needed", async (test) => {
    const guard = await guardWith(test, { pods, config });

    const at = async (columns: number) =>
      (await linesOn(columns, guard, ["status", "-c", guard.config])).join(" ");
    const [narrow, usual, wide] = [await at(60), await at(80), await at(140)];

    expect(narrow).toContain("(no room for GPU, Status, Uptime, Est. Total: ");
    expect(usual).toContain("(no room for GPU, Est. Total: ");
    expect(wide).not.toContain("no room");
    for (const text of [narrow, usual, wide]) {
      for (const kept of ["k3x9a7q2m1abcd", "Time Left", "Cost Now"]) expect(text).toContain(kept);
    }
  });

  it("what programs read is as it is, however narrow the terminal", async (test) => {
    const guard = await guardWith(test, { pods, config });

    for (const command of ["check", "status", "history"]) {
      const lines = await linesOn(60, guard, [command, "-c", guard.config, "--json"]);

      expect(() => JSON.parse(lines.join("\n")) as unknown).not.toThrow();
      expect(lines.join("\n")).not.toContain("…");
    }
  });

  it("on a pipe all columns are there, and names are whole", async (test) => {
    const guard = await guardWith(test, { pods, config });

    const { stdout } = await guard.command("status");

    expect(stdout).toContain("Est. Total");
    expect(stdout).not.toContain("no room");
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeGreaterThan(100);
  });
});
