import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { createClock } from "#clock.ts";
import { exchange } from "#requests/exchange.ts";
import type { Sent } from "#notify/channel.ts";
import { createChannel } from "#notify/create.ts";
import type { Message } from "#notify/message.ts";
import type { ChannelSettings } from "#notify/settings.ts";

export interface Got {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** What was sent, as the service reads it. */
export function bodyOf(got: Got | undefined): string {
  const { body = "", headers } = got ?? {};
  const isForm = headers?.["content-type"]?.includes("form") === true;
  return isForm ? JSON.stringify(Object.fromEntries(new URLSearchParams(body))) : body;
}

export type Answering = (response: ServerResponse, got: Got) => void;

/** A service on loopback that keeps what it was sent and answers as told, until the test ends. */
export async function startService(
  answering: Answering,
): Promise<{ readonly origin: string; readonly got: readonly Got[] }> {
  const got: Got[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on("data", (piece: Buffer) => pieces.push(piece));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, url, headers, body: Buffer.concat(pieces).toString("utf8") };
      got.push(one);
      answering(response, one);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, got };
}

export function answer(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Answering {
  const isText = typeof body === "string";
  const type = isText ? "text/plain" : "application/json";
  const text = isText ? body : JSON.stringify(body);
  return (response) =>
    void response.writeHead(status, { "content-type": type, ...headers }).end(text);
}

export const page = (status: number): Answering =>
  answer(status, "<!doctype html><title>Welcome</title>Please log in", {
    "content-type": "text/html; charset=utf-8",
  });

export const silence: Answering = () => undefined;

export const half: Answering = (response) => {
  response.writeHead(200, { "content-type": "application/json", "content-length": "500" });
  response.write('{"ok":tr', () => response.destroy());
};

export const endless: Answering = (response) => {
  response.writeHead(200, { "content-type": "application/json" });
  const more = (): void => {
    if (response.destroyed) return;
    response.write("x".repeat(16_384), () => setImmediate(more));
  };
  more();
};

export function redirect(status: number): Answering {
  return (response) => void response.writeHead(status, { location: "/elsewhere" }).end();
}

/** What careless services do: everything that came in goes back out, as it came and in other forms. */
export function echo(status: number, wrap: (all: string) => unknown): Answering {
  return (response, got) => {
    const all = JSON.stringify(got);
    answer(status, wrap(`${got.url} ${decodeURIComponent(got.url)} ${all}`))(response, got);
  };
}

export const common = { minSeverity: "info", timeLimitMs: 10_000 } as const;

export function sendTo(settings: ChannelSettings, message: Message = sample()): Promise<Sent> {
  return channelOf(settings).send(message, new AbortController().signal);
}

export function channelOf(settings: ChannelSettings) {
  return createChannel(settings, { request: exchange, clock: createClock() });
}

const atMs = Date.UTC(2026, 10, 26, 3, 12);

export function sample(overrides: Partial<Message> = {}): Message {
  return {
    id: "notify:trip:warning:1764126720000:0@phone",
    event: "trip",
    severity: "critical",
    incident: "threshold:warning",
    isResolution: false,
    title: "Balance below warning ($10.00)",
    text: "Balance $9.19 is below $10.00",
    atMs,
    sentAtMs: atMs + 1_000,
    balanceUsd: 9.19,
    burnPerHrUsd: 6.65,
    hoursLeft: 9.19 / 6.65,
    threshold: { name: "warning", belowUsd: 10 },
    pods: [
      { id: "e1", name: "eval-sweep", costPerHrUsd: 1.49 },
      { id: "t1", name: "", costPerHrUsd: undefined },
    ],
    next: [{ what: "stop pod eval-sweep (e1)", atMs: atMs + 901_000 }],
    remedy: { words: "To keep it", command: "runpodboss touch e1" },
    ...overrides,
  };
}
