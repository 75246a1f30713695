import { describe, expect, it } from "vitest";
import type { Machine } from "#commands/setup/service/machine.ts";
import { installService, serviceKindHere } from "#commands/setup/service/service.ts";
import { stage, type Stage } from "./stand-ins.ts";

type Case = readonly [
  sentence: string,
  machine: Partial<Machine>,
  on: (on: Stage) => void,
  env: NodeJS.ProcessEnv,
  kind: string,
  because: RegExp,
];

const answering = (on: Stage): void => on.program("systemctl", { "*show*": "echo 252" });
const silent = (on: Stage): void => on.program("systemctl");
const refusing = (on: Stage): void =>
  on.program("systemctl", { "*": "echo Failed to connect to bus >&2; exit 1" });
const none = (): void => undefined;

describe("the service of a Linux machine", () => {
  it.each<Case>([
    ["with systemd is a user unit", {}, answering, {}, "systemd-user", /^$/],
    ["that root logged in to is one too", { uid: 0 }, answering, {}, "systemd-user", /^$/],
    ["is none in a container", { hasSystemd: false }, answering, {}, "none", /as in a container/],
    [
      "is none in WSL without systemd, with how to switch it on",
      { hasSystemd: false, isWsl: true },
      answering,
      {},
      "none",
      /\[boot\] and systemd=true into \/etc\/wsl\.conf.*wsl --shutdown/,
    ],
    ["is a user unit in WSL with it", { isWsl: true }, answering, {}, "systemd-user", /^$/],
    [
      "is none under sudo, which is somebody else",
      { uid: 0 },
      answering,
      { SUDO_USER: "ann" },
      "none",
      /Run setup as ann, without sudo/,
    ],
    [
      "is none where nobody logged in, with how to have one",
      { runtimeFolder: undefined },
      answering,
      {},
      "none",
      /sudo loginctl enable-linger ann, then log in again/,
    ],
    ["is none where the user's systemd refuses", {}, refusing, {}, "none", /connect to bus/],
    ["is none where it says nothing", {}, silent, {}, "none", /does not answer/],
    ["is none without systemctl", {}, none, { PATH: "/nowhere" }, "none", /systemctl is not on/],
  ])("%s", async (_sentence, machine, prepare, env, kind, because) => {
    const on = stage(machine, { env });
    prepare(on);

    const found = await serviceKindHere(on.deps);

    expect(found.kind).toBe(kind);
    expect(found.because ?? "").toMatch(because);
  });

  it("is asked where its folder is, though the shell does not know", async () => {
    const on = stage();
    on.program("systemctl", { "*": `echo "$XDG_RUNTIME_DIR"` });

    expect(await serviceKindHere(on.deps)).toEqual({ kind: "systemd-user" });
    expect(on.calls()).toEqual(["systemctl --user show --property=Version --value"]);
  });
});

describe("the service of a Mac", () => {
  it.each<Case>([
    ["is launchd's", {}, (on) => on.program("launchctl"), {}, "launchd", /^$/],
    [
      "is none while nobody is logged in at its screen",
      {},
      (on) => on.program("launchctl", { "*": "exit 113" }),
      {},
      "none",
      /nobody is logged in/,
    ],
    ["is none for root", { uid: 0 }, (on) => on.program("launchctl"), {}, "none", /without sudo/],
    ["is none without launchctl", {}, none, {}, "none", /launchctl is not on PATH/],
  ])("%s", async (_sentence, machine, prepare, env, kind, because) => {
    const on = stage(machine, { env, platform: "darwin" });
    prepare(on);

    const found = await serviceKindHere(on.deps);

    expect(found.kind).toBe(kind);
    expect(found.because ?? "").toMatch(because);
  });
});

describe("a machine without a service", () => {
  it("of another kind says so", async () => {
    const found = await serviceKindHere(stage({}, { platform: "freebsd" }).deps);

    expect(found).toEqual({ kind: "none", because: "there is no service for freebsd" });
  });

  it("is told how to run the daemon all the same, and nothing is installed", async () => {
    const on = stage();
    const configPath = "/home/ann/it's here/config.json";

    const { installed, commands, problem } = await installService(
      { configPath, kind: "none" },
      on.deps,
    );

    expect(installed).toEqual([]);
    expect(problem).toBeUndefined();
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatch(/^tmux new -d -s runpodboss-config 'runpodboss -c .* watch'$/);
    expect(on.calls()).toEqual([]);
  });

  it("has this machine's own answer, which comes in any case", async () => {
    const { machine: _machine, ...deps } = stage().deps;

    const found = await serviceKindHere({ ...deps, platform: process.platform });

    expect(["systemd-user", "launchd", "none"]).toContain(found.kind);
  });
});
