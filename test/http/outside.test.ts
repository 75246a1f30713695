import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it, type TestContext, vi } from "vitest";
import { looksOf } from "../e2e/guard.ts";
import { apiKey } from "../e2e/guard.ts";
import {
  anotherAddress,
  answerIn,
  ask,
  type Asked,
  type RawAnswer,
  requestText,
  said,
  untilClosed,
} from "./raw.ts";
import { activityToken, metricsToken, type Served, servedWith, token, trainer } from "./served.ts";

// A real daemon with all its doors, and whoever stands before them with nothing but a socket.

const json = { "Content-Type": "application/json" };
const bearer = (words: string) => ({ Authorization: `Bearer ${words}` });

let served: Served;
/** What a browser that is logged in sends: its cookie, and the key of that session. */
let session = "";
let key = "";
const undo: (() => unknown)[] = [];
beforeAll(async () => {
  const here = { onTestFinished: (hook: () => unknown) => undo.push(hook) };
  served = await servedWith(here as unknown as TestContext, {
    pods: [{ ...trainer, name: "name-of-the-trainer" }],
  });
  await served.start();
  ({ session, key } = await logIn());
});
afterAll(async () => {
  for (const each of undo.toReversed()) await each();
});

/** Each from a place of its own. */
const come = (asked: Asked): Promise<RawAnswer> =>
  ask(served.port, { from: anotherAddress(), ...asked });

async function logIn() {
  const { status, headers } = await come({
    method: "POST",
    target: "/login",
    headers: {
      "Content-Type": "application/x-www-form-urlencoded",
      Origin: served.origin,
    },
    body: new URLSearchParams({ token }).toString(),
  });
  const [set = ""] = (headers["set-cookie"] ?? "").split(";");
  expect(status).toBeLessThan(400);
  expect(set).toMatch(/^[\w-]+=./);
  return { session: set, key: headers["x-runpodboss-key"] ?? "" };
}

const withKey = (cookie: string) => ({ Cookie: cookie, "X-RunPodBoss-Key": key });

/** No answer to a stranger holds anything of the account, nor what would open a door. */
function expectNothingIn({ headers, body }: RawAnswer): void {
  const all = `${JSON.stringify(headers)}\n${body}`;
  for (const secret of [
    token,
    activityToken,
    metricsToken,
    apiKey,
    "name-of-the-trainer",
    "1.49",
  ]) {
    expect(all).not.toContain(secret);
  }
  expect(headers["set-cookie"]).toBeUndefined();
}

