import { ServerResponse } from "node:http";
import type { Routes } from "#http/app.ts";
import type { Failure } from "#http/contract/failure.ts";
import { broadcastOf } from "#http/live/broadcast.ts";

export const liveRoutes: Routes = (app, { view, clock, redact, counts }) => {
  const broadcast = broadcastOf(view, clock, redact);
  app.get("/api/live", (context) => {
    // Nobody would ever read the stream.
    if (context.req.method === "HEAD") return context.body(null, 200, headers);
    const ended = counts.streamBegan();
    let body: ReadableStream<Uint8Array> | undefined;
    try {
      body = broadcast.open(context.req.header("last-event-id"), {
        onOver: ended,
        disconnect: () => outgoingOf(context.env)?.destroy(),
      });
    } catch (error) {
      ended();
      throw error;
    }
    if (body === undefined) {
      ended();
      return context.json(full, 503, { "retry-after": "30" });
    }
    return context.body(body, 200, headers);
  });
};

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  // Some proxies hold back what they are not told to pass on at once.
  "x-accel-buffering": "no",
} as const;

const full: Failure = {
  error: "Too many pages are open at once.",
  hint: "Close one of them, or try again in a minute.",
};

/** The connection, where there is one: tests have none. */
function outgoingOf(env: unknown): ServerResponse | undefined {
  if (typeof env !== "object" || env === null || !("outgoing" in env)) return undefined;
  return env.outgoing instanceof ServerResponse ? env.outgoing : undefined;
}
