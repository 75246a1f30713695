import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { plistText } from "#commands/setup/service/launchd-plist.ts";
import { installService } from "#commands/setup/service/service.ts";
import { stage, type Stage } from "./stand-ins.ts";

const agent = "Library/LaunchAgents/local.runpodboss.plist";
const configPath = "/Users/ann/.runpodboss/config.json";
const notLoaded = { "print *": "exit 113" };

// The config is where this user usually has it.
beforeEach(() => void vi.stubEnv("HOME", "/Users/ann"));
afterEach(() => void vi.unstubAllEnvs());

function mac(cases: Readonly<Record<string, string>>): Stage {
  const on = stage({ uid: 501 }, { platform: "darwin" });
  on.program("launchctl", cases);
  return on;
}

function install(on: Stage, path = configPath) {
  return installService({ configPath: path, kind: "launchd" }, on.deps);
}

describe("the service for launchd", () => {
  it("is written and started, and says what a Mac does not do", async () => {
    const on = mac(notLoaded);

    const { installed, problem, warnings, commands } = await install(on);

    expect(problem).toBeUndefined();
    expect(installed).toEqual([
      `Wrote ${join(on.home, agent)}`,
      "Started local.runpodboss, now and whenever you log in",
    ]);
    expect(warnings.map(({ because }) => because)).toEqual([
      expect.stringContaining("A Mac that sleeps does not poll"),
    ]);
    expect(commands).toContain("launchctl bootout gui/501/local.runpodboss");
    expect(on.calls()).toEqual([
      "launchctl print gui/501/local.runpodboss",
      "launchctl enable gui/501/local.runpodboss",
      `launchctl bootstrap gui/501 ${join(on.home, agent)}`,
      "launchctl kickstart gui/501/local.runpodboss",
    ]);
  });

  it("of one of many accounts has its own label, and its log beside the account's files", async () => {
    const on = mac(notLoaded);

    const { problem } = await install(on, "/Users/ann/.runpodboss/accounts/lab.json");

    expect(problem).toBeUndefined();
    const own = on.read(agent.replace(".plist", ".account.lab.plist"));
    expect(own).toContain(`${on.home}/.runpodboss/accounts/lab/launchd.log`);
  });

  it("that runs already is let go first, however long launchd takes for it", async () => {
    const on = mac({});
    const busy = join(on.home, "busy");
    on.write("busy", "");
    on.program("launchctl", {
      "bootstrap *": `if test -e '${busy}'; then rm '${busy}'; echo Input/output error >&2; exit 5; fi`,
    });

    const { problem } = await install(on);

    expect(problem).toBeUndefined();
    expect(on.calls().map((call) => call.split(" ")[1])).toEqual(
      "print bootout enable bootstrap bootstrap kickstart".split(" "),
    );
  });

  it.each([
    ["take it", "bootstrap *"],
    ["know it when it is to be started", "kickstart *"],
  ])("leaves nothing behind when launchd does not %s", async (_sentence, pattern) => {
    const on = mac({ ...notLoaded, [pattern]: "echo No such luck >&2; exit 5" });

    const { installed, problem } = await install(on);

    expect(installed).toEqual([]);
    expect(problem?.because).toMatch(/^launchctl \w+ gui\/501.* failed: .*No such luck$/);
    expect(on.read(agent)).toBeUndefined();
    expect(on.calls().at(-1)).toBe("launchctl bootout gui/501/local.runpodboss");
  });

  it("leaves the one that ran before as it was, and running", async () => {
    const on = mac({});
    on.write(agent, "theirs");
    // It knows the job until it has been let go.
    on.program("launchctl", {
      "print *": `! grep -q bootout '${join(on.home, "calls")}'`,
      "kickstart *": "exit 5",
    });

    const { problem } = await install(on);

    expect(problem?.because).toContain("kickstart");
    expect(on.read(agent)).toBe("theirs");
    expect(on.read(`${agent}.bak`)).toBeUndefined();
    expect(on.calls().slice(-2)).toEqual([
      "launchctl bootout gui/501/local.runpodboss",
      `launchctl bootstrap gui/501 ${join(on.home, agent)}`,
    ]);
  });

  it("that was started before it was asked to start is no failure", async () => {
    const on = mac({});
    on.program("launchctl", { "kickstart *": "echo already running >&2; exit 37" });

    expect((await install(on)).problem).toBeUndefined();
  });

  it("keeps an agent that was there beside it, and says where", async () => {
    const on = mac(notLoaded);
    on.write(agent, "theirs");

    expect((await install(on)).installed).toContain(
      `Kept the one that was there as ${join(on.home, agent)}.bak`,
    );
    expect(on.read(`${agent}.bak`)).toBe("theirs");
  });

  it("has no place to be written to: that is said, and launchd is told nothing", async () => {
    const on = mac(notLoaded);
    on.write("Library", "a file");

    expect((await install(on)).problem?.because).toContain("could not be written");
    expect(on.calls()).toHaveLength(1);
  });
});

describe("a property list", () => {
  const parts = {
    label: "local.runpodboss",
    path: "/bin",
    home: "/Users/ann",
    logPath: "/Users/ann/log",
  };

  it.each([
    ["plain", "/Users/ann/config.json"],
    ["with what XML takes for its own", `/Users/<a>&amp;&"b"'c'/]]>.json`],
    ["with letters of other languages and spaces", "/Users/søren/配 置/🦊.json"],
    ["with line ends and tabs", "/Users/a\nb\r\tc.json"],
  ])("holds a config %s as one argument", (_sentence, path) => {
    const text = plistText({ ...parts, program: ["/node", path], configPath: path }) ?? "";

    const list = /<array>(.*?)<\/array>/s.exec(text)?.[1] ?? "";
    expect(
      [...list.matchAll(/<string>([^<]*)<\/string>/g)].map(([, word]) => plain(word ?? "")),
    ).toEqual(["/node", path, "-c", path, "watch"]);
    expect(text.replaceAll(/<[^<>]*>/g, "")).not.toMatch(/[<>]|&(?!amp;|lt;|gt;|#13;)/);
    expect(opened(text)).toEqual([]);
  });

  it("is restarted whenever it ends, and started at each log-in", () => {
    const text = plistText({ ...parts, program: ["/node"], configPath: "/c" });

    expect(text).toMatch(/<key>KeepAlive<\/key>\s*<true\/>/);
    expect(text).toMatch(/<key>RunAtLoad<\/key>\s*<true\/>/);
    expect(text).toMatch(/<key>StandardErrorPath<\/key>\s*<string>\/Users\/ann\/log<\/string>/);
  });

  it("is none for a path with a control character", () => {
    expect(plistText({ ...parts, program: ["/node"], configPath: "/a\u0001" })).toBeUndefined();
  });

  it("that cannot be written is told, and nothing is begun", async () => {
    const on = mac(notLoaded);

    const { problem, installed } = await install(on, "/Users/ann/a\u0001.json");

    expect(installed).toEqual([]);
    expect(problem?.because).toContain("control character");
    expect(on.calls()).toEqual([]);
  });
});

/** What XML means by it. */
function plain(text: string): string {
  return text
    .replaceAll("&#13;", "\r")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/** The elements that nothing closes, in the order of the text. */
function opened(text: string): readonly string[] {
  const open: string[] = [];
  for (const [, end, name = "", own] of text.matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)) {
    if (end === "/") {
      if (open.at(-1) === name) open.pop();
      else open.push(`/${name}`);
    } else if (own !== "/") open.push(name);
  }
  return open;
}
