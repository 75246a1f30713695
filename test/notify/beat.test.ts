import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { describe, expect, it } from "vitest";
import { exchange } from "#requests/exchange.ts";
import { type Beat, beatAddress, isKumaPush, probeBeat, sendBeat } from "#notify/beat.ts";
import { serving } from "../probes/pages.ts";

const start: Beat = { kind: "start" };
const good: Beat = { kind: "good" };
const fail: Beat = { kind: "fail", because: "blind: no poll has worked for 6 min" };
const never = new AbortController().signal;

const uuid = "5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278";
const token = "Kq3mT9wLxZ";

function sent(url: string, beat: Beat = good, timeLimitMs = 10_000, signal = never) {
  return sendBeat(beat, { url, request: exchange, timeLimitMs, signal });
}

describe("where a beat goes", () => {
  it.each<[string, string, Beat, string | undefined]>([
    ["healthchecks.io by UUID: good", "https://hc-ping.com/U-1", good, "https://hc-ping.com/U-1"],
    ["its failure", "https://hc-ping.com/U-1", fail, "https://hc-ping.com/U-1/fail"],
    ["its start", "https://hc-ping.com/U-1", start, "https://hc-ping.com/U-1/start"],
    [
      "by key and slug, made on the way: what is said goes before the query",
      "https://hc-ping.com/KEY/guard?create=1",
      fail,
      "https://hc-ping.com/KEY/guard/fail?create=1",
    ],
    ["with a slash at its end", "https://hc-ping.com/U-1/", start, "https://hc-ping.com/U-1/start"],
    [
      "self-hosted, below a path, with a port",
      "http://box.lan:8000/hc/ping/U-1",
      fail,
      "http://box.lan:8000/hc/ping/U-1/fail",
    ],
    [
      "Uptime Kuma, as it shows the address: good",
      "https://kuma.lan/api/push/TOK?status=up&msg=OK&ping=",
      good,
      "https://kuma.lan/api/push/TOK?status=up&msg=OK&ping=",
    ],
    [
      "its failure, with a few words",
      "https://kuma.lan/api/push/TOK?status=up&msg=OK&ping=",
      fail,
      "https://kuma.lan/api/push/TOK?status=down&msg=blind%3A+no+poll+has+worked+for+6+min&ping=",
    ],
    ["it knows no start", "https://kuma.lan/api/push/TOK?status=up&msg=OK&ping=", start, undefined],
    [
      "without its query, and below a path",
      "https://a.b/kuma/api/push/TOK",
      good,
      "https://a.b/kuma/api/push/TOK?status=up&msg=OK",
    ],
  ])("%s", (_sentence, url, beat, expected) => {
    expect(beatAddress(url, beat)?.href).toBe(expected);
  });

  it("long words are cut for Uptime Kuma", () => {
    const because = "x".repeat(5_000);

    const address = beatAddress("https://kuma.lan/api/push/TOK", { kind: "fail", because });

    expect(address?.searchParams.get("msg")).toHaveLength(120);
  });

  it.each([
    ["https://kuma.lan/api/push/TOK", true],
    ["https://kuma.lan/api/push/TOK/", true],
    ["https://hc-ping.com/api/push", false],
    ["https://hc.lan/ping/U-1?to=/api/push/TOK", false],
  ])("%s is Uptime Kuma's: %s", (url, expected) => {
    expect(isKumaPush(url)).toBe(expected);
  });
});

/** As healthchecks documents its pings; hc-ping.com answers 200 also to what it does not know. */
function healthchecks(heard: string[]): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = addressOf(request);
    const [, first = "", ...rest] = pathname.split("/");
    const isKnown = first === uuid || searchParams.get("create") === "1";
    if (request.method !== "GET" || !isKnown) return void response.end("OK (not found)");
    heard.push(rest.join("/"));
    response.end("OK");
  };
}

/** As Uptime Kuma's push route answers. */
function kuma(heard: string[]): RequestListener {
  return (request, response) => {
    const { pathname, searchParams } = addressOf(request);
    response.setHeader("content-type", "application/json");
    if (pathname !== `/api/push/${token}`) {
      response.statusCode = 500;
      return void response.end('{"ok":false,"msg":"Monitor not found or not active."}');
    }
    heard.push(`${searchParams.get("status")} ${searchParams.get("msg")}`);
    response.end('{"ok":true}');
  };
}

function addressOf({ url = "" }: IncomingMessage): URL {
  return new URL(url, "http://x");
}

