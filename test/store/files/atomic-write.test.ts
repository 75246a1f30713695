import { spawn } from "node:child_process";
import { once } from "node:events";
import * as fs from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { describe, expect, it } from "vitest";
import { writeAtomically } from "#store/files/atomic-write.ts";
import { tempFolder } from "../../temp-folder.ts";

const textOf = (path: string): string => fs.readFileSync(path, "utf8");
const modeOf = (path: string): number => fs.statSync(path).mode & 0o777;

describe("writeAtomically", () => {
  it("makes the file for its owner alone, with its folders", async () => {
    const folder = tempFolder();
    const path = join(folder, "a", "b", "state.json");

    await writeAtomically(path, "text\n");

    expect(textOf(path)).toBe("text\n");
    expect([path, join(folder, "a"), join(folder, "a", "b")].map(modeOf)).toEqual([
      0o600, 0o700, 0o700,
    ]);
    expect(fs.readdirSync(join(folder, "a", "b"))).toEqual(["state.json"]);
  });

  it("replaces what was there, and takes another mode", async () => {
    const path = join(tempFolder(), "file");
    fs.writeFileSync(path, "a much longer old text");

    await writeAtomically(path, "new", 0o640);

    expect(textOf(path)).toBe("new");
    expect(modeOf(path)).toBe(0o640);
  });

  it.each<[string, (folder: string) => void, string]>([
    [
      "a symlink",
      (folder) => {
        fs.writeFileSync(join(folder, "real"), "old");
        fs.symlinkSync("real", join(folder, "link"));
      },
      "real",
    ],
    [
      "a symlink to a symlink",
      (folder) => {
        fs.symlinkSync("second", join(folder, "link"));
        fs.symlinkSync(join(folder, "real"), join(folder, "second"));
        fs.writeFileSync(join(folder, "real"), "old");
      },
      "real",
    ],
    [
      "a symlink to a file and a folder that are not there yet",
      (folder) => fs.symlinkSync("later/real", join(folder, "link")),
      "later/real",
    ],
  ])("writes through %s, which stays one", async (_sentence, make, real) => {
    const folder = tempFolder();
    make(folder);

    await writeAtomically(join(folder, "link"), "new");

    expect(fs.lstatSync(join(folder, "link")).isSymbolicLink()).toBe(true);
    expect(fs.lstatSync(join(folder, real)).isFile()).toBe(true);
    expect(textOf(join(folder, real))).toBe("new");
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    [
      "a folder",
      (folder) => {
        fs.mkdirSync(join(folder, "dir"));
        return join(folder, "dir");
      },
      /is not a regular file/,
    ],
    ["a device", () => "/dev/null", /is not a regular file/],
    [
      "a path through a file",
      (folder) => {
        fs.writeFileSync(join(folder, "file"), "");
        return join(folder, "file", "state.json");
      },
      /ENOTDIR/,
    ],
    [
      "symlinks in a circle",
      (folder) => {
        fs.symlinkSync("b", join(folder, "a"));
        fs.symlinkSync("a", join(folder, "b"));
        return join(folder, "a");
      },
      /symlinks/,
    ],
    ["a name that is too long", (folder) => join(folder, "n".repeat(250)), /ENAMETOOLONG/],
  ])("throws on %s and leaves everything as it was", async (_sentence, make, words) => {
    const folder = tempFolder();
    const path = make(folder);
    const before = fs.readdirSync(folder);

    await expect(writeAtomically(path, "new")).rejects.toThrow(words);

    expect(fs.readdirSync(folder)).toEqual(before);
  });

  it("tidies what a crashed process left, and nothing else", async () => {
    const folder = tempFolder();
    const longAgo = new Date(Date.now() - 61_000);
    const names = [".state.json.tmp-1-old", ".other.json.tmp-1-old", "state.json.corrupt-1"];
    for (const name of [...names, ".state.json.tmp-2-new"])
      fs.writeFileSync(join(folder, name), "");
    for (const name of names) fs.utimesSync(join(folder, name), longAgo, longAgo);

    await writeAtomically(join(folder, "state.json"), "text");

    expect(fs.readdirSync(folder).sort()).toEqual(
      [
        ".other.json.tmp-1-old",
        ".state.json.tmp-2-new",
        "state.json",
        "state.json.corrupt-1",
      ].sort(),
    );
  });

  it("leaves the old or the new text when killed at any moment", async () => {
    const folder = tempFolder();
    const path = join(folder, "state.json");
    const program = join(folder, "save-forever.mjs");
    const source = fileURLToPath(new URL("save-forever.ts", import.meta.url));
    const settings = { bundle: true, format: "esm", platform: "node" } as const;
    buildSync({ ...settings, entryPoints: [source], outfile: program });
    fs.writeFileSync(path, "a".repeat(200_000));
    const seen: string[] = [];

    for (let kill = 0; kill < 8; kill++) {
      const child = spawn(process.execPath, [program, path], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(child.stdout, "data");
      await delay(kill);
      child.kill("SIGKILL");
      await once(child, "close");
      seen.push(textOf(path));
    }

    const whole = ["a".repeat(200_000), "b".repeat(200_000)];
    expect(seen.filter((text) => !whole.includes(text)).map((text) => text.length)).toEqual([]);
  });
});
