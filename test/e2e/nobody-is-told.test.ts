import { describe, expect, it } from "vitest";
import { guardWith, linesOf, told, until } from "./guard.ts";

const command = "extra_notify_command";

describe.concurrent("what would not work at 3 a.m.", () => {
  it("without a notify command or a channel the start and status say that nobody is told", async (test) => {
    const guard = await guardWith(test);
    const daemon = guard.watch();
    await daemon.said("polled");

    const { stdout } = await guard.command("status");

    expect(linesOf(daemon.lines, "daemon started")[0]).toMatchObject({
      told: `nobody: notify and ${command} are empty`,
    });
    expect(stdout).toContain(
      `notifications: none, notify and ${command} are empty, so nobody is told\n`,
    );
  });

  it("a notify command that is not installed is a trouble in the log and in status", async (test) => {
    const guard = await guardWith(test, {
      config: { [command]: ["no-such-notifier", "{message}"] },
    });
    const daemon = guard.watch();
    await until("the trouble in the state", () => guard.runs()?.includes('"notify command"'));

    const { stdout } = await guard.command("status");

    const words = `notify command: ${command}: "no-such-notifier" was not found on PATH; install it or give its full path, and reload the daemon`;
    expect(linesOf(daemon.lines, "notification")[0]).toMatchObject({
      because: `trouble: ${words}`,
    });
    expect(stdout).toContain(`trouble: ${words}\n`);
  });

  it("an agent that is not installed is told, and forgotten once it is there", async (test) => {
    const guard = await guardWith(test, {
      notify: "",
      config: { claude_command: ["not-yet", "-p"] },
    });
    const daemon = guard.watch();
    await told(guard, /trouble: agent: claude_command: "not-yet" was not found on PATH/);
    guard.program("not-yet", "");
    daemon.signal("SIGHUP");

    await told(guard, /recovered: agent: working again/);
    await until("that it is over is saved", () => guard.runs()?.includes('"agent"') === false);
    const { stdout } = await guard.command("status");

    expect(stdout).not.toContain("trouble: agent");
  });

  it("check's table does not count on programs that are missing", async (test) => {
    const guard = await guardWith(test, {
      config: { claude_command: ["no-such-agent"], [command]: ["/nowhere/notify", "{message}"] },
    });

    const { stdout } = await guard.command("check");

    expect(stdout).toMatch(
      /!  the balance falls below \$2\.00 +nobody is told, nothing is stopped/,
    );
    expect(stdout).toMatch(/!  RunPod cannot be reached for 5 min +nobody is told/);
    expect(stdout).not.toContain("the agent is called");
  });

  it.for<[string, object, string]>([
    [
      "in a dry run",
      { dry_run: true },
      "dry_run: is true, so nobody is told, no agent is called and no pod is stopped",
    ],
    [
      "for a while only",
      { max_runtime_seconds: 7200 },
      "max_runtime_seconds: the daemon ends by itself after 2 h 0 min, and then nothing is guarded",
    ],
  ])("check says that the daemon would run %s", async ([, config, warning], test) => {
    const guard = await guardWith(test, { config: { ...config } });

    const { stdout } = await guard.command("check");

    expect(stdout).toContain(warning);
  });
});