describe("with a real server", () => {
  it("of healthchecks' kind, every beat is taken", async () => {
    const heard: string[] = [];
    const base = await serving(healthchecks(heard));

    const answers = [
      await sent(`${base}/${uuid}`, start),
      await sent(`${base}/${uuid}`, good),
      await sent(`${base}/${uuid}`, fail),
      await sent(`${base}/key/guard?create=1`, fail),
    ];

    expect(answers.map(({ kind }) => kind)).toEqual(["sent", "sent", "sent", "sent"]);
    expect(heard).toEqual(["start", "", "fail", "guard/fail"]);
  });

  it("of Kuma's kind, too", async () => {
    const heard: string[] = [];
    const url = `${await serving(kuma(heard))}/api/push/${token}?status=up&msg=OK&ping=`;

    const answers = [await sent(url, start), await sent(url, good), await sent(url, fail)];

    expect(answers.map(({ kind }) => kind)).toEqual(["sent", "sent", "sent"]);
    expect(heard).toEqual(["up OK", "down blind: no poll has worked for 6 min"]);
  });

  it.each<[string, string, RequestListener, object]>([
    [
      "an address that healthchecks.io does not know, which it answers with 200",
      "/0bf66975-d4c7-4bf5-bcc8-b8d8a82ea270",
      healthchecks([]),
      { because: "HTTP 200, but the beat was not taken: OK (not found)", isRefused: true },
    ],
    [
      "too many beats, also with 200",
      `/${uuid}`,
      says(200, "OK (rate limited)\n"),
      { because: "HTTP 200, but the beat was not taken: OK (rate limited)", isRefused: false },
    ],
    [
      "a monitor that Kuma does not have, or that is paused",
      "/api/push/another",
      kuma([]),
      {
        because: 'HTTP 500: {"ok":false,"msg":"Monitor not found or not active."}',
        isRefused: false,
      },
    ],
    [
      "a page in place of Kuma's answer",
      `/api/push/${token}`,
      says(200, "<html>Log in to this network</html>"),
      { because: "HTTP 200, but the beat was not taken" },
    ],
    [
      "Kuma's no with a good status",
      `/api/push/${token}`,
      says(200, '{"ok": false, "msg": "no"}'),
      { because: 'HTTP 200, but the beat was not taken: {"ok": false, "msg": "no"}' },
    ],
    ["500 with a page", `/${uuid}`, says(500, "<h1>Oops</h1>"), { because: "HTTP 500" }],
    [
      "404, for good",
      `/${uuid}`,
      says(404, "not found"),
      { because: "HTTP 404: not found", isRefused: true },
    ],
    [
      "429 with a wait",
      `/${uuid}`,
      says(429, "", { "retry-after": "90" }),
      { because: "HTTP 429", isRefused: false, waitMs: 90_000 },
    ],
    [
      "a redirect, which is not followed",
      `/${uuid}`,
      says(301, "", { location: "/elsewhere" }),
      { because: expect.stringContaining("HTTP 301: it leads elsewhere"), isRefused: true },
    ],
    [
      "an answer without an end",
      `/${uuid}`,
      (_request, response) => {
        for (let n = 0; n < 40; n += 1) response.write("x".repeat(4_096));
        response.end();
      },
      { because: "the answer is over 0.0625 MiB" },
    ],
    [
      "an end without an answer",
      `/${uuid}`,
      (request) => void request.socket.destroy(),
      { because: expect.stringMatching(/socket hang up|ECONNRESET/) },
    ],
    [
      "an answer that says the address back",
      `/${uuid}`,
      (request, response) => says(404, `no check at ${request.url}`)(request, response),
      { because: "HTTP 404: no check at [redacted]" },
    ],
  ])("%s is a failure", async (_sentence, path, listener, expected) => {
    const url = `${await serving(listener)}${path}`;

    const answer = await sent(url);

    expect(answer).toMatchObject({ kind: "failed", ...expected });
    expect(JSON.stringify(answer)).not.toContain(uuid);
    expect(JSON.stringify(answer)).not.toContain(token);
  });

  it.each([
    ["in words of its own", "Thanks!"],
    ["with nothing", ""],
    ["with a page", "<p>ok</p>"],
  ])("another receiver may say yes %s", async (_sentence, text) => {
    expect(await sent(`${await serving(says(200, text))}/beat/${token}`)).toMatchObject({
      kind: "sent",
    });
  });

  it("of one that is silent no more is expected after the time limit", async () => {
    const url = `${await serving(() => undefined)}/${uuid}`;

    expect(await sent(url, good, 50)).toEqual({
      kind: "failed",
      because: "no complete answer within 0.05 s",
      isRefused: false,
    });
  });

  it("the end of the daemon ends it", async () => {
    const ending = new AbortController();
    const url = `${await serving(() => ending.abort())}/${uuid}`;

    expect(await sent(url, good, 10_000, ending.signal)).toEqual({ kind: "interrupted" });
  });

  it("an address that is none is a failure in words", async () => {
    expect(await sent("no address")).toMatchObject({ kind: "failed", isRefused: false });
  });

  it("nobody there is a failure in words", async () => {
    expect(await sent(`http://127.0.0.1:9/${uuid}`)).toMatchObject({
      kind: "failed",
      because: expect.stringContaining("ECONNREFUSED"),
      isRefused: false,
    });
  });
});

describe("whether an address is known is asked without a beat", () => {
  it.each<[string, string, string, string[]]>([
    ["healthchecks, which only writes that down", `/ping/${uuid}`, "sent", [`${uuid}/log`]],
    ["healthchecks that does not know it", "/ping/another", "failed", ["another/log"]],
    ["healthchecks that is to make it on the way", "/ping/key/guard?create=1", "untried", []],
    ["Uptime Kuma", `/api/push/${token}`, "untried", []],
    ["any other", `/beat/${token}`, "untried", []],
  ])("%s", async (_sentence, path, kind, expected) => {
    const asked: string[] = [];
    const base = await serving(({ url = "" }, response) => {
      asked.push(url.slice("/ping/".length));
      response.end(url.includes(uuid) ? "OK" : "OK (not found)");
    });
    const url = `${base}${path}`;

    const answer = await probeBeat({ url, request: exchange, timeLimitMs: 10_000, signal: never });

    expect([answer.kind, asked]).toEqual([kind, expected]);
  });
});

function says(status: number, text: string, headers: Record<string, string> = {}): RequestListener {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, headers);
    response.end(text);
  };
}
