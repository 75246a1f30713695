import { once } from "node:events";
import * as net from "node:net";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import type { HttpEnv } from "#http/asker.ts";
import { createApp } from "#http/app.ts";
import { limits } from "#http/doors/limits.ts";
import { type Listening, listen } from "#http/server.ts";
import { freePort } from "../free-port.ts";
import { activityToken, bearer, depsWith, token } from "./http-deps.ts";

const patience = { timeout: 60_000, interval: 20 };

interface Served {
  readonly port: number;
  readonly listening: Listening;
}

async function serve(
  app: Hono<HttpEnv> = createApp(depsWith()),
  change: Partial<Parameters<typeof listen>[1]> = {},
): Promise<Served> {
  const { port = await freePort() } = change;
  const options = { host: "127.0.0.1", onEnd: () => undefined, ...change, port };
  const listening = await listen(app, options);
  onTestFinished(() => listening.close());
  return { port, listening };
}

/** A connection with all that came over it. */
function connect(port: number) {
  const socket = net.connect(port, "127.0.0.1");
  let text = "";
  let isOver = false;
  socket.setEncoding("utf8");
  socket.on("data", (piece: string) => (text += piece));
  socket.on("error", () => undefined);
  socket.on("close", () => (isOver = true));
  onTestFinished(() => void socket.destroy());
  return {
    socket,
    text: () => text,
    isOver: () => isOver,
    over: () => vi.waitFor(() => expect(isOver).toBe(true), patience),
    statuses: () => [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status]) => Number(status)),
  };
}

/** What comes back for exactly these words, until the connection is closed. */
async function said(port: number, words: string): Promise<string> {
  const { socket, text, over } = connect(port);
  socket.write(words);
  await over();
  return text();
}