/** What every answer tells a browser. */
function expectCareful({ headers }: RawAnswer): void {
  expect(headers).toMatchObject({
    "content-security-policy": expect.stringMatching(
      /^default-src 'none';.*frame-ancestors 'none'/,
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
  });
  expect(headers["content-security-policy"]).not.toMatch(/unsafe|\*|https?:/);
  expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  for (const telling of ["server", "x-powered-by"]) expect(headers[telling]).toBeUndefined();
}

interface Route {
  readonly method: string;
  readonly target: string;
}

const beside: readonly Route[] = [
  { method: "GET", target: "/" },
  { method: "HEAD", target: "/" },
  { method: "GET", target: "/metrics" },
  { method: "GET", target: "/page.js" },
  { method: "GET", target: "/style.css" },
  { method: "GET", target: "/manifest.webmanifest" },
  { method: "GET", target: "/nothing/of/this/name" },
  { method: "POST", target: "/nothing/of/this/name" },
];

const api: readonly Route[] = [
  ...["status", "history", "balance", "live", "operations/1", "openapi.json"].map((name) => ({
    method: "GET",
    target: `/api/${name}`,
  })),
  ...["extend", "touch", "stop", "terminate"].map((action) => ({
    method: "POST",
    target: `/api/pods/p1/${action}`,
  })),
  { method: "POST", target: "/api/activity/p1" },
];

const routes = [...api, ...beside];

const strangers: readonly (readonly [who: string, headers: Asked["headers"]])[] = [
  ["nobody", {}],
  ["somebody with a wrong token", bearer("wrong-token-0123456789-0123456789")],
  ["somebody with the token and a letter more", bearer(`${token}x`)],
  ["somebody with the token without its last letter", bearer(token.slice(0, -1))],
  ["somebody with the token in capitals", bearer(token.toUpperCase())],
  ["somebody with an empty token", bearer("")],
  ["somebody with the key of RunPod", bearer(apiKey)],
  [
    "somebody with the token as a password",
    {
      Authorization: `Basic ${Buffer.from(`x:${token}`).toString("base64")}`,
    },
  ],
  ["somebody with the token in a cookie", { Cookie: `session=${token}; token=${token}` }],
  [
    "somebody with a header of a proxy",
    {
      "X-Forwarded-For": "127.0.0.1",
      "X-Forwarded-User": "admin",
      "X-Original-URL": "/health",
    },
  ],
];

describe("no route but /health answers", () => {
  it.each(strangers)("%s", async (_who, headers) => {
    for (const { method, target } of routes) {
      const answer = await come({
        method,
        target,
        headers: { ...headers, ...(method === "POST" && json) },
        ...(method === "POST" && { body: "{}" }),
      });

      // A machine that is quick asks more often than strangers may.
      expect([401, 429], `${method} ${target}`).toContain(answer.status);
      expectNothingIn(answer);
      expectCareful(answer);
    }
    expect(served.guard.simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it("the token of the jobs, but where a job says that it is at work", async () => {
    for (const { method, target } of routes) {
      if (target.startsWith("/api/activity/")) continue;
      const answer = await come({ method, target, headers: bearer(activityToken) });

      expect([target, 403]).toEqual([target, answer.status]);
      expectNothingIn(answer);
    }
    const { status } = await come({
      method: "POST",
      target: "/api/activity/p1",
      headers: bearer(activityToken),
    });
    expect(status).toBeLessThan(300);
  });

  it("the token of Prometheus, but the metrics and what /health says", async () => {
    for (const { method, target } of routes) {
      if (target === "/metrics") continue;
      const answer = await come({
        method,
        target,
        headers: { ...bearer(metricsToken), ...(method === "POST" && json) },
        ...(method === "POST" && { body: "{}" }),
      });

      expect([target, 403]).toEqual([target, answer.status]);
      expectNothingIn(answer);
    }
    const health = await come({ target: "/health", headers: bearer(metricsToken) });
    expect(JSON.parse(health.body)).toMatchObject({ because: expect.any(String) });
    const metrics = await come({ target: "/metrics", headers: bearer(metricsToken) });
    expect(metrics.status).toBe(200);
    expect(metrics.body).toContain("runpodboss_healthy");
    expect(served.guard.simulator.account.pod("p1")?.status).toBe("RUNNING");
  });

  it.each(["OPTIONS", "PUT", "PATCH", "DELETE", "TRACE"])("%s, by anybody", async (method) => {
    for (const headers of [{}, bearer(token)]) {
      const answer = await come({ method, target: "/api/pods/p1/stop", headers });

      expect(answer.status).toBe(405);
      expectNothingIn(answer);
    }
  });

  it("a token in the address", async () => {
    const answer = await come({ target: `/api/status?token=${token}&access_token=${token}` });

    expect(answer.status).toBe(401);
    expectNothingIn(answer);
  });

  it("and /health tells a stranger whether all is well, and nothing else", async () => {
    const answer = await come({ target: "/health" });

    // Polls come so fast here that one may be late.
    expect([200, 503]).toContain(answer.status);
    expectNothingIn(answer);
    expectCareful(answer);
    expect(answer.body.length).toBeLessThan(40);
  });
});

describe("a session", () => {
  it("opens what a token opens", async () => {
    const answer = await come({ target: "/api/status", headers: withKey(session) });

    expect(answer.status).toBe(200);
    expectCareful(answer);
  });

  it.each([
    ["without its key, as every port of this machine gets it", () => ""],
    ["with a letter of its key changed", () => changedAt(key, key.length - 3)],
    ["with its key cut", () => key.slice(0, -1)],
    ["with the cookie as its key", () => session.replace(/^[^=]*=/, "")],
    ["with the key of another session", async () => (await logIn()).key],
  ])("%s opens the files of the page, and nothing else", async (_how, other) => {
    const headers = { Cookie: session, "X-RunPodBoss-Key": await other(), Origin: served.origin };
    for (const { method, target } of [...api, { method: "GET", target: "/metrics" }]) {
      const answer = await come({
        method,
        target,
        headers: { ...headers, ...(method === "POST" && json) },
        ...(method === "POST" && { body: "{}" }),
      });

      // A machine that is quick asks more often than strangers may.
      expect([401, 429], `${method} ${target}`).toContain(answer.status);
      expectNothingIn(answer);
      expect(answer.body).not.toContain(key);
    }
    expect((await come({ target: "/health", headers })).body).toMatch(/^(ok|unhealthy)$/);
    expect(served.guard.simulator.account.pod("p1")?.status).toBe("RUNNING");
    for (const target of ["/", "/page.js"]) {
      const answer = await come({ target, headers });

      expect([target, answer.status]).toEqual([target, 200]);
      expectNothingIn(answer);
    }
  });

  it("with a key and no cookie is none", async () => {
    const answer = await come({ target: "/api/status", headers: { "X-RunPodBoss-Key": key } });

    expect(answer.status).toBe(401);
  });

  it.each([
    ["a letter of the signature changed", (good: string) => changedAt(good, good.length - 3)],
    [
      "a later end",
      (good: string) => good.replace(/=(\d)/, (_, digit) => `=${(Number(digit) + 1) % 10}`),
    ],
    ["no signature", (good: string) => good.replace(/\..*$/, "")],
    ["an empty signature", (good: string) => good.replace(/\..*$/, ".")],
    ["nothing in it", (good: string) => good.replace(/=.*$/, "=")],
    ["much in it", (good: string) => `${good}${"A".repeat(8_000)}`],
  ])("with %s is none", async (_what, change) => {
    const changed = change(session);

    const answer = await come({ target: "/api/status", headers: withKey(changed) });

    expect(answer.status).toBe(401);
    expectNothingIn(answer);
  });

  it.each([
    ["of another place", { Origin: "https://elsewhere.example" }],
    ["of another port of this machine", { Origin: "http://127.0.0.1:1" }],
    ["of this place over TLS, which it has not", { Origin: "https://127.0.0.1" }],
    ["of a frame that hides where it is from", { Origin: "null" }],
    ["that does not say where it comes from", {}],
    ["that a browser says is from elsewhere", { "Sec-Fetch-Site": "cross-site" }],
    ["of a neighbour's host", { "Sec-Fetch-Site": "same-site" }],
  ])("does nothing for a post %s", async (_what, headers) => {
    for (const target of ["/api/pods/p1/stop", "/api/pods/p1/terminate", "/api/pods/p1/touch"]) {
      const answer = await come({
        method: "POST",
        target,
        headers: { ...json, ...headers, ...withKey(session) },
        body: "{}",
      });

      expect([target, answer.status]).toEqual([target, 403]);
      expectNothingIn(answer);
    }
    expect(served.guard.simulator.account.pod("p1")?.status).toBe("RUNNING");
  });
});

describe("a host that is not ours is answered nothing, whoever asks", () => {
  it.each([
    ["a name that was bound to this machine", () => `rebound.example:${served.port}`],
    ["a name that begins as ours", () => `127.0.0.1.rebound.example:${served.port}`],
    ["a name that ends as ours", () => `rebound.localhost:${served.port}`],
    ["any address", () => `0.0.0.0:${served.port}`],
    ["our address as a number", () => `2130706433:${served.port}`],
    ["a user before it", () => `127.0.0.1:${served.port}@rebound.example`],
    ["nothing in it", () => ""],
  ])("%s", async (_what, host) => {
    for (const target of ["/", "/api/status", "/health", "/metrics"]) {
      const answer = await come({ target, headers: { ...bearer(token), Host: host() } });

      expect([400, 403, 421]).toContain(answer.status);
      expectNothingIn(answer);
    }
  });

  it.each(["localhost", "LOCALHOST", "127.0.0.1", "[::1]"])("but %s is ours", async (name) => {
    const Host = `${name}:${served.port}`;

    const answer = await come({ target: "/api/status", headers: { ...bearer(token), Host } });

    expect(answer.status).toBe(200);
  });

  it.each([
    ["none at all", { Host: undefined }],
    ["two of them", () => ({ Host: [`127.0.0.1:${served.port}`, "rebound.example"] })],
  ])("%s", async (_what, headers) => {
    const given = typeof headers === "function" ? headers() : headers;

    const answer = await come({ target: "/api/status", headers: { ...bearer(token), ...given } });

    expect([400, 403, 421]).toContain(answer.status);
    expectNothingIn(answer);
  });

  it("an address in the request line does not stand in for it", async () => {
    const answer = await come({
      target: "http://rebound.example/api/status",
      headers: bearer(token),
    });

    expect([400, 403, 404, 421]).toContain(answer.status);
    expectNothingIn(answer);
  });
});

describe("a path leads to nothing but what is served", () => {
  it.each([
    "/../config.json",
    "/..%2f..%2fconfig.json",
    "/%2e%2e/%2e%2e/etc/passwd",
    "//etc/passwd",
    "/page.js/../../package.json",
    "/page.js%00",
    "/assets/../../cli.js",
    "/\\..\\..\\config.json",
    "/api/status/../../page-token",
    "/%ff%fe",
    "/index.html%20",
    "/.env",
  ])("%s", async (target) => {
    const answer = await come({ target, headers: bearer(token) });

    expect([400, 404, 500].filter((each) => each !== 500)).toContain(answer.status);
    expectNothingIn(answer);
  });
});

describe("what is no request of a person", () => {
  const line = (text: string): string => text.replaceAll("\n", "\r\n");

  it.each<readonly [what: string, bytes: () => string | Uint8Array, status: readonly number[]]>([
    ["words", () => line("hello, is anybody there?\n\n"), [400]],
    ["a handshake of TLS", () => Uint8Array.from([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3]), [400]],
    ["the beginning of HTTP/2", () => line("PRI * HTTP/2.0\n\nSM\n\n"), [400, 505]],
    [
      "a tunnel",
      () => line(`CONNECT elsewhere.example:443 HTTP/1.1\nHost: elsewhere.example\n\n`),
      [0, 400, 403, 404, 405, 421],
    ],
    [
      "another protocol",
      () =>
        requestText(served.port, {
          headers: { Connection: "Upgrade, close", Upgrade: "websocket", "Sec-WebSocket-Key": "x" },
        }),
      [0, 400, 401, 426],
    ],
    [
      "two lengths",
      () =>
        requestText(served.port, {
          method: "POST",
          target: "/login",
          headers: { "Content-Length": ["5", "6"] },
          body: "token",
        }),
      [400],
    ],
    [
      "a length and chunks",
      () =>
        requestText(served.port, {
          method: "POST",
          target: "/login",
          headers: { "Transfer-Encoding": "chunked" },
          body: "0\r\n\r\nGET /api/status HTTP/1.1\r\n\r\n",
        }),
      [400],
    ],
    [
      "a broken chunk",
      () =>
        requestText(served.port, {
          method: "POST",
          target: "/login",
          headers: { "Content-Length": undefined, "Transfer-Encoding": "chunked" },
          body: "zz\r\nabc\r\n",
        }),
      [0, 400, 401],
    ],
    [
      "a header of 20 KiB",
      () => requestText(served.port, { headers: { X: "x".repeat(20_480) } }),
      [431],
    ],
    [
      "an address of 20 KiB",
      () => requestText(served.port, { target: `/${"x".repeat(20_480)}` }),
      [431],
    ],
    [
      "very many headers",
      () =>
        requestText(served.port, {
          headers: Object.fromEntries(Array.from({ length: 2_000 }, (_, n) => [`x-${n}`, "1"])),
        }),
      [0, 400, 401, 431],
    ],
    [
      "a header with a line in it",
      () => requestText(served.port, { headers: { "X-A": "1\nX-B: 2" } }),
      [400, 401],
    ],
  ])("%s is refused, and the next is answered", async (_what, bytes, statuses) => {
    const text = await said(served.port, bytes());

    expect(statuses).toContain(answerIn(text)?.status ?? 0);
    expect(text).not.toContain("name-of-the-trainer");
    const next = await come({ target: "/api/status", headers: bearer(token) });
    expect(next.status).toBe(200);
  });

  it.each(["/login", "/api/pods/p1/extend", "/api/activity/p1"])(
    "a body that is too long is refused at %s, before it has come",
    async (target) => {
      const answer = await come({
        method: "POST",
        target,
        headers: { ...bearer(token), ...json, "Content-Length": "10000000" },
        body: "x",
      });

      expect(answer.status).toBe(413);
    },
  );

  it.each([
    ["no body at all", undefined],
    ["an empty one", "0"],
  ])("a post with %s is no fault of anybody", async (_what, length) => {
    const answer = await come({
      method: "POST",
      target: "/api/activity/p1",
      headers: { ...bearer(activityToken), "Content-Length": length },
    });

    expect(answer.status).toBe(204);
  });

  it("a body that does not say how long it is, is refused in words", async () => {
    const answer = await come({
      method: "POST",
      target: "/api/pods/p1/touch",
      headers: { ...bearer(token), "Content-Length": undefined, "Transfer-Encoding": "chunked" },
      body: "2\r\n{}\r\n0\r\n\r\n",
    });

    expect(answer.status).toBe(411);
    expect(answer.body).toContain("Content-Length");
  });

  it("a body without end is cut", async () => {
    const socket = connect(served.port, "127.0.0.1");
    const head = { ...bearer(token), ...json, "Transfer-Encoding": "chunked" };
    socket.write(
      requestText(served.port, { method: "POST", target: "/api/pods/p1/extend", headers: head }),
    );
    const piece = `1000\r\n${" ".repeat(4_096)}\r\n`;
    const write = (): void => {
      while (!socket.destroyed && socket.write(piece));
    };
    socket.on("drain", write);
    write();

    const answer = answerIn(await untilClosed(socket));

    expect([undefined, 411]).toContain(answer?.status);
  });
});

it("after all that, polls go on", async () => {
  const before = looksOf(served.guard).length;

  await vi.waitFor(() => expect(looksOf(served.guard).length).toBeGreaterThan(before + 2), 60_000);
});

function changedAt(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === "A" ? "B" : "A"}${text.slice(at + 1)}`;
}
