import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { createRunner } from "#process/runner.ts";
import { createStartFiles } from "#process/start-files.ts";
import type { Command } from "#ports.ts";
import { makeFifo, tempFolder } from "../temp-folder.ts";

const never = new Promise<never>(() => {});
const commandOf = (argv: readonly string[], more: Partial<Command> = {}): Command => ({
  argv,
  timeLimitMs: 30_000,
  ...more,
});

/** Files by their starts; the path that hangs; all else is missing. */
function disk(files: Readonly<Record<string, string>>, hanging?: string) {
  const asked: string[] = [];
  const read = (path: string): Promise<string | undefined> => {
    asked.push(path);
    return path === hanging ? never : Promise.resolve(files[path]);
  };
  return { asked, read };
}

describe("what hangs is found before the start:", () => {
  const files = {
    "/bin/sh": "\x7fELF",
    "/opt/tool": "#!/mnt/python -u\n",
    "/mnt/python": "\x7fELF",
  };
  const env = { PATH: "/mnt/bin:/bin" };

  it.each<[string, Command, string | undefined, string | undefined]>([
    ["the program", commandOf(["/opt/tool"]), "/opt/tool", "/opt/tool"],
    ["its interpreter", commandOf(["/opt/tool"]), "/mnt/python", "/mnt/python"],
    ["a folder of PATH", commandOf(["sh"], { env }), "/mnt/bin/sh", "/mnt/bin/sh"],
    ["its working folder", commandOf(["sh"], { env, cwd: "/mnt/home" }), "/mnt/home", "/mnt/home"],
    ["a relative program", commandOf(["./x"], { cwd: "/mnt" }), "/mnt/x", "/mnt/x"],
    ["nothing, where all answers", commandOf(["sh"], { env }), undefined, undefined],
    ["nothing, where the program is missing", commandOf(["/opt/no"]), undefined, undefined],
    [
      "nothing behind the program on PATH",
      commandOf(["sh"], { env: { PATH: "/bin:/mnt" } }),
      "/mnt/sh",
      undefined,
    ],
  ])("%s", async (_sentence, command, hanging, expected) => {
    const { read } = disk(files, hanging);

    expect(await createStartFiles(20, read)(command)).toBe(expected);
  });

  it("it is asked for once, however often a start is tried meanwhile", async () => {
    const { read, asked } = disk(files, "/opt/tool");
    const whatHangs = createStartFiles(20, read);

    const found = await Promise.all([1, 2, 3].map(() => whatHangs(commandOf(["/opt/tool"]))));

    expect(found).toEqual(["/opt/tool", "/opt/tool", "/opt/tool"]);
    expect(asked).toEqual(["/opt/tool"]);
  });

  it("interpreters that name one another are not followed for ever", async () => {
    const { read } = disk({ "/a": "#!/b", "/b": "#!/a" });

    expect(await createStartFiles(1_000, read)(commandOf(["/a"]))).toBeUndefined();
  });
});

describe("a program on a disk that hangs", () => {
  it("is not started, and the words say which file", async () => {
    const runner = createRunner({ termGraceMs: 500, abortGraceMs: 500 }, () => never, 20);

    const ran = await runner.run(
      commandOf(["/mnt/notify", "a-secret"]),
      new AbortController().signal,
    );

    expect(ran).toEqual({
      kind: "not-started",
      because: '"/mnt/notify" could not be read in time: its disk hangs',
    });
  });

  it("keeps no other program from starting", async () => {
    const folder = tempFolder();
    const program = join(folder, "notify");
    writeFileSync(program, "#!/bin/sh\necho told");
    chmodSync(program, 0o700);
    const runner = createRunner(
      { termGraceMs: 500, abortGraceMs: 500 },
      (path) => (path === "/mnt/notify" ? never : Promise.resolve(undefined)),
      20,
    );
    const signal = new AbortController().signal;

    const [hung, ran] = await Promise.all([
      runner.run(commandOf(["/mnt/notify"]), signal),
      runner.run(commandOf([program]), signal),
    ]);

    expect(hung.kind).toBe("not-started");
    expect(ran).toMatchObject({ kind: "exited", code: 0, tail: "told\n" });
  });

  it("that is a FIFO or a folder is refused by the system, and holds up nobody", async () => {
    const folder = tempFolder();
    makeFifo(join(folder, "fifo"));
    mkdirSync(join(folder, "folder"));
    const runner = createRunner({ termGraceMs: 500, abortGraceMs: 500 });

    for (const name of ["fifo", "folder"]) {
      const ran = await runner.run(commandOf([join(folder, name)]), new AbortController().signal);
      expect(ran.kind).toBe("not-started");
    }
  });
});
