import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "./temp-folder.ts";

const analyze = "/usr/bin/systemd-analyze";
const hasAnalyze = existsSync(analyze);

/** What the unit of one account and the template for many say each in its own way. */
const units = [
  {
    name: "runpodboss.service",
    watches: /^\/usr\/bin\/env .*runpodboss watch$/,
    identifier: /^runpodboss$/,
    envFile: /^-%h\/\.runpodboss\/env$/,
  },
  {
    name: "runpodboss@.service",
    watches: /^\/usr\/bin\/env .*runpodboss -c %h\/\.runpodboss\/accounts\/%i\.json watch$/,
    identifier: /^runpodboss@%i$/,
    envFile: /^-%h\/\.runpodboss\/accounts\/%i\/env$/,
  },
] as const;

describe.each(units)("the unit $name", ({ name, watches, identifier, envFile }) => {
  const path = join(import.meta.dirname, "..", "systemd", name);
  const lines = readFileSync(path, "utf8").split("\n");
  const valueOf = (key: string): string | undefined =>
    lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);

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
    ["watches", "ExecStart", watches],
    ["takes the key from a file that need not be there", "EnvironmentFile", envFile],
    ["finds claude and runpodctl", "Environment", /^PATH=%h\/\.local\/bin:/],
    ["is started again whatever ended it", "Restart", /^always$/],
    ["without limit", "StartLimitIntervalSec", /^0$/],
    ["tells only the guard of a stop", "KillMode", /^mixed$/],
    ["has its own name in the journal", "SyslogIdentifier", identifier],
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
    const shown = spawnSync(program, [...args.slice(0, args.indexOf("runpodboss")), "env"], {
      env: { PATH: process.env["PATH"], WATCHDOG_PID: "1", WATCHDOG_USEC: "2" },
      encoding: "utf8",
    });

    expect(shown.stdout).toContain("WATCHDOG_USEC=2");
    expect(shown.stdout).not.toContain("WATCHDOG_PID");
  });
});

it("the template for many accounts is the unit of one in all but what is an account's own", () => {
  const [one, many] = units.map(({ name }) =>
    readFileSync(join(import.meta.dirname, "..", "systemd", name), "utf8")
      .split("\n")
      .filter((line) => /^[[A-Z]/.test(line)),
  );
  const own = /^(?:Description|EnvironmentFile|ExecStart|SyslogIdentifier)=/;

  expect(many?.filter((line) => !own.test(line))).toEqual(one?.filter((line) => !own.test(line)));
});
