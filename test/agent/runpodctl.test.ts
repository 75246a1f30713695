import { chmodSync, mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { askRunpodctl, restV1Words } from "#agent/runpodctl.ts";
import type { Version } from "#agent/version.ts";
import { createClock } from "#clock.ts";
import { discreetRunner } from "#process/discreet-runner.ts";
import { createRunner } from "#process/runner.ts";
import { createHastyClock } from "../fake-clock.ts";
import { createFolder } from "../process/programs.ts";

const forever = new AbortController().signal;

/** What is found out about a runpodctl that is this script. */
async function asked(script: string, { path = (folder: string) => folder } = {}) {
  const folder = createFolder();
  folder.write("runpodctl", `#!/bin/sh\n${script}\n`);
  const env = { PATH: `${path(folder.path)}:/usr/bin:/bin`, RUNPOD_API_KEY: "rpa_a-secret-key" };
  const runner = discreetRunner(createRunner({ termGraceMs: 200, abortGraceMs: 200 }), () => ({
    outer: env,
    apiKey: "rpa_a-secret-key",
    apiKeyNames: [],
    redact: (text) => text,
  }));
  return askRunpodctl({ runner, clock: createClock(), env }, forever);
}

describe("the version that runpodctl names", () => {
  it.each<[string, string, Version]>([
    ["as version 1 does", "echo runpodctl 1.14.3", [1, 14, 3]],
    ["with a v", "echo runpodctl v2.15.0", [2, 15, 0]],
    ["alone", "echo 2.3.4", [2, 3, 4]],
    ["of a candidate", "echo runpodctl v2.15.0-rc1", [2, 15, 0]],
    ["with a commit", "echo 'runpodctl 2.1.6-673143d (linux)'", [2, 1, 6]],
    [
      "in colours",
      String.raw`printf '\033[1mrunpodctl\033[0m \033[32mv2.15.1\033[0m\n'`,
      [2, 15, 1],
    ],
    ["in JSON", `echo '{"version": "2.15.0", "commit": "abc"}'`, [2, 15, 0]],
    ["on standard error", "echo runpodctl 2.15.0 >&2", [2, 15, 0]],
    ["beside an offer of a newer one", "echo 2.1.0; echo 'v2.16.0 is available'", [2, 1, 0]],
  ])("is read %s", async (_sentence, script, version) => {
    expect(await asked(script)).toEqual({ kind: "found", version });
  });

  it.each<[string, string, RegExp]>([
    ["it fails", "echo no config; exit 3", /failed with exit 3: no config$/],
    ["it says nothing", "true", /named none that can be read/],
    ["it prints rubbish", "echo needs Go 1.21.3 to run", /named none that can be read: needs Go/],
    ["it names two", "echo 1.14.3; echo 2.15.0", /named none that can be read/],
    ["it is of a generation nobody knows", "echo 3.0.0", /nothing here knows how version 3\.0\.0/],
    ["it floods", "head -c 50000000 /dev/zero", /printed too much$/],
    ["it is ended", "kill -9 $$", /was ended by SIGKILL$/],
  ])("is unknown when %s", async (_sentence, script, because) => {
    const answer = await asked(script);

    expect(answer).toEqual({ kind: "unknown", because: expect.stringMatching(because) as string });
  });

  it("is asked for without the key", async () => {
    expect(await asked('[ -z "$RUNPOD_API_KEY" ] && echo 2.15.0')).toMatchObject({ kind: "found" });
  });
});

it("a runpodctl that hangs is unknown after its time limit", async () => {
  const folder = createFolder();
  folder.write("runpodctl", "#!/bin/sh\n");
  const limits: number[] = [];
  const runner = {
    run: ({ timeLimitMs }: { readonly timeLimitMs: number }) => {
      limits.push(timeLimitMs);
      return Promise.resolve({ kind: "timed-out", tail: "", tookMs: timeLimitMs } as const);
    },
  };
  const deps = { runner, clock: createClock(), env: { PATH: folder.path } };

  expect(await askRunpodctl(deps, forever)).toEqual({
    kind: "unknown",
    because: "runpodctl version took longer than 15 s",
  });
  expect(limits).toEqual([15_000]);
});

describe("there is no runpodctl", () => {
  it("where PATH has none, has it as a folder, or may not run it", async () => {
    const folder = createFolder();
    const nobody = { run: () => Promise.reject(new Error("nobody may run it")) };
    const deps = { runner: nobody, clock: createClock(), env: { PATH: folder.path } };
    const answers = [await askRunpodctl(deps, forever)];
    mkdirSync(`${folder.path}/runpodctl`);
    answers.push(await askRunpodctl(deps, forever));
    const other = createFolder();
    chmodSync(other.write("runpodctl", "#!/bin/sh\n"), 0o600);
    answers.push(await askRunpodctl({ ...deps, env: { PATH: other.path } }, forever));
    answers.push(await askRunpodctl({ ...deps, env: {} }, forever));

    expect(answers).toEqual(Array.from({ length: 4 }, () => ({ kind: "missing" })));
  });

  it("in a folder that PATH names by a relative path", async () => {
    expect(await asked("echo 2.15.0", { path: (folder) => `..${folder}` })).toEqual({
      kind: "missing",
    });
  });
});

it("a PATH whose disk hangs is not waited for", async () => {
  const runner = { run: () => Promise.reject(new Error("nobody may run it")) };
  const find = () => new Promise<undefined>(() => undefined);
  const deps = { runner, clock: createHastyClock(), env: { PATH: "/net/bin" }, find };

  expect(await askRunpodctl(deps, forever)).toEqual({
    kind: "unknown",
    because: "it was not found on PATH in time (not done after 5 s)",
  });
});

describe("what ends with REST v1 is told", () => {
  const before = Date.UTC(2026, 10, 30, 23, 59);
  const after = Date.UTC(2026, 11, 1);

  it.each<[string, Version, number, string | undefined]>([
    [
      "1.x, before",
      [1, 14, 3],
      before,
      "version 1.14.3 uses RunPod's REST API v1, and will stop working on 1 December 2026; install one newer than 2.14.0",
    ],
    [
      "1.x, after",
      [1, 14, 3],
      after,
      "version 1.14.3 uses RunPod's REST API v1, and stopped working on 1 December 2026; install one newer than 2.14.0",
    ],
    [
      "2.14.0, before",
      [2, 14, 0],
      before,
      "pod list and pod delete of version 2.14.0 use RunPod's REST API v1, and will stop working on 1 December 2026; install one newer than 2.14.0",
    ],
    [
      "2.0.0, after",
      [2, 0, 0],
      after,
      "pod list and pod delete of version 2.0.0 use RunPod's REST API v1, and stopped working on 1 December 2026; install one newer than 2.14.0",
    ],
    ["2.14.1", [2, 14, 1], after, undefined],
    ["2.15.0", [2, 15, 0], after, undefined],
  ])("%s", (_sentence, version, nowMs, words) => {
    expect(restV1Words(version, nowMs)).toBe(words);
  });
});
