import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { HttpEnv } from "./asker.ts";
import { keepConnections } from "./doors/connections.ts";
import { limits } from "./doors/limits.ts";
import { oddRequest } from "./doors/odd-request.ts";

/** What listens, until it is closed. */
export interface Listening {
  /** Ends every connection at once; resolves when the port is free. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** It has ended by itself. */
  readonly onEnd: (because: Error) => void;
}

/** Serves the app there. Rejects when it cannot listen. */
export async function listen(app: Hono<HttpEnv>, options: ListenOptions): Promise<Listening> {
  const { host, port, onEnd } = options;
  // What is global stays as it is: the guard's own requests are none of ours.
  const serve = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      keepAliveTimeout: limits.keepAliveMs,
      connectionsCheckingInterval: limits.checkMs,
    },
    (request, response) => {
      const status = oddRequest(request);
      if (status === undefined) void serve(request, response);
      else response.writeHead(status, { connection: "close", "content-length": 0 }).end();
    },
  );
  server.maxHeadersCount = limits.headers;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  const connections = keepConnections(server);
  await untilListening(server, host, port);
  server.on("error", onEnd);
  return {
    async close() {
      server.off("error", onEnd);
      server.on("error", () => undefined);
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      connections.close();
      await closed;
    },
  };
}

function untilListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