function request(line: string, headers: Record<string, string> = {}, body = ""): string {
  const all = { Host: "localhost", Connection: "close", ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [line, ...lines, "", body].join("\r\n");
}

const owner = { Authorization: bearer.authorization };

describe("what no browser sends", () => {
  it.each([
    ["a way up", "GET /../metrics HTTP/1.1", 400],
    ["a way up at its end", "GET /a/.. HTTP/1.1", 400],
    ["a way to itself", "GET /./metrics HTTP/1.1", 400],
    ["a way up in code", "GET /%2e%2e/metrics HTTP/1.1", 400],
    ["a slash in code", "GET /a%2Fb HTTP/1.1", 400],
    ["a backslash", "GET /a\\..\\metrics HTTP/1.1", 400],
    ["a backslash in code", "GET /a%5cb HTTP/1.1", 400],
    ["two slashes", "GET //metrics HTTP/1.1", 400],
    ["two slashes within", "GET /api//status HTTP/1.1", 400],
    ["another site's address", "GET http://rebound.example/metrics HTTP/1.1", 400],
    ["our own address", "GET http://localhost/metrics HTTP/1.1", 400],
    ["no path", "GET metrics HTTP/1.1", 400],
    ["a star", "OPTIONS * HTTP/1.1", 405],
    ["an end of text", "GET /a%00b HTTP/1.1", 400],
    ["TRACE", "TRACE / HTTP/1.1", 405],
    ["OPTIONS", "OPTIONS /api/status HTTP/1.1", 405],
    ["PUT", "PUT / HTTP/1.1", 405],
    ["DELETE", "DELETE /metrics HTTP/1.1", 405],
    ["a method that nobody knows", "BREW /pot HTTP/1.1", 400],
    ["no HTTP at all", "hello", 400],
  ])("%s is refused, whoever asks", async (_what, line, status) => {
    const { port } = await serve();
    const answer = await said(port, request(line, owner));

    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain("content-security-policy: default-src 'none'");
    expect(answer).not.toContain("up 1");
  });

  it("an ordinary request is none of them", async () => {
    const { port } = await serve();

    expect(await said(port, request("GET /metrics?a=..%2f HTTP/1.1", owner))).toContain("up 1");
    expect(await said(port, request("HEAD /metrics HTTP/1.1", owner))).toMatch(
      /^HTTP\/1.1 200 (?![^]*up 1)/,
    );
  });

  it.each([
    ["no name", "GET /metrics HTTP/1.1\r\nConnection: close\r\n\r\n"],
    ["no name, as of old", `GET /metrics HTTP/1.0\r\nAuthorization: Bearer ${token}\r\n\r\n`],
    ["two names", request("GET /metrics HTTP/1.1", { ...owner, host: "rebound.example" })],
    [
      "two lengths",
      request("POST /login HTTP/1.1", { "Content-Length": "1", "content-length": "2" }, "ab"),
    ],
    [
      "a length and pieces",
      request(
        "POST /login HTTP/1.1",
        { "Content-Length": "4", "Transfer-Encoding": "chunked" },
        "0\r\n\r\n",
      ),
    ],
    [
      "a body that nobody asked for",
      request("GET /metrics HTTP/1.1", { ...owner, "Content-Length": "1" }, "a"),
    ],
    ["a header of two lines", request("GET /metrics HTTP/1.1", { ...owner, A: "b\r\n c" })],
  ])("%s: refused", async (_what, words) => {
    const { port } = await serve();

    expect(await said(port, words)).toMatch(/^HTTP\/1.1 40\d /);
  });
});

describe("too much", () => {
  it("a header", async () => {
    const { port } = await serve();

    expect(await said(port, request("GET / HTTP/1.1", { A: "x".repeat(20_000) }))).toMatch(
      /^HTTP\/1.1 431 /,
    );
  });

  it("many headers", async () => {
    const { port } = await serve();
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`A${n}`, "x"]));

    expect(await said(port, request("GET / HTTP/1.1", many))).toMatch(/^HTTP\/1.1 431 /);
  });

  it("a body that says how large it is", async () => {
    const { port } = await serve();
    const headers = { ...owner, "Content-Length": "100000" };

    expect(await said(port, request("POST /login HTTP/1.1", headers))).toMatch(/^HTTP\/1.1 413 /);
  });

  it("a body in pieces that does not end", async () => {
    const { port } = await serve();
    const { socket, text, over } = connect(port);
    socket.write(request("POST /login HTTP/1.1", { "Transfer-Encoding": "chunked" }));
    const piece = `1000\r\n${"x".repeat(0x1000)}\r\n`;
    const more = setInterval(() => socket.write(piece), 1);
    await over();
    clearInterval(more);

    expect(text()).toMatch(/^HTTP\/1.1 411 /);
  });

  it("requests over one connection", async () => {
    const { port } = await serve(new Hono<HttpEnv>().get("/a", (c) => c.text("a")));
    const { socket, statuses, over } = connect(port);
    socket.write(
      "GET /a HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(limits.requestsPerConnection + 50),
    );
    await over();

    expect(statuses().filter((status) => status === 200)).toHaveLength(
      limits.requestsPerConnection,
    );
  });
});

