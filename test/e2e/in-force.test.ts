import { describe, expect, it, type TestContext } from "vitest";
import { type Guard, guardWith, until } from "./guard.ts";

async function watchedWith(test: TestContext): Promise<{
  readonly guard: Guard;
  readonly reload: () => Promise<void>;
}> {
  const guard = await guardWith(test, {
    nowMs: () => Date.now(),
    pods: [{ id: "p1", name: "db", costPerHrUsd: 0.5, startedAtMs: Date.now() - 3_600_000 }],
    config: { claude_command: [], guards: { hard_timeout: { hours: 8, action: "stop" } } },
  });
  const daemon = guard.watch();
  await until("what it has in force", () => guard.runs()?.includes("inForce"));
  return {
    guard,
    async reload() {
      const mark = /"sinceMs":\d+/;
      const before = mark.exec(guard.runs() ?? "")?.[0];
      daemon.signal("SIGHUP");
      await until("the new config in force", () => mark.exec(guard.runs() ?? "")?.[0] !== before);
    },
  };
}

describe.concurrent("a config that the daemon has not read", () => {
  it("status says what the daemon will do, and that protect changed, until it is reloaded", async (test) => {
    const { guard, reload } = await watchedWith(test);
    guard.configure({ protect: ["db"] });

    const [before, check] = await Promise.all([guard.command("status"), guard.command("check")]);
    await reload();
    const after = await guard.command("status");

    expect(before.stdout).toMatch(/p1 +db .* hard timeout /);
    expect(before.stdout).toMatch(
      /config: protect changed in the config after the daemon read it at [\d: -]+: it still does as before\. To put it in force, have it read that: kill -HUP \d+/,
    );
    expect(check.stdout).toMatch(/daemon: pid \d+\nconfig: protect changed in the config/);
    expect(after.stdout).toMatch(/p1 +db .* protected /);
    expect(after.stdout).not.toContain("config:");
  });

  it("status says that a pod is protected while the daemon still protects it", async (test) => {
    const { guard, reload } = await watchedWith(test);
    guard.configure({ protect: ["db"] });
    await reload();
    guard.configure({ protect: [], guards: {} });

    const { stdout } = await guard.command("status");

    expect(stdout).toMatch(/p1 +db .* protected /);
    expect(stdout).toContain("config: protect, guards changed");
  });

  it("stop refuses a pod that the config protects already", async (test) => {
    const { guard } = await watchedWith(test);
    guard.configure({ protect: ["db"] });

    const { by, stderr } = await guard.command("stop", "db", "--yes");

    expect(by).toBe(2);
    expect(stderr).toContain("Pod db (p1) is protected. Nothing was changed.");
    expect(stderr).toContain("warning: protect changed in the config");
  });

  it("lease refuses where the daemon has no lease guard in force", async (test) => {
    const { guard } = await watchedWith(test);
    guard.configure({ guards: { lease: { action: "stop" } } });

    const { by, stderr } = await guard.command("lease", "db", "1");

    expect(by).toBe(2);
    expect(stderr).toContain("cannot get a lease: the daemon has no lease guard in force.");
  });

  it("what only a restart changes asks for a restart", async (test) => {
    const { guard, reload } = await watchedWith(test);
    guard.configure({ max_runtime_seconds: 100_000 });
    await reload();

    const { stdout } = await guard.command("status");

    expect(stdout).toMatch(/config: max_runtime_seconds changed .* restart the daemon\n/);
  });
});
