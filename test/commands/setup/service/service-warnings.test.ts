import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plistText } from "#commands/setup/service/launchd-plist.ts";
import { serviceWarnings } from "#commands/setup/service/service-warnings.ts";
import { unitText } from "#commands/setup/service/systemd-unit.ts";
import { stage } from "./stand-ins.ts";

const shipped =
  "[Unit]\n[Service]\nEnvironment=PATH=/bin\nExecStart=/usr/bin/env runpodboss watch\nSyslogIdentifier=x\n";
const names = { name: "runpodboss", label: "local.runpodboss" };

beforeEach(() => void vi.stubEnv("HOME", "/home/ann"));
afterEach(() => void vi.unstubAllEnvs());

describe("check, of a service that is installed", () => {
  it("is content where there is none, and with one whose files are all there", async () => {
    const on = stage();
    const script = on.write("my 100% $HOME/start.cjs", "");

    expect(await serviceWarnings("/home/ann/.runpodboss/config.json", on.deps.env)).toEqual([]);
    const parts = {
      ...names,
      program: [process.execPath, script],
      configPath: script,
      path: "/bin",
    };
    on.write(".config/systemd/user/runpodboss.service", unitText(shipped, parts));
    expect(await serviceWarnings("/home/ann/.runpodboss/config.json", on.deps.env)).toEqual([]);
  });

  it.each([
    ["systemd's", ".config/systemd/user/runpodboss.service"],
    ["launchd's", "Library/LaunchAgents/local.runpodboss.plist"],
  ])("names what is gone of %s: the daemon would not start again", async (_whose, path) => {
    const on = stage();
    const config = on.write("c & d.json", "");
    const gone = join(on.home, "versions/v20/bin/node");
    const parts = { ...names, program: [gone, config], configPath: config, path: "/bin" };
    const text = path.endsWith("plist")
      ? plistText({ ...parts, home: on.home, logPath: "/log" })
      : unitText(shipped, parts);
    on.write(path, text ?? "");

    expect(await serviceWarnings("/home/ann/.runpodboss/config.json", on.deps.env)).toEqual([
      `service: ${join(on.home, path)} starts ${gone}, which is not there: the daemon would not start again. Run setup again, or mend it`,
    ]);
  });

  it.each([
    ["that was copied by hand", shipped],
    ["with another's specifiers", "[Service]\nExecStart=%t/bin/runpodboss watch\n"],
    ["that cannot be understood", '[Service]\nExecStart="/a\n'],
  ])("says nothing of a unit %s", async (_sentence, text) => {
    const on = stage();
    on.write(".config/systemd/user/runpodboss.service", text);

    expect(await serviceWarnings("/home/ann/.runpodboss/config.json", on.deps.env)).toEqual([]);
  });
});
