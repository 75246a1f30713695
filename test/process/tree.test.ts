import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { describe, expect, it, onTestFinished } from "vitest";
import type { LivingProcess } from "#process/table.ts";
import { endTree, identityOf, membersOf, type Tree } from "#process/tree.ts";
import { createFolder, isAlive, killIfAlive, until } from "./programs.ts";

describe("a tree's members", () => {
  // Above any pid that a system gives, so that none is this process.
  const [root, child, grandchild, stray, stranger] = [
    9_000_001, 9_000_002, 9_000_003, 9_000_004, 9_000_005,
  ];

  it.each<[string, readonly LivingProcess[], readonly number[]]>([
    ["are the root and its group", [one(root, 1), one(stray, 1, root)], [root, stray]],
    [
      "are descendants in groups of their own, in whatever order they are listed",
      [one(grandchild, child), one(child, root), one(root, 1)],
      [root, child, grandchild],
    ],
    [
      "are marked strays and what these started",
      [one(root, 1), marked(one(stray, 1)), one(grandchild, stray)],
      [root, stray, grandchild],
    ],
    ["are not strangers", [one(root, 1), one(stranger, 1), one(child, stranger)], [root]],
    ["are never init", [one(root, 1), marked(one(1, 0, root)), one(stranger, 1)], [root]],
    [
      "are never this process, nor what else it started",
      [one(root, process.pid), marked(one(process.pid, root, root)), one(stranger, process.pid)],
      [root],
    ],
  ])("%s", (_sentence, table, expected) => {
    const members = membersOf(table, { pid: root, isOurs: true }, new Set());

    expect(pidsOf(members)).toEqual(new Set(expected));
  });

  it.each<[string, readonly LivingProcess[], readonly number[]]>([
    ["one known from before is still a member", [one(child, 1)], [child]],
    ["a later bearer of its pid is not", [one(child, 1, child, "later")], []],
    ["the root's number may by now be another's", [one(root, 1), one(stranger, root)], []],
    [
      "the root's group is ours while it holds one that is known",
      [one(child, 1, root), one(stray, 1, root)],
      [child, stray],
    ],
    ["the root's group may by now be another's", [one(stray, 1, root)], []],
  ])("when the root has ended, %s", (_sentence, table, expected) => {
    const known = new Set([identityOf(one(child, 1))]);

    const members = membersOf(table, { pid: root, isOurs: false }, known);

    expect(pidsOf(members)).toEqual(new Set(expected));
  });
});

describe("ending a tree", () => {
  it("lets those end well that can, and does not wait longer than they need", async () => {
    const folder = createFolder();
    const tree = startTree(
      folder.write(
        "root.js",
        `process.on("SIGTERM", () => setTimeout(() => {
  require("node:fs").writeFileSync("root-ended-well", "");
  process.exit();
}, 100));
${writePid("root")}; setInterval(() => {}, 1000);`,
      ),
      folder.path,
    );
    const pid = await folder.pid("root");

    await endTree(tree, () => Infinity);

    expect(isAlive(pid)).toBe(false);
    expect(existsSync(`${folder.path}/root-ended-well`)).toBe(true);
  });

  it("kills the stubborn when their moment comes, those in a session of their own too, and no stranger", async () => {
    const folder = createFolder();
    const stranger = startTree(folder.write("stranger.js", stubborn("stranger")), folder.path);
    const tree = startTree(
      folder.write(
        "root.js",
        `${stubborn("root")}
require("node:child_process").spawn("/bin/sh", ["-c", "${sleeper("grandchild")}"], { detached: true, stdio: "ignore" });`,
      ),
      folder.path,
    );
    const pids = [await folder.pid("root"), await folder.pid("grandchild")];
    await folder.pid("stranger");
    let killAtMs = Infinity;

    const ended = endTree(tree, () => killAtMs);
    await until("SIGTERM", () => existsSync(`${folder.path}/root-was-asked`));
    killAtMs = performance.now();
    await ended;

    expect(pids.filter(isAlive)).toEqual([]);
    expect(isAlive(stranger.rootPid)).toBe(true);
    expect(existsSync(`${folder.path}/stranger-was-asked`)).toBe(false);
  });

  it("ends a grandchild whose parent has ended at once", async () => {
    const folder = createFolder();
    const tree = startTree(
      folder.write(
        "root.js",
        `require("node:child_process").spawn("/bin/sh", ["-c", "${sleeper("grandchild")}"], { detached: true, stdio: "ignore" });
${writePid("root")}; setInterval(() => {}, 1000);`,
      ),
      folder.path,
    );
    const pids = [await folder.pid("root"), await folder.pid("grandchild")];
    const startedAtMs = performance.now();

    await endTree(tree, () => startedAtMs + 300);

    expect(pids.filter(isAlive)).toEqual([]);
  });

  it.runIf(process.platform === "linux")("finds an orphan by its mark", async () => {
    const folder = createFolder();
    const middle = folder.write(
      "middle.js",
      `const orphan = require("node:child_process").spawn("/bin/sh", ["-c", "${sleeper("orphan")}"], { detached: true, stdio: "ignore" });
orphan.unref();`,
    );
    const tree = startTree(
      folder.write(
        "root.js",
        `require("node:child_process").spawn(process.execPath, [${JSON.stringify(middle)}], { stdio: "ignore" })
  .on("exit", () => { ${writePid("root")}; }); setInterval(() => {}, 1000);`,
      ),
      folder.path,
    );
    const pids = [await folder.pid("root"), await folder.pid("orphan")];
    const startedAtMs = performance.now();

    await endTree(tree, () => startedAtMs + 300);

    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("that is gone already returns, and asks nobody", async () => {
    const gone: Tree = {
      rootPid: 9_000_001,
      mark: `MARK=${randomUUID()}`,
      rootIsOurs: () => false,
    };

    await expect(endTree(gone, () => performance.now() + 60_000)).resolves.toBeUndefined();
  });
});

function one(pid: number, parentPid: number, groupId = pid, startedAt = "then"): LivingProcess {
  return { pid, parentPid, groupId, startedAt, isMarked: false };
}

function marked(process: LivingProcess): LivingProcess {
  return { ...process, isMarked: true };
}

function pidsOf(members: readonly LivingProcess[]): ReadonlySet<number> {
  return new Set(members.map(({ pid }) => pid));
}

/** Starts a script in that folder, as the runner would; it is killed after the test. */
function startTree(script: string, folder: string): Tree {
  const mark = randomUUID();
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    detached: true,
    env: { ...process.env, MARK: mark },
    stdio: "ignore",
  });
  const rootIsOurs = (): boolean => child.exitCode === null && child.signalCode === null;
  onTestFinished(() => {
    if (rootIsOurs()) killIfAlive(child.pid);
  });
  return { rootPid: child.pid ?? 0, mark: `MARK=${mark}`, rootIsOurs };
}

function writePid(file: string): string {
  return `require("node:fs").writeFileSync("${file}", process.pid + "\\n")`;
}

/** A program that says it was asked to end, and does not. */
function stubborn(name: string): string {
  return `process.on("SIGTERM", () => require("node:fs").writeFileSync("${name}-was-asked", ""));
${writePid(name)}; setInterval(() => {}, 1000);`;
}

/** A line of shell that writes its pid and then ignores SIGTERM for a minute. */
function sleeper(file: string): string {
  return `trap '' TERM; echo $$ > ${file}; exec sleep 60`;
}
