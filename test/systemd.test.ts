import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "./temp-folder.ts";

const path = join(import.meta.dirname, "..", "systemd", "runpodboss.service");
const lines = readFileSync(path, "utf8").split("\n");
const valueOf = (key: string): string | undefined =>
  lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);

const analyze = "/usr/bin/systemd-analyze";
const hasAnalyze = existsSync(analyze);

describe("the unit", () => {
  it(
    hasAnalyze
      ? "is accepted by systemd-analyze without a word"
      : "has its three sections in order, as far as can be told without systemd-analyze",
    () => {
      const home = tempFolder();
      const verdict = hasAnalyze
        ? spawnSync(analyze, ["--user", "--man=no", "verify", path], {
            env: { PATH: "/usr/bin:/bin", HOME: home, XDG_RUNTIME_DIR: home },
            encoding: "utf8",
          })
        : { status: 0, stderr: "" };

      expect(verdict).toMatchObject({ status: 0, stderr: "" });
      expect(lines.filter((line) => line.startsWith("["))).toEqual([
        "[Unit]",
        "[Service]",
        "[Install]",
      ]);
      expect(lines.filter((line) => !/^(?:|[#[].*|[A-Z]\w*=.+)$/.test(line))).toEqual([]);
    },
  );

  it.each([
    ["says when it has started, through a child", "Type", /^notify$/],
    ["lets the child speak", "NotifyAccess", /^all$/],
    ["is watched", "WatchdogSec", /^3min$/],
    [
      "ends when stuck without a core dump, which would hold the key",
      "WatchdogSignal",
      /^SIGTERM$/,
    ],
    ["leaves no core dump however it ends", "LimitCORE", /^0$/],
    ["reads its config again", "ExecReload", /^\/bin\/kill -HUP \$MAINPID$/],
    ["watches", "ExecStart", /^\/usr\/bin\/env .*runpodboss watch$/],
    ["takes the key from a file that need not be there", "EnvironmentFile", /^-%h\/\S+$/],
    ["finds claude and runpodctl", "Environment", /^PATH=%h\/\.local\/bin:/],
    ["is started again whatever ended it", "Restart", /^always$/],
    ["without limit", "StartLimitIntervalSec", /^0$/],
    ["tells only the guard of a stop", "KillMode", /^mixed$/],
    ["has its own name in the journal", "SyslogIdentifier", /^runpodboss$/],
    ["names our documents", "Documentation", /^man:runpodboss\(1\)$/],
    ["is for users", "WantedBy", /^default\.target$/],
  ])("%s", (_sentence, key, value) => {
    expect(valueOf(key)).toMatch(value);
  });

  it("lets the journal read priorities, which the daemon writes", () => {
    expect(valueOf("SyslogLevelPrefix") ?? "yes").toBe("yes");
    expect(valueOf("StandardError") ?? "journal").toBe("journal");
  });

  it("gives agents the time to end", () => {
    expect(Number(valueOf("TimeoutStopSec"))).toBeGreaterThan(10);
  });

  it.each(["ProtectHome", "PrivateUsers", "ProtectSystem", "PrivateTmp", "DynamicUser"])(
    "hides no folder with %s",
    (key) => {
      expect(valueOf(key)).toBeUndefined();
    },
  );

  it.each([
    "PrivateNetwork",
    "RestrictAddressFamilies",
    "IPAddressDeny",
    "SocketBindDeny",
    "RestrictNetworkInterfaces",
  ])("keeps no notification from its way with %s", (key) => {
    expect(valueOf(key)).toBeUndefined();
  });

  it("starts nothing with the name of another process as the one that is watched", () => {
    const [program = "", ...args] = (valueOf("ExecStart") ?? "").split(" ");
    const shown = spawnSync(program, [...args.slice(0, -2), "env"], {
      env: { PATH: process.env["PATH"], WATCHDOG_PID: "1", WATCHDOG_USEC: "2" },
      encoding: "utf8",
    });

    expect(shown.stdout).toContain("WATCHDOG_USEC=2");
    expect(shown.stdout).not.toContain("WATCHDOG_PID");
  });
});
