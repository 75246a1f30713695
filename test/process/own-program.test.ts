import { expect, it } from "vitest";
import { goWhereTheDaemonIs, isCalledByAgent, ownProgram } from "#process/own-program.ts";

const here = { argv: ["node", "/opt/cli.js", "watch"], execPath: "/usr/bin/node", env: {} };

function processIn(cwd: () => string, env: NodeJS.ProcessEnv = {}) {
  const entered: string[] = [];
  const chdir = (folder: string): void => {
    if (folder === "/gone") throw Object.assign(new Error("no"), { code: "ENOENT" });
    entered.push(folder);
  };
  return { ...here, cwd, chdir, env, entered };
}

it("this program can be started again as it was started, from its folder", () => {
  expect(ownProgram(processIn(() => "/home/me"))).toEqual({
    argv: ["/usr/bin/node", "/opt/cli.js"],
    folder: "/home/me",
  });
});

it("a working folder that was removed is no reason not to start", () => {
  const gone = (): string => {
    throw new Error("ENOENT: uv_cwd");
  };

  expect(ownProgram(processIn(gone)).folder).toBeUndefined();
});

it.each<[string, NodeJS.ProcessEnv, readonly string[], string | undefined]>([
  ["called by a person: stays where it is", {}, [], undefined],
  [
    "called by an agent: goes where the daemon is",
    { RUNPODBOSS_FOLDER: "/srv" },
    ["/srv"],
    undefined,
  ],
  [
    "called by an agent, and that folder is gone: says so",
    { RUNPODBOSS_FOLDER: "/gone" },
    [],
    'The folder "/gone", which RUNPODBOSS_FOLDER names, cannot be entered (ENOENT).',
  ],
])("%s", (_sentence, env, entered, because) => {
  const process = processIn(() => "/", env);

  expect(goWhereTheDaemonIs(process)).toBe(because);
  expect(process.entered).toEqual(entered);
  expect(isCalledByAgent(env)).toBe("RUNPODBOSS_FOLDER" in env);
});
