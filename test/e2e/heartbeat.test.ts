import { readdirSync, readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it, type TestContext } from "vitest";
import { failing, type Guard, type GuardOptions, guardWith, until } from "./guard.ts";

/** Looks like nothing else, so that it is found wherever it leaks. */
const secret = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";

interface Receiver {
  readonly url: string;
  /** What was said to it: `start`, `good`, `fail`. */
  readonly heard: readonly string[];
}

/** A real server, until the test ends. */
async function serving(
  { onTestFinished }: TestContext,
  listener: RequestListener,
): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** As healthchecks documents its pings. */
async function receiver(
  test: TestContext,
  answer = (listener: RequestListener) => listener,
): Promise<Receiver> {
  const heard: string[] = [];
  const base = await serving(
    test,
    answer(({ url = "" }, response) => {
      heard.push(url === `/${secret}` ? "good" : url.slice(`/${secret}/`.length));
      response.end("OK");
    }),
  );
  return { url: `${base}/${secret}`, heard };
}

async function guardOf(
  test: TestContext,
  { url }: Receiver,
  { config = {}, ...options }: GuardOptions = {},
): Promise<Guard> {
  return guardWith(test, {
    paces: { lastBeatMs: 200 },
    ...options,
    config: { heartbeat: { url, every_seconds: 1 }, ...config },
  });
}

/** All that the guard has written, in whatever file. */
function writtenBy({ folder }: Guard): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((each) => each.isFile() && each.name !== "config.json")
    .map((each) => readFileSync(join(each.parentPath, each.name), "utf8"))
    .join("\n");
}

describe.concurrent("the heartbeat of a daemon", () => {
  it("starts, goes on while it sees, fails while it is blind, and says nothing at a clean end", async (test) => {
    const { url, heard } = await receiver(test);
    const guard = await guardOf(test, { url, heard }, { config: { blind_after_seconds: 0 } });
    const running = guard.watch();
    await until("two good beats", () => heard.length >= 3);

    guard.simulator.failAll("http-500");
    await until("a failure", () => heard.includes("fail"));
    guard.simulator.clearFaults();
    await until("a good beat after it", () => heard.at(-1) === "good");
    running.signal("SIGTERM");
    const { by } = await running.ended;

    expect(by).toBe(130);
    expect(heard.slice(0, 3)).toEqual(["start", "good", "good"]);
    expect(heard.at(-1)).toBe("good");
  });

  it("goes to Uptime Kuma's push address as that is", async (test) => {
    const heard: string[] = [];
    const base = await serving(test, ({ url = "" }, response) => {
      heard.push(url);
      response.end('{"ok":true}');
    });
    const url = `${base}/api/push/${secret}?status=up&msg=OK&ping=`;
    const guard = await guardOf(test, { url, heard });

    const running = guard.watch();
    await until("a beat", () => heard.length > 0);
    running.signal("SIGTERM");
    await running.ended;

    expect(heard[0]).toBe(`/api/push/${secret}?status=up&msg=OK&ping=`);
  });

  it("holds up neither polls nor the end, and its address is nowhere, when its receiver is silent or refuses", async (test) => {
    const silent = await receiver(test, () => () => undefined);
    const guard = await guardOf(test, silent);
    const running = guard.watch();
    await running.said("polled", { cycle: 4 });

    const refusing = await receiver(test, () => ({ url }, response) => {
      response.statusCode = 404;
      response.end(`no check at ${url}`);
    });
    guard.configure({ heartbeat: { url: refusing.url, every_seconds: 1 } });
    running.signal("SIGHUP");
    await running.said("heartbeat not sent");
    const { stdout: status } = await guard.command("status");
    running.signal("SIGTERM");
    const { by, stdout, stderr } = await running.ended;

    expect(by).toBe(130);
    expect(stderr).toContain("HTTP 404");
    for (const text of [stdout, stderr, status, writtenBy(guard)]) {
      expect(text).not.toContain(secret);
    }
  });
});

describe.concurrent("the end of a daemon is a failure to whoever listens:", () => {
  it("when it cannot start although its config was read", async (test) => {
    const { url, heard } = await receiver(test);
    const guard = await guardOf(test, { url, heard });
    guard.configure({ state_file: join(guard.folder, "bin") });

    const { by } = await guard.watch().ended;

    expect([by, heard]).toEqual([2, ["fail"]]);
  });

  it("but not when another one guards", async (test) => {
    const { url, heard } = await receiver(test);
    const guard = await guardOf(test, { url, heard });
    const running = guard.watchApart();
    await running.said("polled");

    const { by } = await guard.watch().ended;
    running.signal("SIGTERM");
    await running.ended;

    expect(by).toBe(2);
    expect(heard).not.toContain("fail");
  });

  it("and is not waited for where it does not answer", async (test) => {
    const silent = await receiver(test, () => () => undefined);
    const guard = await guardOf(test, silent);
    guard.configure({ state_file: join(guard.folder, "bin") });

    const { by, stderr } = await guard.watch().ended;

    expect(by).toBe(2);
    expect(stderr).toContain("the heartbeat could not say so");
    expect(stderr).not.toContain(secret);
  });
});

describe.concurrent("a single poll", () => {
  it.for<[string, GuardOptions, readonly string[], number, readonly string[]]>([
    ["that saw is a beat, without a start", {}, ["--once"], 0, ["good"]],
    ["of a dry run is none", {}, ["--once", "--dry-run"], 0, []],
    [
      "in which something failed ends in a failure",
      { balanceUsd: 9, notify: failing(1) },
      ["--once"],
      1,
      ["good", "fail"],
    ],
  ])("%s", async ([_sentence, options, args, exitCode, expected], test) => {
    const { url, heard } = await receiver(test);
    const guard = await guardOf(test, { url, heard }, options);

    const { by } = await guard.watch(...args).ended;

    expect([by, heard]).toEqual([exitCode, expected]);
  });

  it("that failed is none, until the guard counts as blind", async (test) => {
    const { url, heard } = await receiver(test);
    const guard = await guardOf(test, { url, heard });
    guard.simulator.failAll("http-500");

    const first = await guard.watch("--once").ended;
    const before = [...heard];
    guard.configure({ blind_after_seconds: 0 });
    const second = await guard.watch("--once").ended;

    expect([first.by, second.by]).toEqual([2, 2]);
    expect([before, heard]).toEqual([[], ["fail"]]);
  });
});
