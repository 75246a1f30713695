import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { guardWith } from "./guard.ts";

describe.concurrent("drill --as-service", () => {
  it("starts the drill in a unit with the settings of the shipped one", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", `console.log("All 1 worked.");`);

    const { by, stdout, stderr } = await guard.start([
      "drill",
      "warning",
      "--no-agent",
      "--as-service",
      "-c",
      guard.config,
    ]).ended;

    const [call] = guard.calls("systemd-run");
    const args = call?.args ?? [];
    expect({ by, stderr }).toEqual({ by: 0, stderr: "" });
    expect(stdout).toMatch(/^As a service, with the settings of \S+runpodboss\.service:\nAll 1/);
    expect(args).toEqual(expect.arrayContaining(["--user", "--wait", "--pipe"]));
    expect(args).toContain("--property=NoNewPrivileges=yes");
    expect(args).toContain(`--property=EnvironmentFile=-${guard.folder}/.runpodboss/env`);
    expect(args.slice(args.indexOf("--") + 1).join(" ")).toBe(
      `/usr/bin/env -u WATCHDOG_PID runpodboss drill warning --no-agent -c ${guard.config}`,
    );
  });

  it("takes the unit that is installed, as that is the one that will run", async (test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", "");
    const unit = "[Service]\nNoNewPrivileges=no\nExecStart=/opt/runpodboss watch\n";
    guard.write(".config/systemd/user/runpodboss.service", unit);

    const { by } = await guard.start(["drill", "--as-service"]).ended;

    const args = guard.calls("systemd-run")[0]?.args ?? [];
    expect(by).toBe(0);
    expect(args).toContain("--property=NoNewPrivileges=no");
    expect(args.slice(args.indexOf("--") + 1)).toEqual(["/opt/runpodboss", "drill"]);
  });

  it.for([
    ["the drill failed", "process.exit(2);", 2, ""],
    ["there is no systemd of the user", "process.exit(1);", 2, "The unit ended with 1."],
  ] as const)("says so when %s", async ([_sentence, body, code, words], test) => {
    const guard = await guardWith(test);
    guard.program("systemd-run", body);

    const { by, stderr } = await guard.start(["drill", "--as-service"]).ended;

    expect(by).toBe(code);
    expect(stderr).toContain(words);
  });

  it("says what to do without systemd", async (test) => {
    const guard = await guardWith(test);
    const env = { PATH: join(guard.folder, "bin") };

    const { by, stderr } = await guard.start(["drill", "--as-service"], env).ended;

    expect(by).toBe(2);
    expect(stderr).toContain("systemd-run could not be started: spawn systemd-run ENOENT.");
    expect(stderr).toContain("Without systemd, rehearse with: runpodboss drill\n");
  });
});
