import { createServer, type Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Hono } from "hono";
import type { HttpEnv } from "./asker.ts";
import { keepConnections } from "./doors/connections.ts";
import { type ConnectionLimits, limits } from "./doors/limits.ts";
import { answerUnread } from "./doors/answer-unread.ts";
import { oddRequest } from "./doors/odd-request.ts";
import { securityHeaders } from "./doors/security-headers.ts";

/** What listens, until it is closed. */
export interface Listening {
  /** Ends every connection at once; resolves when the port is free. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  readonly limits?: Partial<ConnectionLimits>;
  /** It has ended by itself. */
  readonly onEnd: (because: Error) => void;
}

/** Serves the app there. Rejects when it cannot listen. */
export async function listen(app: Hono<HttpEnv>, options: ListenOptions): Promise<Listening> {
  const { host, port, onEnd } = options;
  const { headersMs, requestMs, keepAliveMs, checkMs, ...ofConnections } = {
    ...limits,
    ...options.limits,
  };
  // What is global stays as it is: the guard's own requests are none of ours.
  const serve = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const server = createServer(
    {
      maxHeaderSize: limits.headerBytes,
      headersTimeout: headersMs,
      requestTimeout: requestMs,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: checkMs,
    },
    (request, response) => {
      const status = oddRequest(request);
      if (status === undefined) {
        void Promise.resolve(serve(request, response)).catch(() => request.socket.destroy());
      } else response.writeHead(status, { ...securityHeaders, ...closed }).end();
    },
  );
  server.maxHeadersCount = limits.headers;
  server.maxRequestsPerSocket = limits.requestsPerConnection;
  server.on("clientError", answerUnread);
  const connections = keepConnections(server, ofConnections);
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

const closed = { connection: "close", "content-length": 0, allow: "GET, HEAD, POST" };

function untilListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