describe("connections", () => {
  it("when there are too many, the oldest stranger goes, and never the owner", async () => {
    const app = new Hono<HttpEnv>().route("/", createApp(depsWith()));
    const { port } = await serve(app);
    const mine = connect(port);
    mine.socket.write(request("GET /metrics HTTP/1.1", { ...owner, Connection: "keep-alive" }));
    await vi.waitFor(() => expect(mine.text()).toContain("up 1"), patience);
    const job = connect(port);
    const jobs = { Authorization: `Bearer ${activityToken}`, Connection: "keep-alive" };
    job.socket.write(request("GET /metrics HTTP/1.1", jobs));
    await vi.waitFor(() => expect(job.text()).toContain(" 403 "), patience);
    const strangers: ReturnType<typeof connect>[] = [];
    for (let n = 0; n < limits.connections + 20; n++) {
      const each = connect(port);
      await once(each.socket, "connect");
      strangers.push(each);
    }
    await vi.waitFor(
      () => expect(strangers.filter(({ isOver }) => isOver()).length).toBeGreaterThanOrEqual(20),
      patience,
    );
    const late = connect(port);
    late.socket.write(request("GET /health HTTP/1.1"));
    await late.over();

    expect(late.text()).toContain("ok");
    expect(job.isOver()).toBe(true);
    expect(mine.isOver()).toBe(false);
    expect(strangers.at(-1)?.isOver()).toBe(false);
  });

  it("those that show the token of the jobs keep out neither the owner nor who asks for /health", async () => {
    const { port } = await serve(undefined, { limits: { connections: 5 } });
    for (let n = 0; n < 10; n++) {
      const job = connect(port);
      const jobs = { Authorization: `Bearer ${activityToken}`, Connection: "keep-alive" };
      job.socket.write(request("GET /metrics HTTP/1.1", jobs));
      await vi.waitFor(() => expect(job.text()).toContain(" 403 "), patience);
    }

    expect(await said(port, request("GET /health HTTP/1.1"))).toContain("ok");
    expect(await said(port, request("GET /metrics HTTP/1.1", owner))).toContain("up 1");
  });

  it("all of them end with the server, and its port is free at once", async () => {
    const { port, listening } = await serve();
    const idle = connect(port);
    await once(idle.socket, "connect");
    await listening.close();
    await idle.over();
    const again = await serve(createApp(depsWith()), { port });

    expect(again.port).toBe(port);
  });

  it("a port that is taken is said, and nothing else happens", async () => {
    const { port } = await serve();

    await expect(serve(createApp(depsWith()), { port })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
  });
});

it("whoever hangs up in the middle of a request is no bug of ours", async () => {
  let answered = 0;
  const deps = depsWith();
  const counts = { ...deps.counts, answered: () => void (answered += 1) };
  const { port } = await serve(createApp({ ...deps, counts }));
  const { socket, text } = connect(port);
  const headers = { "Content-Length": "100", Expect: "100-continue" };
  socket.write(request("POST /login HTTP/1.1", headers, "abc"));
  await vi.waitFor(() => expect(text()).toContain(" 100 "), patience);
  socket.destroy();
  await vi.waitFor(() => expect(answered).toBe(1), patience);

  expect(deps.logged).toEqual([]);
});

describe("who is slow", () => {
  const quick = { headersMs: 300, requestMs: 600, checkMs: 50, keepAliveMs: 100, unreadMs: 300 };

  it("a head that does not end is cut off", async () => {
    const { port } = await serve(undefined, { limits: quick });
    const { socket, over, text } = connect(port);
    socket.write("GET / HTTP/1.1\r\nHost: localhost\r\n");
    const more = setInterval(() => socket.write("A: b\r\n"), 20);
    await over();
    clearInterval(more);

    expect(text()).toMatch(/^HTTP\/1.1 408 /);
  });

  it("a body that does not end is cut off", async () => {
    const { port } = await serve(undefined, { limits: quick });
    const { socket, over, text } = connect(port);
    socket.write(request("POST /login HTTP/1.1", { "Content-Length": "5000" }));
    const more = setInterval(() => socket.write("x"), 20);
    await over();
    clearInterval(more);

    expect(text()).not.toMatch(/ 200 /);
  });

  it("who says nothing at all is cut off", async () => {
    const { port } = await serve(undefined, { limits: quick });
    const { over, text } = connect(port);
    await over();

    expect(text()).not.toMatch(/ 200 /);
  });

  it("who does not read what is sent is cut off", async () => {
    const endless = new Hono<HttpEnv>().get("/endless", (c) =>
      c.body(
        new ReadableStream({
          pull: (controller) => controller.enqueue(new Uint8Array(64 * 1_024)),
        }),
      ),
    );
    const { port } = await serve(endless, { limits: quick });
    const { socket, isOver } = connect(port);
    socket.pause();
    socket.write(request("GET /endless HTTP/1.1"));
    await vi.waitFor(() => {
      // Only a write tells that the other side is gone: what waits to be read is not read.
      socket.write("x");
      expect(isOver()).toBe(true);
    }, patience);
  });
});
