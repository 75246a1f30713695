import fs from "node:fs";
import promises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { rewriteLines } from "#store/files/rewrite-lines.ts";
import { tempFolder } from "../../temp-folder.ts";

const never = new AbortController().signal;
const first = '{"runpodboss":"history of state.json"}\n';
/** Behind the first line. */
function textOf(path: string): string {
  const text = fs.readFileSync(path, "utf8");
  expect(text.slice(0, first.length)).toBe(first);
  return text.slice(first.length);
}

function fileWith(text: string): string {
  const path = join(tempFolder(), "history.jsonl");
  fs.writeFileSync(path, first + text);
  return path;
}

/** Drops the lines that begin with a minus. */
function rewrite(path: string, whenAlone = (): void => undefined, signal = never): Promise<void> {
  return rewriteLines(path, {
    holds: "history",
    keeps: ({ bytes }) => !bytes.toString().startsWith("-"),
    async alone(work) {
      whenAlone();
      await work();
    },
    signal,
  });
}

it("takes out what is not to stay, and keeps what was appended before it was alone", async () => {
  const path = fileWith("-1\n2\n-3\n4");

  await rewrite(path, () => fs.appendFileSync(path, "4\n-5\n6\n"));

  expect(textOf(path)).toBe("2\n44\n6\n");
});

it("keeps a last line without its end, whatever it is: more of it may be to come", async () => {
  const path = fileWith("-1\n2\n-3");

  await rewrite(path);

  expect(textOf(path)).toBe("2\n-3");
});

it("takes nothing for a line that is part of a longer one", async () => {
  const long = `${"x".repeat(200_000)}-\n`;
  const path = fileWith(`-1\n${long}-2\n${long}`);

  await rewrite(path);

  expect(textOf(path)).toBe(`${long}${long}`);
});

it("touches nothing when another file was put in its place meanwhile", async () => {
  const path = fileWith("-1\n2\n");
  const anew = (): void => {
    fs.writeFileSync(`${path}.new`, "-9\n");
    fs.renameSync(`${path}.new`, path);
  };

  await expect(rewrite(path, anew)).rejects.toThrow(/put in place anew/);

  expect(fs.readFileSync(path, "utf8")).toBe("-9\n");
  expect(fs.readdirSync(join(path, ".."))).toEqual(["history.jsonl"]);
});

it("touches nothing when it is told to end, also while it waits to be alone", async () => {
  const path = fileWith("-1\n2\n");
  const ending = new AbortController();

  await expect(rewrite(path, undefined, AbortSignal.abort())).rejects.toThrow(/aborted/);
  await expect(rewrite(path, () => ending.abort(), ending.signal)).rejects.toThrow(/aborted/);

  expect(textOf(path)).toBe("-1\n2\n");
  expect(fs.readdirSync(join(path, ".."))).toEqual(["history.jsonl"]);
});

it("leaves little to the disk at a time, however long the file: others wait for all of it", async () => {
  const path = fileWith(`${"x".repeat(999)}\n`.repeat(20_000));
  const real = promises.open;
  let [unsynced, most] = [0, 0];
  promises.open = async (...args) => {
    const file = await real(...args);
    const write = file.writeFile.bind(file);
    const sync = file.datasync.bind(file);
    return Object.assign(file, {
      async writeFile(data: Buffer) {
        await write(data);
        unsynced += data.length;
        most = Math.max(most, unsynced);
      },
      async datasync() {
        await sync();
        unsynced = 0;
      },
    });
  };
  syncBuiltinESMExports();
  onTestFinished(() => {
    promises.open = real;
    syncBuiltinESMExports();
  });

  await rewrite(path);

  expect(most).toBeLessThan(5_000_000);
  expect(fs.statSync(path).size).toBeGreaterThan(20_000_000);
});
