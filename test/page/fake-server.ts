import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { LiveEvents } from "#http/contract/live.ts";
import type { StatusAnswer } from "#http/contract/status.ts";

/** Speaks the contract to a real browser, with whatever state a test wants: no daemon, no doors. */
export interface FakeServer {
  readonly url: string;
  /** What buttons have sent and the chart has asked for, in order. */
  readonly asked: readonly Asked[];
  readonly show: (status: StatusAnswer) => void;
  readonly send: <Name extends keyof LiveEvents>(name: Name, data: LiveEvents[Name]) => void;
  /** How the next buttons are answered, and requests for the stream. */
  readonly answer: (answers: Partial<Answers>) => void;
  /** Ends all streams. */
  readonly cut: () => void;
  readonly close: () => Promise<void>;
}

interface Asked {
  readonly path: string;
  readonly body: unknown;
}

interface Answers {
  /** Undefined: nothing is known of the balance. */
  readonly balance: { readonly code: number; readonly body: object } | undefined;
  readonly stream: number;
  readonly button: { readonly code: number; readonly body: object } | "never";
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

/** As the doors have it. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

export async function startFakeServer(folder: string, first: StatusAnswer): Promise<FakeServer> {
  let status = first;
  let answers: Answers = { stream: 200, button: "never", balance: undefined };
  let lastId = 0;
  const asked: Asked[] = [];
  const streams = new Set<ServerResponse>();

  const server = createServer((request, response) => {
    response.setHeader("content-security-policy", policy);
    const path = new URL(request.url ?? "/", "http://localhost").pathname;
    if (request.method === "POST") void press(path, request, response);
    else if (path === "/api/live") open(response);
    else if (path === "/api/balance") {
      asked.push({ path: request.url ?? path, body: undefined });
      json(response, answers.balance?.code ?? 200, answers.balance?.body ?? noBalance(status));
    } else if (path === "/api/status") json(response, 200, status);
    else serve(path === "/" ? "/index.html" : path, response);
  });

  function open(response: ServerResponse): void {
    if (answers.stream !== 200) {
      json(response, answers.stream, { error: "You are not logged in.", hint: null });
      return;
    }
    response.writeHead(200, { "content-type": "text/event-stream" });
    streams.add(response);
    response.on("close", () => streams.delete(response));
    write(response, "status", status);
  }

  function write(response: ServerResponse, name: string, data: unknown): void {
    lastId += 1;
    response.write(`id: ${lastId}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  async function press(
    path: string,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    asked.push({ path, body: JSON.parse(text) });
    if (answers.button !== "never") json(response, answers.button.code, answers.button.body);
  }

  function serve(path: string, response: ServerResponse): void {
    const type = types[extname(path)];
    try {
      const bytes = readFileSync(join(folder, path));
      response.writeHead(200, { "content-type": type ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  }

  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    show: (next) => {
      status = next;
      for (const stream of streams) write(stream, "status", status);
    },
    send: (name, data) => {
      for (const stream of streams) write(stream, name, data);
    },
    answer: (next) => {
      answers = { ...answers, ...next };
    },
    cut: () => {
      for (const stream of streams) stream.end();
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function json(response: ServerResponse, code: number, body: object): void {
  response.writeHead(code, { "content-type": "application/json" }).end(JSON.stringify(body));
}

function noBalance({ at }: StatusAnswer): object {
  return { from: at, to: at, points: [], since: null, thresholds: [], forecast: [] };
}
