import { createServer, type RequestListener } from "node:http";
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { TransportError } from "#requests/answer.ts";
import { exchange } from "#requests/exchange.ts";

const limits = { timeLimitMs: 10_000, maxBytes: 1_000 };
const soon = { ...limits, timeLimitMs: 60 };
const asked = { partOf: "poll" };

async function portOf(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** A server that does with each connection what the test says, until the test ends. */
async function speaking(onSocket: (socket: Socket) => void): Promise<URL> {
  const sockets = new Set<Socket>();
  const server = createTcpServer((socket) => {
    sockets.add(socket.on("error", () => undefined));
    socket.once("data", () => onSocket(socket));
  });
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()));
  return new URL(`http://127.0.0.1:${await portOf(server)}/`);
}

async function answering(listener: RequestListener): Promise<URL> {
  const server = createServer(listener);
  onTestFinished(() => server.closeAllConnections());
  return new URL(`http://127.0.0.1:${await portOf(server)}/`);
}

function outcomeOf(exchanged: Promise<{ status: number; text: string }>): Promise<string> {
  return exchanged.then(
    ({ status, text }) => `${status} ${text}`,
    (error: unknown) => (error instanceof TransportError ? error.message : `bug: ${String(error)}`),
  );
}

describe("an exchange settles, whatever the other end does", () => {
  it.each<[string, string | undefined, string]>([
    [
      "changes the protocol",
      "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: h2c\r\n\r\n",
      "HTTP 101: a change of protocol that nobody asked for",
    ],
    ["changes it without saying to what", "HTTP/1.1 101 Switching Protocols\r\n\r\n", "101 "],
    [
      "says only that it goes on",
      "HTTP/1.1 100 Continue\r\n\r\n",
      "no complete answer within 0.06 s",
    ],
    [
      "gives hints and no answer",
      "HTTP/1.1 103 Early Hints\r\n\r\n",
      "no complete answer within 0.06 s",
    ],
    [
      "sends headers only",
      "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n",
      "no complete answer within 0.06 s",
    ],
    ["sends half a header", "HTTP/1.1 200 OK\r\ncontent-le", "no complete answer within 0.06 s"],
    ["says nothing", undefined, "no complete answer within 0.06 s"],
    [
      "gives hints and then the answer",
      "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
      "200 hi",
    ],
    ["answers without a length", "HTTP/1.1 204 No Content\r\n\r\n", "204 "],
  ])("%s", async (_sentence, words, expected) => {
    const url = await speaking((socket) => void (words !== undefined && socket.write(words)));

    const within = expected.startsWith("no complete answer") ? soon : limits;
    expect(await outcomeOf(exchange(url, asked, within))).toBe(expected);
  });

  it.each<[string, (socket: Socket) => void, RegExp]>([
    ["hangs up", (socket) => socket.destroy(), /^socket hang up$/],
    ["resets the connection", (socket) => socket.resetAndDestroy(), /ECONNRESET/],
    ["ends its half without a word", (socket) => socket.end(), /^socket hang up$/],
    [
      "gives hints and hangs up",
      (socket) => socket.end("HTTP/1.1 103 Early Hints\r\n\r\n"),
      /^socket hang up$/,
    ],
    [
      "sends headers without end",
      (socket) => void socket.write(`HTTP/1.1 200 OK\r\n${"x-more: y\r\n".repeat(9_000)}`),
      /Header overflow/i,
    ],
  ])("%s", async (_sentence, act, words) => {
    const url = await speaking(act);

    expect(await outcomeOf(exchange(url, asked, limits))).toMatch(words);
  });

  it("is interrupted, before it is sent or while it waits", async () => {
    const url = await speaking(() => undefined);
    const interrupting = new AbortController();

    const waiting = outcomeOf(exchange(url, { ...asked, signal: interrupting.signal }, limits));
    interrupting.abort();
    const late = outcomeOf(exchange(url, { ...asked, signal: interrupting.signal }, limits));

    expect([await waiting, await late]).toEqual(["poll interrupted", "poll interrupted"]);
  });
});

it("an exchange that fails in the midst of an answer says what its head said", async () => {
  const url = await answering((_request, response) => void response.write("{"));
  const interrupting = new AbortController();
  const onPiece = () => Promise.resolve(interrupting.abort());

  const failing = exchange(url, { ...asked, onPiece, signal: interrupting.signal }, limits);

  await expect(failing).rejects.toMatchObject({ headStatus: 200, status: undefined });
});

describe("Retry-After", () => {
  const sent = "Thu, 26 Nov 2026 10:00:00 GMT";

  it.each<[string, number, Readonly<Record<string, string>>, number | undefined]>([
    ["in seconds", 429, { "retry-after": "120" }, 120_000],
    ["of a service that is down", 503, { "retry-after": " 7 " }, 7_000],
    [
      "as a date, by the sender's clock",
      503,
      { date: sent, "retry-after": "Thu, 26 Nov 2026 10:01:30 GMT" },
      90_000,
    ],
    [
      "as a date that has passed",
      429,
      { date: sent, "retry-after": "Thu, 26 Nov 2026 09:00:00 GMT" },
      0,
    ],
    ["absent: too many, for how long is unsaid", 429, {}, 0],
    ["absent from a service that is down: it asks for nothing", 503, {}, undefined],
    ["that is rubbish", 429, { "retry-after": "soon" }, 0],
    ["that is negative", 503, { "retry-after": "-5" }, undefined],
    ["that is no real date", 503, { "retry-after": "Thu, 99 Nov 2026 10:00:00 GMT" }, undefined],
    ["beside any other status", 500, { "retry-after": "120" }, undefined],
    ["beside success", 200, { "retry-after": "120" }, undefined],
  ])("%s", async (_sentence, status, headers, expected) => {
    const url = await answering((_request, response) => {
      response.writeHead(status, headers).end("{}");
    });

    const { retryAfterMs } = await exchange(url, asked, limits);

    expect(retryAfterMs).toBe(expected);
  });
});
