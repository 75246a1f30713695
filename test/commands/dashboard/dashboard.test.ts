import { once } from "node:events";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, type TestContext } from "vitest";
import { openerIn } from "#commands/dashboard/browser.ts";
import { untilUsed } from "#commands/dashboard/until-used.ts";
import { guardWith } from "../../e2e/guard.ts";
import { freePort } from "../../free-port.ts";

async function withPage(test: TestContext, http: object = {}) {
  const port = await freePort();
  const page = { listen: `127.0.0.1:${port}`, ...http };
  const guard = await guardWith(test, { config: { http: page } });
  return { guard, port, page };
}

const linkIn = (text: string): string => /http:[^\s"]+\/open\/[\w-]+/.exec(text)?.[0] ?? "";

describe.concurrent("runpodboss dashboard", () => {
  it("gives a link that logs in once, and shows no token", async (test) => {
    const { guard } = await withPage(test);
    await guard.watch().said("page served");
    const { by, stdout, stderr } = await guard.command("dashboard", "--print");
    const link = linkIn(stdout);
    const html = { headers: { accept: "text/html" } };
    const first = await fetch(link, html);
    const again = await fetch(link, html);

    expect([by, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^Open this within a minute; it works once: http:\/\/127\.0\.0\.1:/);
    expect(stdout).toContain("ssh -L");
    expect(first.status).toBe(200);
    expect(first.headers.get("set-cookie")).toMatch(/^runpodboss-\d+=.*HttpOnly; SameSite=Strict$/);
    expect(again.status).toBe(401);
    expect(await again.text()).toContain("This link is used up");
    const token = readFileSync(`${guard.stateFile}.http-token`, "utf8").trim();
    expect(stdout + (await first.text())).not.toContain(token);
  });

  it.for([
    ["prints it", "--print", {}],
    ["opens it", undefined, { DISPLAY: ":0" }],
  ] as const)(
    "says that what it opens is a dry run's when it %s",
    async ([, option, env], test) => {
      const { guard } = await withPage(test);
      guard.program("xdg-open", "");
      await guard.watch("--dry-run").said("page served");
      const args = [
        "dashboard",
        "--config",
        guard.config,
        ...(option === undefined ? [] : [option]),
      ];
      const running = guard.call(args, env);
      if (option === undefined) {
        const { args: opened } = await guard.called("xdg-open");
        await fetch(linkIn(readFileSync(fileURLToPath(opened[0] ?? ""), "utf8")));
      }
      const { by, stderr } = await running.ended;

      expect(by).toBe(0);
      expect(stderr.replaceAll(/\s+/g, " ")).toContain(
        "warning: this is the page of a dry run: it shows what would be done, and nothing is stopped from it",
      );
    },
  );

  it("opens it where there is a screen, by a file that nobody else can read", async (test) => {
    const { guard } = await withPage(test, { token_env: "PAGE_TOKEN" });
    const env = { PAGE_TOKEN: "a-token-of-more-than-sixteen", DISPLAY: ":0" };
    guard.program("xdg-open", "say({ env: process.env });");
    await guard.call(["watch", "--config", guard.config], env).said("page served");
    const running = guard.call(["dashboard", "--config", guard.config], env);
    const { args, told } = await guard.called("xdg-open");
    const file = fileURLToPath(args[0] ?? "");
    const link = linkIn(readFileSync(file, "utf8"));

    // Whoever lists the processes of this machine can read it.
    expect(JSON.stringify(args)).not.toMatch(/open\/|http/);
    expect([dirname(file), statSync(file).mode & 0o777]).toEqual([guard.folder, 0o600]);
    expect(file).not.toContain("/.");
    expect(JSON.stringify(told)).not.toContain(env.PAGE_TOKEN);
    expect(JSON.stringify(told)).not.toContain("e2e-key");
    expect((await fetch(link, { method: "HEAD" })).status).toBe(204);
    expect((await fetch(link)).status).toBe(204);

    const { by, stdout } = await running.ended;
    expect(by).toBe(0);
    expect(stdout).toMatch(/^Opening http:\/\/127\.0\.0\.1:\d+\/ in your browser\./);
    expect(stdout).toContain("dashboard --print");
    expect(existsSync(file)).toBe(false);
  });

  it("leaves no file behind when it is interrupted", async (test) => {
    const { guard } = await withPage(test);
    guard.program("xdg-open", "");
    await guard.watch().said("page served");
    const running = guard.call(["dashboard", "--config", guard.config], { DISPLAY: ":0" });
    const { args } = await guard.called("xdg-open");
    expect(existsSync(fileURLToPath(args[0] ?? ""))).toBe(true);
    running.signal("SIGINT");
    await running.ended;

    expect(existsSync(fileURLToPath(args[0] ?? ""))).toBe(false);
  });

  it("prints it where others may change what stands in the home folder", async (test) => {
    const { guard } = await withPage(test);
    guard.program("xdg-open", "");
    guard.write("home/nothing", "");
    chmodSync(`${guard.folder}/home`, 0o777);
    await guard.watch().said("page served");
    const env = { DISPLAY: ":0", HOME: `${guard.folder}/home` };
    const { stdout } = await guard.call(["dashboard", "--config", guard.config], env).ended;

    expect(stdout).toMatch(/^No file could be made .*others on this machine may change/);
    expect(linkIn(stdout)).not.toBe("");
    expect(guard.calls("xdg-open")).toEqual([]);
    expect(readdirSync(`${guard.folder}/home`)).toEqual(["nothing"]);
  });

  it("prints it where the browser does not start", async (test) => {
    const { guard } = await withPage(test);
    await guard.watch().said("page served");
    const env = { DISPLAY: ":0", PATH: guard.folder };
    const { by, stdout } = await guard.call(["dashboard", "--config", guard.config], env).ended;

    expect(by).toBe(0);
    expect(stdout).toMatch(/^xdg-open did not start: .*\.\s+Open this within a minute/);
    expect(readdirSync(guard.folder).filter((name) => name.endsWith(".html"))).toEqual([]);
  });

  it.for([
    [
      "says that the config serves nothing",
      undefined,
      /serves no page\.\nAdd "http": \{\} to it, and put it in force/,
    ],
    [
      "says that the daemon does not run",
      {},
      /The daemon is NOT RUNNING, so nothing is served\.\nStart it: /,
    ],
    [
      "says that the token is not there",
      { token_env: "NO_SUCH_TOKEN" },
      /The page's token is not there: http\.token_env the variable NO_SUCH_TOKEN is not set/,
    ],
  ] as const)("%s", async ([, http, words], test) => {
    const guard = await guardWith(test, { config: { http } });
    const { by, stderr } = await guard.command("dashboard");

    expect(by).toBe(2);
    expect(stderr).toMatch(words);
  });

  it("says that the daemon has not read the config", async (test) => {
    const { guard, page } = await withPage(test);
    guard.configure({ http: undefined });
    await guard.watch().said("daemon started");
    guard.configure({ http: page });
    const { stderr } = await guard.command("dashboard");

    expect(stderr).toMatch(/The daemon \(pid \d+\) (does not serve what the config says|runs)/);
  });

  it("says that the daemon runs with another config", async (test) => {
    const { guard, port } = await withPage(test);
    await guard.watch().said("page served");
    const other = JSON.parse(readFileSync(guard.config, "utf8")) as object;
    const http = { listen: `127.0.0.1:${(await freePort()) || port}` };
    guard.write("other.json", JSON.stringify({ ...other, http }));
    const path = `${guard.folder}/other.json`;
    const { stderr } = await guard.call(["dashboard", "--config", path]).ended;

    expect(stderr).toContain(`runs with another config: ${guard.config}`);
    expect(stderr).toContain(`runpodboss --config ${guard.config} dashboard`);
  });

  it("gives a stranger on that port no token, and takes no link of theirs", async (test) => {
    const { guard, port } = await withPage(test);
    const heard: string[] = [];
    const stranger = createServer((request: IncomingMessage, response) => {
      heard.push(JSON.stringify(request.headers));
      request.on("data", (piece: Buffer) => heard.push(piece.toString()));
      request.on("end", () =>
        response.end(JSON.stringify({ code: "a-code-of-the-stranger-here", proof: "made-up" })),
      );
    });
    stranger.listen(port, "127.0.0.1");
    await once(stranger, "listening");
    test.onTestFinished(() => void stranger.close());
    guard.write("state.json.http-token", "the-token-of-this-very-page");
    const { by, stdout } = await guard.command("dashboard", "--print");

    expect(by).toBe(2);
    expect(heard.length).toBeGreaterThan(1);
    expect(heard.join("\n")).not.toContain("the-token-of-this-very-page");
    expect(stdout).not.toContain("/open/");
  });
});

it("what was not opened in time is said, and a link that nobody answers for is asked about again", async () => {
  const link = `http://127.0.0.1:${await freePort()}/open/some-code`;

  expect(await untilUsed(link, new AbortController().signal, 1)).toBe(false);
  expect(await untilUsed(link, AbortSignal.abort())).toBeUndefined();
});

it.each([
  ["over SSH", { SSH_CONNECTION: "a" }, "linux", undefined],
  ["without a desktop", {}, "linux", undefined],
  ["on X", { DISPLAY: ":0" }, "linux", "xdg-open"],
  ["on Wayland", { WAYLAND_DISPLAY: "wayland-0" }, "linux", "xdg-open"],
  ["on a Mac", {}, "darwin", "open"],
  ["on a Mac over SSH", { SSH_CONNECTION: "a" }, "darwin", undefined],
] as const)("the browser %s", (_where, env, platform, opener) => {
  expect(openerIn(env, platform)).toBe(opener);
});
