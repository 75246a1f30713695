import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { type AgentFolder, withAgentFolder } from "#agent/folder.ts";
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

  it("is made where temporary files go when its own place takes none", async () => {
    const spare = tempFolder();

    const base = await withAgentFolder(
      ({ cwd }) => Promise.resolve(dirname(dirname(cwd))),
      join(spare, "gone"),
      { spare },
    );

    expect(base).toBe(spare);
  });

  it("that a killed guard has left is removed once it is old, and nothing else is", async () => {
    const parent = tempFolder();
    for (const name of ["runpodboss-agent-old", "runpodboss-agent-new", "others-old"]) {
      mkdirSync(join(parent, name));
      writeFileSync(join(parent, name, "pods.json"), "[]");
    }
    const longAgo = new Date(Date.now() - 3 * 24 * 3_600_000);
    for (const name of ["runpodboss-agent-old", "others-old"]) {
      utimesSync(join(parent, name), longAgo, longAgo);
    }

    await withAgentFolder(() => Promise.resolve(), parent);

    expect(readdirSync(parent).toSorted()).toEqual(["others-old", "runpodboss-agent-new"]);
  });

  it("that cannot be made is told in words", async () => {
    const parent = join(tempFolder(), "gone");

    await expect(
      withAgentFolder(() => Promise.resolve(), parent, { spare: parent }),
    ).rejects.toThrow(`cannot make a working folder for the agent in ${parent} (ENOENT)`);
  });
});

describe("on a disk that hangs", () => {
  /** Where making a folder hangs in this place; and how often it was begun there. */
  function hangingAt(place: string) {
    let begun = 0;
    let answer: (folder: string) => void = () => undefined;
    const makeIn = (parent: string): Promise<string> => {
      if (parent !== place) return mkdtemp(join(parent, "runpodboss-agent-"));
      begun += 1;
      return new Promise((resolve) => (answer = resolve));
    };
    return { makeIn, begun: () => begun, answer: (folder: string) => answer(folder) };
  }
  const baseOf = ({ cwd }: AgentFolder) => Promise.resolve(dirname(dirname(cwd)));

  it("it is made where temporary files go, and the disk is not asked again while it hangs", async () => {
    const [parent, spare] = [tempFolder(), tempFolder()];
    const { makeIn, begun } = hangingAt(parent);
    const options = { spare, makeIn, limitMs: 500 };

    const bases = [
      await withAgentFolder(baseOf, parent, options),
      await withAgentFolder(baseOf, parent, options),
    ];

    expect(bases).toEqual([spare, spare]);
    expect(begun()).toBe(1);
    // Nobody waits long for that either.
    await vi.waitFor(() => expect(readdirSync(spare)).toEqual([]), { timeout: 60_000 });
  });

  it("where both hang, the call fails in words instead of waiting for ever", async () => {
    const parent = tempFolder();
    const { makeIn } = hangingAt(parent);

    await expect(
      withAgentFolder(baseOf, parent, { spare: parent, makeIn, limitMs: 500 }),
    ).rejects.toThrow("the disk of the agent's working folder took over 0.5 s");
  });

  it("a folder that comes too late is removed again", async () => {
    const [parent, spare] = [tempFolder(), tempFolder()];
    const { makeIn, answer } = hangingAt(parent);
    await withAgentFolder(baseOf, parent, { spare, makeIn, limitMs: 500 });
    const late = join(parent, "runpodboss-agent-late");
    mkdirSync(late);

    answer(late);

    await expect.poll(() => existsSync(late)).toBe(false);
  });

  it("two calls at once share a disk that answers", async () => {
    const parent = tempFolder();

    const bases = await Promise.all([1, 2].map(() => withAgentFolder(baseOf, parent)));

    expect(bases).toEqual([parent, parent]);
  });
});
