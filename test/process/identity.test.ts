import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, onTestFinished } from "vitest";
import { identityFromPs, identityOf } from "#process/identity.ts";

describe.each([
  ["of this system", identityOf],
  ["of ps", identityFromPs],
])("an identity %s", (_sentence, of) => {
  it("stays the same while a process lives, and ends with it", async () => {
    const child = spawn("sleep", ["60"], { stdio: "ignore" });
    onTestFinished(() => void child.kill("SIGKILL"));
    const pid = child.pid ?? 0;

    const first = await of(pid);
    const again = await of(pid);
    child.kill("SIGKILL");
    await once(child, "exit");

    expect(first).toMatch(/\S/);
    expect(again).toBe(first);
    expect(await of(pid)).toBeUndefined();
  });

  it("is another one for another process", async () => {
    // Started long before this test, so that even ps, which counts in seconds, can tell.
    expect(await of(1)).not.toBe(await of(process.pid));
  });
});
