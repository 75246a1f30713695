import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { installService } from "#commands/setup/service/service.ts";
import { stage, type Stage } from "./stand-ins.ts";

const unit = ".config/systemd/user/runpodboss.service";
const configPath = "/home/ann/.runpodboss/config.json";

// The config is where this user usually has it.
beforeEach(() => void vi.stubEnv("HOME", "/home/ann"));
afterEach(() => void vi.unstubAllEnvs());

/** A systemd that does all it is told, but for what these say. */
function systemd(
  on: Stage,
  cases: Readonly<Record<string, string>> = {},
  loginctl: Readonly<Record<string, string>> = {},
): Stage {
  on.program("systemctl", {
    ...cases,
    ...("*is-active*" in cases ? {} : { "*is-active*": "echo inactive; exit 3" }),
    ...("*is-enabled*" in cases ? {} : { "*is-enabled*": "echo disabled; exit 1" }),
  });
  on.program("loginctl", loginctl);
  on.program("journalctl");
  return on;
}

const running = {
  "*is-active*": "echo active",
  "*is-enabled*": "echo enabled",
} as const;

function install(on: Stage, path = configPath) {
  return installService({ configPath: path, kind: "systemd-user" }, on.deps);
}

describe("the service for systemd", () => {
  it("is written, switched on, started, and stays when nobody is logged in", async () => {
    const on = systemd(stage());

    const installed = await install(on);

    expect(installed.problem).toBeUndefined();
    expect(installed.warnings).toEqual([]);
    expect(installed.installed).toEqual([
      `Wrote ${join(on.home, unit)}`,
      "Started runpodboss.service, now and whenever this machine starts",
    ]);
    expect(installed.commands).toContain("systemctl --user disable --now runpodboss");
    expect(on.calls()).toEqual([
      "systemctl --user is-active runpodboss.service",
      "systemctl --user is-enabled runpodboss.service",
      "systemctl --user show --property=UnitPath --value",
      "systemctl --user daemon-reload",
      "systemctl --user enable runpodboss.service",
      "systemctl --user restart runpodboss.service",
      "loginctl --no-ask-password enable-linger ann",
    ]);
    expect(on.read(unit)).toContain(
      `ExecStart=/usr/bin/env -u WATCHDOG_PID /opt/node/bin/node /opt/boss/start.cjs -c ${configPath} watch\n`,
    );
  });

  it("goes where XDG_CONFIG_HOME says", async () => {
    const on = systemd(stage());
    const env = { ...on.deps.env, XDG_CONFIG_HOME: join(on.home, "xdg") };

    await installService({ configPath, kind: "systemd-user" }, { ...on.deps, env });

    expect(on.read("xdg/systemd/user/runpodboss.service")).toContain("[Service]");
    expect(on.read(unit)).toBeUndefined();
  });

  it("goes where the systemd that runs looks, whatever this shell's XDG_CONFIG_HOME says", async () => {
    const on = stage();
    const folder = join(on.home, ".config/systemd/user");
    systemd(on, { "*UnitPath*": `echo /run/x '${folder}' /etc/systemd/user` });
    const env = { ...on.deps.env, XDG_CONFIG_HOME: join(on.home, "xdg") };

    await installService({ configPath, kind: "systemd-user" }, { ...on.deps, env });

    expect(on.read(unit)).toContain("[Service]");
    expect(on.read("xdg/systemd/user/runpodboss.service")).toBeUndefined();
  });

  it("shows systemd no key and no login", async () => {
    const on = systemd(stage());
    const seen: unknown[] = [];
    const runner: typeof on.deps.runner = {
      run(command) {
        seen.push(command.unsetEnv);
        return Promise.resolve({ kind: "exited", code: 0, tail: "", tookMs: 0 });
      },
    };

    await installService({ configPath, kind: "systemd-user" }, { ...on.deps, runner });

    expect(seen.length).toBeGreaterThan(4);
    for (const names of seen) {
      expect(names).toEqual(expect.arrayContaining(["RUNPOD_API_KEY", "ANTHROPIC_API_KEY"]));
    }
  });

  it("is restarted by a second setup, which writes nothing that stands there already", async () => {
    const on = systemd(stage({ lingers: true }));
    await install(on);
    const before = on.read(unit);

    const again = await install(on);

    expect(again.installed[0]).toBe(`${join(on.home, unit)} was in place already`);
    expect(on.read(unit)).toBe(before);
    expect(on.calls().at(-1)).toBe("systemctl --user restart runpodboss.service");
    expect(on.read(`${unit}.bak`)).toBeUndefined();
  });

  it("takes the place of what an earlier setup wrote, without a copy", async () => {
    const on = systemd(stage());
    await install(on, "/home/ann/other.json");

    await install(on);

    expect(on.read(unit)).toContain(configPath);
    expect(on.read(`${unit}.bak`)).toBeUndefined();
  });

  it("of another account stays as it is: each config has a service of its own", async () => {
    const on = systemd(stage());
    await install(on);
    const before = on.read(unit);

    const { installed, commands } = await install(on, on.write("my lab.json", "{}"));

    expect(on.read(unit)).toBe(before);
    expect(installed.at(-1)).toContain("Started runpodboss-my-lab.service");
    expect(commands).toContain("systemctl --user disable --now runpodboss-my-lab");
    const own = on.read(unit.replace(".service", "-my-lab.service"));
    expect(own).toContain("SyslogIdentifier=runpodboss-my-lab\n");
    expect(own).toContain(`-c "${on.home}/my lab.json" watch`);
    expect(on.calls().filter((call) => call.includes("restart"))).toEqual([
      "systemctl --user restart runpodboss.service",
      "systemctl --user restart runpodboss-my-lab.service",
    ]);
  });

  it("of one of many accounts is an instance of the template, with its own key file and log name", async () => {
    const on = systemd(stage());
    const account = "/home/ann/.runpodboss/accounts/lab-2.json";

    const { problem, installed, commands } = await install(on, account);

    expect(problem).toBeUndefined();
    expect(installed.at(-1)).toContain("Started runpodboss@lab-2.service");
    expect(commands).toContain("systemctl --user disable --now runpodboss@lab-2");
    const own = on.read(unit.replace(".service", "@lab-2.service"));
    expect(own).toContain("EnvironmentFile=-%h/.runpodboss/accounts/%i/env\n");
    expect(own).toContain("SyslogIdentifier=runpodboss@lab-2\n");
    expect(own).toContain(`/opt/boss/start.cjs -c ${account} watch\n`);
  });

  it.each<readonly [string, string, Readonly<Record<string, string>>]>([
    ["that is there", "lab/a.json", {}],
    ["that has gone, while its guard runs", "gone/a.json", running],
  ])("is not taken from another config of its name %s", async (_sentence, path, cases) => {
    const on = systemd(stage(), cases);
    on.write("lab/a.json", "{}");
    await install(on, join(on.home, path));
    const calls = on.calls().length;
    const own = unit.replace(".service", "-a.service");
    const before = on.read(own);

    const { problem, installed } = await install(on, on.write("home/a.json", "{}"));

    expect(problem?.because).toBe(
      `the service runpodboss-a guards another config, ${join(on.home, path)}, and would guard it no more`,
    );
    expect(problem?.hint).toContain("another file name");
    expect(installed).toEqual([]);
    expect(on.read(own)).toBe(before);
    expect(on.calls().slice(calls).join()).not.toMatch(/restart|enable |reload/);
  });

  it("is not taken from another config that cannot be looked at: it counts as there", async () => {
    const on = systemd(stage());
    const path = on.write("lab/a.json", "{}");
    await install(on, path);
    rmSync(path);
    symlinkSync(path, path);

    const { problem } = await install(on, on.write("home/a.json", "{}"));

    expect(problem?.because).toContain(`guards another config, ${path}`);
  });

  it("is not put where something stands that cannot be read", async () => {
    const on = systemd(stage());
    mkdirSync(join(on.home, unit), { recursive: true });

    const { problem, installed } = await install(on);

    expect(problem?.because).toMatch(
      /cannot be read \(.*EISDIR.*\), so it may guard another config$/,
    );
    expect(installed).toEqual([]);
  });

  it("whose config is the same by another name is its own", async () => {
    const on = systemd(stage());
    const path = on.write("a/a.json", "{}");
    await install(on, path);
    symlinkSync(join(on.home, "a"), join(on.home, "b"));

    expect((await install(on, join(on.home, "b/a.json"))).problem).toBeUndefined();
  });

  it("keeps a unit that a person wrote or changed, and an earlier copy of one, and says where", async () => {
    const on = systemd(stage());
    await install(on);
    on.write(unit, `${on.read(unit) ?? ""}# mine\n`);
    on.write(`${unit}.bak`, "older");

    const { installed } = await install(on);

    expect(installed).toContain(`Kept the one that was there as ${join(on.home, unit)}.bak2`);
    expect(on.read(`${unit}.bak2`)).toMatch(/# mine\n$/);
    expect(on.read(`${unit}.bak`)).toBe("older");
    expect(on.read(unit)).not.toContain("# mine");
  });

  it("leaves alone what a link in its place points at, and keeps the link", async () => {
    const on = systemd(stage());
    const target = on.write("checkout/runpodboss.service", "theirs");
    on.write(".config/systemd/user/other.service", "");
    symlinkSync(target, join(on.home, unit));

    await install(on);

    expect(on.read("checkout/runpodboss.service")).toBe("theirs");
    expect(readlinkSync(join(on.home, `${unit}.bak`))).toBe(target);
    expect(lstatSync(join(on.home, unit)).isFile()).toBe(true);
  });

  it("that may not stay when nobody is logged in runs all the same: what that means is said, and what to type", async () => {
    const on = systemd(stage(), {}, { "*": "echo Access denied >&2; exit 1" });

    const { problem, warnings, installed } = await install(on);

    expect(problem).toBeUndefined();
    expect(warnings).toEqual([
      {
        because: expect.stringMatching(/^The guard ends when you log out.*Access denied/),
        hint: "Then try: sudo loginctl enable-linger ann",
      },
    ]);
    expect(installed.at(-1)).toBe("Started runpodboss.service, now and whenever you log in");
  });

  it("in WSL says that Windows ends it with the last window, and what to write where", async () => {
    const on = systemd(stage({ isWsl: true }), {}, {});
    const env = { ...on.deps.env, WSL_DISTRO_NAME: "Ubuntu" };

    const { warnings } = await installService(
      { configPath, kind: "systemd-user" },
      { ...on.deps, env },
    );

    expect(warnings.map(({ hint }) => hint)).toEqual([
      expect.stringMatching(/instanceIdleTimeout=-1.*wsl\.exe -d Ubuntu --exec true/),
    ]);
  });
});

describe("a service that cannot be installed", () => {
  it.each([
    ["systemd does not read the unit", "*daemon-reload*", "systemctl --user daemon-reload failed"],
    ["systemd does not switch it on", "*enable*", "enable runpodboss.service failed"],
    ["the daemon does not start", "*restart*", "the service did not start"],
  ])("leaves nothing behind when %s", async (_sentence, pattern, because) => {
    const on = systemd(stage(), {
      "*is-enabled*": "echo not-found; exit 4",
      [pattern]: "echo No such luck >&2; exit 1",
    });

    const { installed, problem } = await install(on);

    expect(installed).toEqual([]);
    expect(problem?.because).toContain(because);
    expect(problem?.because).toContain("No such luck");
    expect(problem?.hint).not.toBe("");
    expect(on.read(unit)).toBeUndefined();
    expect(on.calls().slice(-4)).toEqual([
      "systemctl --user disable runpodboss.service",
      "systemctl --user daemon-reload",
      "systemctl --user stop runpodboss.service",
      "systemctl --user reset-failed runpodboss.service",
    ]);
    expect(on.calls().join()).not.toContain("loginctl");
  });

  it("leaves the guard that ran before as it was, and running", async () => {
    const on = systemd(stage(), running);
    on.write(unit, "theirs");
    on.program("systemctl", {
      ...running,
      "*restart*": "grep -q theirs '" + join(on.home, unit) + "'",
    });

    const { problem } = await install(on);

    expect(problem?.because).toContain("did not start");
    expect(on.read(unit)).toBe("theirs");
    expect(existsSync(join(on.home, `${unit}.bak`))).toBe(false);
    expect(on.calls().slice(-2)).toEqual([
      "systemctl --user daemon-reload",
      "systemctl --user restart runpodboss.service",
    ]);
    expect(on.calls().join()).not.toMatch(/stop|disable/);
    expect(problem?.hint).not.toContain("by hand");
  });

  it("has the config put back before the guard that ran before is started again with it", async () => {
    const on = systemd(stage(), running);
    const config = on.write("config-in-force", "new");
    on.program("systemctl", { ...running, "*restart*": `grep -q old '${config}'` });
    const putBack = async (): Promise<readonly string[]> => {
      on.write("config-in-force", "old");
      return [];
    };

    const { problem } = await installService(
      { configPath, kind: "systemd-user" },
      { ...on.deps, putBack },
    );

    expect(problem?.because).toContain("did not start");
    expect(problem?.hint).not.toContain("by hand");
    expect(on.calls().at(-1)).toBe("systemctl --user restart runpodboss.service");
  });

  it("leaves what was written where no guard ran before", async () => {
    const on = systemd(stage(), { "*restart*": "exit 1" });
    const putBack = vi.fn<() => Promise<readonly string[]>>();

    await installService({ configPath, kind: "systemd-user" }, { ...on.deps, putBack });

    expect(putBack).not.toHaveBeenCalled();
  });

  it("says what to type where the guard that ran before does not come back", async () => {
    const on = systemd(stage(), running);
    on.write(unit, "theirs");
    on.program("systemctl", { ...running, "*restart*": "exit 1" });

    const { problem } = await install(on);

    expect(problem?.hint).toContain(
      "Not taken back, do it by hand: systemctl --user restart runpodboss.service",
    );
  });

  it("gives the daemon's own last words where there are any", async () => {
    const on = systemd(stage(), { "*restart*": "exit 1" });
    on.program("journalctl", { "*": "echo RunPod refused the API key" });

    expect((await install(on)).problem?.because).toBe(
      "the service did not start: RunPod refused the API key",
    );
  });

  it("is not waited for any longer once setup is interrupted, and is taken back", async () => {
    const interrupted = new AbortController();
    const on = stage({}, { signal: interrupted.signal });
    systemd(on, { "*restart*": "exec sleep 600" });
    const ask = on.deps.runner;
    const runner: typeof ask = {
      run(command, signal) {
        const ran = ask.run(command, signal);
        if (command.argv.includes("restart")) interrupted.abort();
        return ran;
      },
    };

    const { problem } = await installService(
      { configPath, kind: "systemd-user" },
      { ...on.deps, runner },
    );

    expect(problem).toEqual({ because: "interrupted", hint: expect.stringContaining("again") });
    expect(on.read(unit)).toBeUndefined();
    expect(on.calls()).toContain("systemctl --user stop runpodboss.service");
  });

  it("that is masked stays so, and how to unmask it is said", async () => {
    const on = systemd(stage(), { "*is-enabled*": "echo masked; exit 1" });

    const { problem } = await install(on);

    expect(problem?.hint).toContain("systemctl --user unmask runpodboss");
    expect(on.read(unit)).toBeUndefined();
  });

  it("has no place to be written to: that is said, and systemd is told nothing", async () => {
    const on = systemd(stage());
    on.write(".config", "a file");

    const { problem } = await install(on);

    expect(problem?.because).toMatch(/could not be written/);
    expect(on.calls().join()).not.toMatch(/daemon-reload|enable /);
  });

  it("when systemctl is gone is told as such, and nothing is left", async () => {
    const on = stage({}, { env: { PATH: "/nowhere" } });

    const { problem } = await install(on);

    expect(problem?.because).toContain("systemctl");
    expect(on.read(unit)).toBeUndefined();
  });
});
