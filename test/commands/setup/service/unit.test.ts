import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { isOwnUnit, unitText } from "#commands/setup/service/systemd-unit.ts";
import { inAssignment, inCommand } from "#commands/setup/service/systemd-words.ts";
import { serviceSettings, withSpecifiers, wordsIn } from "#commands/unit-file.ts";
import { tempFolder } from "../../../temp-folder.ts";

const shipped = readFileSync(
  join(import.meta.dirname, "../../../../systemd/runpodboss.service"),
  "utf8",
);
const analyze = "/usr/bin/systemd-analyze";
const hasAnalyze = existsSync(analyze);

const odd = [
  ["plain", "/home/ann/config.json"],
  ["with spaces", "/home/ann/my configs/the config.json"],
  ["with percent signs", "/home/ann/100%h/%%/%n.json"],
  ["with quotes", `/home/o'brien/"the" config.json`],
  ["with backslashes", String.raw`/home/ann/a\nb\\c.json`],
  ["with dollar signs", "/home/ann/$HOME/${PATH}/$$.json"],
  ["with letters of other languages", "/home/søren/配置/Ω🦊.json"],
  ["with a semicolon, a hash and an equals sign", "/home/ann/; #a=b.json"],
  ["with tabs, line ends and other controls", "/home/ann/a\tb\nc\rd\u0001e\u007f.json"],
] as const;

/** As systemd runs it: taken apart, specifiers put in, and then variables, of which there are none. */
function started(text: string): readonly string[] {
  const start = serviceSettings([text]).findLast(({ key }) => key === "ExecStart")?.value ?? "";
  return wordsIn(start)
    .map((word) => withSpecifiers(word, {}))
    .map((word) =>
      word.replaceAll(/\$\$|\$\{?\w*\}?/g, (found) => (found === "$$" ? "$" : "a variable")),
    );
}

/** What systemd has against a unit; nothing where it cannot be asked. */
function verdictOn(
  text: string,
  name = "runpodboss.service",
): { readonly status: number | null; readonly stderr: string } {
  if (!hasAnalyze) return { status: 0, stderr: "" };
  const home = tempFolder();
  const path = join(home, name);
  writeFileSync(path, text);
  const { status, stderr } = spawnSync(analyze, ["--user", "--man=no", "verify", path], {
    env: { PATH: "/usr/bin:/bin", HOME: home, XDG_RUNTIME_DIR: home },
    encoding: "utf8",
  });
  return { status, stderr };
}

const by = hasAnalyze ? "read back by us and by systemd-analyze" : "read back by us alone";

describe(`the unit that setup writes, ${by}`, () => {
  it.each(odd)("starts exactly this program with a config %s", (_sentence, configPath) => {
    const program = ["/opt/node/bin/node", configPath.replace("config.json", "start.cjs")];

    const text = unitText(shipped, {
      name: "runpodboss",
      program,
      configPath,
      path: `/opt/node/bin:${configPath}`,
    });

    expect(started(text)).toEqual([
      "/usr/bin/env",
      "-u",
      "WATCHDOG_PID",
      ...program,
      "-c",
      configPath,
      "watch",
    ]);
    const environment = serviceSettings([text]).filter(({ key }) => key === "Environment");
    expect(
      environment.flatMap(({ value }) => wordsIn(value)).map((word) => withSpecifiers(word, {})),
    ).toEqual([`PATH=/opt/node/bin:${configPath}`]);
    expect(verdictOn(text)).toEqual({ status: 0, stderr: "" });
  });

  it("starts the daemon of one account where it is made of the template for many", () => {
    const template = readFileSync(
      join(import.meta.dirname, "../../../../systemd/runpodboss@.service"),
      "utf8",
    );
    const configPath = "/home/ann/.runpodboss/accounts/lab.json";

    const text = unitText(template, {
      name: "runpodboss@lab",
      program: ["/n", "/s"],
      configPath,
      path: "/p",
    });

    expect(started(text).slice(3)).toEqual(["/n", "/s", "-c", configPath, "watch"]);
    expect(verdictOn(text, "runpodboss@lab.service")).toEqual({ status: 0, stderr: "" });
  });

  it("starts a node whose path env would take for a variable", () => {
    const program = ["/home/ann/a=b/node", "/opt/start.cjs"];

    const text = unitText(shipped, {
      name: "runpodboss",
      program,
      configPath: "/c.json",
      path: "/bin",
    });

    const [shell = "", ...args] = started(text).map((word) =>
      word === program[0] ? process.execPath : word,
    );
    const shown = spawnSync(
      shell,
      [...args.slice(0, -4), "-p", "process.env.WATCHDOG_PID + process.argv"],
      { env: { WATCHDOG_PID: "1" }, encoding: "utf8" },
    );
    expect(shown.stdout).toMatch(/^undefined/);
    expect(verdictOn(text)).toEqual({ status: 0, stderr: "" });
  });

  it("is the shipped one in everything else", () => {
    const text = unitText(shipped, {
      name: "runpodboss",
      program: ["/n", "/s"],
      configPath: "/c",
      path: "/p",
    });

    const differ = ({ key }: { readonly key: string }): boolean =>
      key !== "ExecStart" && key !== "Environment";
    expect(serviceSettings([text]).filter(differ)).toEqual(
      serviceSettings([shipped]).filter(differ),
    );
    expect(text).toContain("StartLimitIntervalSec=0");
    expect(text).toContain("WantedBy=default.target");
  });

  it("tells whether somebody changed it", () => {
    const text = unitText(shipped, {
      name: "runpodboss",
      program: ["/n", "/s"],
      configPath: "/c",
      path: "/p",
    });

    expect(isOwnUnit(text)).toBe(true);
    expect(isOwnUnit(text.replace("3min", "9min"))).toBe(false);
    expect(isOwnUnit(shipped)).toBe(false);
    expect(isOwnUnit("")).toBe(false);
  });
});

describe("a word of a unit", () => {
  it.each(odd)("%s is one word, and itself again when it was taken apart", (_sentence, word) => {
    expect(wordsIn(inAssignment(word)).map((each) => withSpecifiers(each, {}))).toEqual([word]);
    expect(wordsIn(`a ${inCommand(word)} b`)).toHaveLength(3);
  });

  it("that is empty is there all the same", () => {
    expect(wordsIn(`a ${inCommand("")} b`)).toEqual(["a", "", "b"]);
  });
});
