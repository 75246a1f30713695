import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { type AgentFolder, withAgentFolder } from "../../src/effects/agent-folder.ts";
import { tempFolder } from "../temp-folder.ts";

describe("an agent's folder", () => {
  it("is empty, only ours to enter, and another one for each call", async () => {
    const parent = tempFolder();
    const look = ({ cwd }: AgentFolder) =>
      Promise.resolve({ cwd, mode: statSync(cwd).mode & 0o777, files: readdirSync(cwd) });

    const [one, other] = [await withAgentFolder(look, parent), await withAgentFolder(look, parent)];

    expect(one).toMatchObject({ mode: 0o700, files: [] });
    expect(other.cwd).not.toBe(one.cwd);
  });

  it("stays empty when the pods are written, which only we may read", async () => {
    const written = await withAgentFolder(async ({ cwd, podsFile, writePods }) => {
      await writePods("[]");
      return {
        text: readFileSync(podsFile, "utf8"),
        mode: statSync(podsFile).mode & 0o777,
        outerMode: statSync(dirname(podsFile)).mode & 0o777,
        files: readdirSync(cwd),
      };
    }, tempFolder());

    expect(written).toEqual({ text: "[]", mode: 0o600, outerMode: 0o700, files: [] });
  });

  it("has no pods file unless one was written", async () => {
    const exists = await withAgentFolder(
      ({ podsFile }) => Promise.resolve(existsSync(podsFile)),
      tempFolder(),
    );

    expect(exists).toBe(false);
  });

  it.each([
    ["went well", () => "well", "well"],
    ["failed", () => Promise.reject(new Error("agent trouble")), "agent trouble"],
  ])("is gone after a call that %s, with all that the agent left", async (_s, end, expected) => {
    const parent = tempFolder();

    const call = withAgentFolder(async ({ cwd, writePods }) => {
      await writePods("[]");
      writeFileSync(join(cwd, "left"), "");
      return await end();
    }, parent);

    expect(await call.catch(({ message }: Error) => message)).toBe(expected);
    expect(readdirSync(parent)).toEqual([]);
  });

  it("that cannot be made is told in words", async () => {
    const parent = join(tempFolder(), "gone");

    await expect(withAgentFolder(() => Promise.resolve(), parent)).rejects.toThrow(
      `no working folder for the agent could be made in ${parent} (ENOENT)`,
    );
  });
});
