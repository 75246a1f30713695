import { describe, expect, it } from "vitest";
import { modeWarnings } from "#config/file-mode.ts";

const me = 1000;
const path = "/home/me/my config.json";

describe("a file with keys or commands in it", () => {
  it.each<[string, number, number, readonly string[]]>([
    ["is mine alone", 0o600, me, []],
    ["is mine alone to read", 0o400, me, []],
    ["may be read by everyone", 0o644, me, ["others on this machine may read it"]],
    ["may be read by a group", 0o640, me, ["others on this machine may read it"]],
    ["may be changed by a group", 0o620, me, ["others on this machine may change it"]],
    ["may be both by everyone", 0o666, me, ["others on this machine may read and change it"]],
    ["belongs to root, as in a system's service", 0o600, 0, []],
    ["belongs to somebody else", 0o600, 1001, ["it belongs to another user (uid 1001)"]],
  ])("%s", (_sentence, mode, uid, expected) => {
    const warnings = modeWarnings(path, { mode: 0o100_000 | mode, uid }, me);

    expect(warnings).toEqual(expected.map((words) => expect.stringContaining(words) as string));
  });

  it("the remedy can be pasted into a shell", () => {
    const [warning] = modeWarnings(path, { mode: 0o644, uid: me }, me);

    expect(warning).toContain("Run: chmod 600 '/home/me/my config.json'");
  });
});
