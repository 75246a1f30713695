import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { tempFolder } from "./temp-folder.ts";

const path = join(import.meta.dirname, "..", "systemd", "runpodboss-outside.service");
const lines = readFileSync(path, "utf8").split("\n");
const valueOf = (key: string): string | undefined =>
  lines.find((line) => line.startsWith(`${key}=`))?.slice(key.length + 1);

const analyze = "/usr/bin/systemd-analyze";
const hasAnalyze = existsSync(analyze);

describe("the unit of a guard outside", () => {
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
    [
      "serves what is on this machine only",
      "ExecStart",
      /outside serve --listen 127\.0\.0\.1:\d+ /,
    ],
    ["takes its secrets from a file", "ExecStart", / --secrets-file %h\/\S+$/],
    ["is started again whatever ended it", "Restart", /^always$/],
    ["without limit", "StartLimitIntervalSec", /^0$/],
    ["takes what a signal ends for no failure", "SuccessExitStatus", /^130$/],
    ["leaves no core dump however it ends", "LimitCORE", /^0$/],
    ["keeps what it writes for its owner", "UMask", /^0077$/],
    ["has its own name in the journal", "SyslogIdentifier", /^runpodboss-outside$/],
    ["is for users", "WantedBy", /^default\.target$/],
  ])("%s", (_sentence, key, value) => {
    expect(valueOf(key)).toMatch(value);
  });

  it.each([
    "ProtectHome",
    "PrivateUsers",
    "PrivateNetwork",
    "RestrictAddressFamilies",
    "IPAddressDeny",
  ])("hides no folder and no network with %s", (key) => {
    expect(valueOf(key)).toBeUndefined();
  });
});
