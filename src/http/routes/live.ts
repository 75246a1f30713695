import { ServerResponse } from "node:http";
import type { Routes } from "#http/app.ts";
import type { Failure } from "#http/contract/failure.ts";
import { broadcastOf } from "#http/live/broadcast.ts";

export const liveRoutes: Routes = (app, { view, clock, redact, counts }) => {
  const broadcast = broadcastOf(view, clock, redact);
  app.get("/api/live", (context) => {
    const ended = counts.streamBegan();
    const body = broadcast.open(context.req.header("last-event-id"), {
      onOver: ended,
      disconnect: () => outgoingOf(context.env)?.destroy(),
    });
    if (body === undefined) {
      ended();
      return context.json(full, 503, { "retry-after": "30" });
    }
    return context.body(body, 200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      // Some proxies hold back what they are not told to pass on at once.
      "x-accel-buffering": "no",
    });
  });
};

const full: Failure = {
  error: "Too many pages are open at once.",
  hint: "Close one of them, or try again in a minute.",
};

/** The connection, where there is one: tests have none. */
function outgoingOf(env: unknown): ServerResponse | undefined {
  if (typeof env !== "object" || env === null || !("outgoing" in env)) return undefined;
  return env.outgoing instanceof ServerResponse ? env.outgoing : undefined;
}
