import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Command, Ran } from "#ports.ts";
import { discreetRunner } from "#process/discreet-runner.ts";
import { createRunner } from "#process/runner.ts";
import { createRedactor } from "#redact.ts";
import { tempFolder } from "../temp-folder.ts";

const apiKey = "rpa_0123456789ABCDEFGHIJ";

function run(
  command: Omit<Command, "timeLimitMs">,
  outer: NodeJS.ProcessEnv = process.env,
): Promise<Ran> {
  const real = createRunner({ termGraceMs: 300, abortGraceMs: 300 });
  const redact = createRedactor([apiKey]);
  const runner = discreetRunner(real, () => ({ outer, apiKey, apiKeyNames: [], redact }));
  return runner.run({ timeLimitMs: 10_000, ...command }, new AbortController().signal);
}

describe("what a program says comes back without the key", () => {
  it.each([
    ["as it is", `printf ${apiKey}`, "[redacted]"],
    [
      "with a hidden character in it",
      `printf 'rpa_0123\\342\\200\\213456789ABCDEFGHIJ'`,
      "[redacted]",
    ],
    ["with colours in it", `printf 'rpa_\\001\\0020123456789ABCDEFGHIJ'`, "[redacted]"],
    ["on standard error", `printf ${apiKey} >&2`, "[redacted]"],
  ])("%s", async (_sentence, script, tail) => {
    expect(await run({ argv: ["/bin/sh", "-c", script] })).toMatchObject({ kind: "exited", tail });
  });

  it("also in what is kept whole, which stays JSON", async () => {
    const script = `printf '{"result":"${apiKey}"}'`;

    const ran = await run({ argv: ["/bin/sh", "-c", script], keepStdoutBytes: 1_000 });

    expect(ran).toMatchObject({ stdout: '{"result":"[redacted]"}' });
  });

  it("also where a hidden character would hide it until the JSON is read and cleaned", async () => {
    const script = String.raw`printf '{"result":"rpa_01\342\200\21323456789ABCDEFGHIJ"}\r\n'`;

    const ran = await run({ argv: ["/bin/sh", "-c", script], keepStdoutBytes: 1_000 });

    expect(ran).toMatchObject({ stdout: '{"result":"[redacted]"}\n' });
  });

  it("also in why it did not start", async () => {
    const ran = await run({ argv: [`/nowhere/${apiKey}`] });

    expect(ran).toMatchObject({
      kind: "not-started",
      because: '"/nowhere/[redacted]" does not exist',
    });
  });
});

describe("what a program gets", () => {
  const argv = ["/bin/sh", "-c", 'printf "%s" "$RUNPOD_API_KEY"'];

  it.each<[string, Command["trust"], string]>([
    ["no key", undefined, ""],
    ["the key, if its command is trusted with it", "api-key", "[redacted]"],
    ["the key, as an agent", "agent", "[redacted]"],
  ])("%s", async (_sentence, trust, tail) => {
    expect(await run({ argv, trust })).toMatchObject({ tail });
  });

  it("is not what a file in the working folder makes of it", async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "notify-me"), "#!/bin/sh\necho from here\n");
    chmodSync(join(cwd, "notify-me"), 0o700);

    const ran = await run({ argv: ["notify-me"], cwd }, { PATH: ".:/usr/bin:/bin" });

    expect(ran).toMatchObject({
      kind: "not-started",
      because: '"notify-me" was not found on PATH',
    });
  });
});
