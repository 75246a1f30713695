import { describe, expect, it } from "vitest";
import { createProgram } from "#program.ts";
import { shortPaces } from "../../short-paces.ts";
import { createFakeTerminal } from "../../terminal/fake-terminal.ts";

function typed(...args: readonly string[]): Promise<unknown> {
  const terminal = createFakeTerminal({ isTTY: false });
  const context = { ...terminal, env: {}, paces: shortPaces };
  return createProgram(context, () => undefined)
    .exitOverride()
    .parseAsync(["node", "runpodboss", "setup", "-c", "/nowhere/config.json", ...args]);
}

describe("options that contradict one another are refused with both named", () => {
  it.each([
    ["--service", "--no-service"],
    ["--no-service", "--service"],
    ["--protect=a", "--no-protect"],
    ["--no-protect", "--protect=a"],
    ["--heartbeat-env=X", "--no-heartbeat"],
    ["--no-heartbeat", "--heartbeat-file=X"],
    ["--heartbeat-env=X", "--heartbeat-file=X"],
    ["--api-key-file=X", "--api-key-stdin"],
    ["--launch=5,8,4,6", "--no-launch"],
  ])("%s %s", async (one, other) => {
    const [flag, otherFlag] = [one, other].map((each) => each.split("=")[0]);

    await expect(typed("--yes", one, other)).rejects.toMatchObject({
      message: `${flag} and ${otherFlag} cannot be used together.`,
      exitCode: 2,
    });
  });

  it.each([
    ["--idle=stop", "--idle=notify"],
    ["--channel=ntfy", "--channel=none"],
    ["--protect=a", "--protect=b"],
    ["--thresholds=3,2,1", "--thresholds=4,3,2"],
  ])("%s %s", async (one, other) => {
    const [flag] = one.split("=");

    await expect(typed("--yes", one, other)).rejects.toMatchObject({
      message: `${flag} is given 2 times, and not with the same words.`,
      exitCode: 2,
    });
  });
});

it("what is said twice in the same words is no contradiction, nor is what is added up", async () => {
  const twice = ["--idle=stop", "--idle=stop", "--yes", "--yes", "--no-service", "--no-service"];
  const sets = ["--channel=ntfy", "--channel-set=name=a", "--channel-set=token_file=b"];

  await expect(typed(...twice, ...sets)).rejects.toThrow(
    /With --yes nobody is asked, and these are not answered:\n {2}--api-key-file/,
  );
});
