import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { drillUnit } from "#commands/service-unit.ts";

const shipped = readFileSync("systemd/runpodboss.service", "utf8");

describe("the unit of a drill", () => {
  it("has the shipped unit's restrictions, environment and command", () => {
    const unit = drillUnit(shipped, "/home/me", ["warning", "--no-agent"]);

    expect(unit?.properties).toEqual(
      expect.arrayContaining([
        "NoNewPrivileges=yes",
        "RestrictSUIDSGID=yes",
        "UMask=0077",
        "WorkingDirectory=/home/me",
        "EnvironmentFile=-/home/me/.runpodboss/env",
        expect.stringMatching(/^Environment=PATH=\/home\/me\/\.local\/bin:/),
      ]),
    );
    expect(unit?.argv.join(" ")).toBe(
      "/usr/bin/env -u WATCHDOG_PID runpodboss drill warning --no-agent",
    );
  });

  it("has nothing of what makes it a daemon", () => {
    const keys = drillUnit(shipped, "/home/me", [])?.properties.map((each) => each.split("=")[0]);

    expect(keys).not.toContain("Type");
    expect(keys).not.toContain("Restart");
    expect(keys).not.toContain("WatchdogSec");
    expect(keys).not.toContain("Description");
  });

  it("follows what someone changed in the file", () => {
    const edited = `[Service]
ExecStart=/opt/runpodboss -c %h/c.json watch --verbose
# NoNewPrivileges=yes
Environment=A=100%% \\
  B=2
[Install]
WantedBy=default.target
`;

    expect(drillUnit(edited, "/home/me", [])).toEqual({
      properties: ["Environment=A=100%    B=2"],
      argv: ["/opt/runpodboss", "-c", "/home/me/c.json", "drill", "--verbose"],
    });
  });

  it.each([
    ["that does not watch", "[Service]\nExecStart=/bin/true\n"],
    ["that starts nothing", "[Service]\nUMask=0077\n"],
    ["whose command stands elsewhere", "[Unit]\nExecStart=runpodboss watch\n"],
  ])("is none of a unit %s", (_sentence, text) => {
    expect(drillUnit(text, "/home/me", [])).toBeUndefined();
  });
});
