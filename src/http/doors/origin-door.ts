import type { Context, MiddlewareHandler } from "hono";
import type { HttpEnv } from "#http/asker.ts";
import type { HttpInForce } from "#http/deps.ts";
import { failed } from "./failed.ts";
import { hostOf } from "./host-door.ts";

/** Where a request comes from, by what the browser says of it; programs say nothing. */
type From = "us" | "elsewhere" | "unsaid";

/** A page without a referrer is "null" to itself when it sends a form: then the fetch metadata decide. */
function fromOf(c: Context, { publicUrl }: Pick<HttpInForce, "publicUrl">): From {
  const origin = c.req.header("origin");
  const site = c.req.header("sec-fetch-site");
  if (origin !== undefined && origin !== "null") {
    const ours = [publicUrl, `http://${hostOf(c).toLowerCase()}`];
    return ours.includes(origin.toLowerCase()) ? "us" : "elsewhere";
  }
  if (site === "same-origin") return "us";
  if (site === "none" && c.req.method !== "POST") return "us";
  return site === undefined ? "unsaid" : "elsewhere";
}

/** Whether a person follows a link to us: another site may lead here, it learns nothing by that. */
function isNavigation(c: Context): boolean {
  const isFrame = !["document", undefined].includes(c.req.header("sec-fetch-dest"));
  return c.req.method === "GET" && c.req.header("sec-fetch-mode") === "navigate" && !isFrame;
}

/** Refuses what the page of another site sends. */
export function originDoor(
  settings: () => Pick<HttpInForce, "publicUrl">,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const isElsewhere = fromOf(c, settings()) === "elsewhere";
    return isElsewhere && !isNavigation(c) ? refused(c) : next();
  };
}

/**
 * What changes anything with a session alone must be known to come from our own page, as a browser sends that along
 * unasked; a token that is shown is proof enough by itself.
 */
export function sessionDoor(
  settings: () => Pick<HttpInForce, "publicUrl">,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const isUnsure = c.get("by") === "session" && fromOf(c, settings()) !== "us";
    return isUnsure && c.req.method !== "GET" && c.req.method !== "HEAD" ? refused(c) : next();
  };
}

function refused(c: Context): Response {
  return failed(
    c,
    403,
    "This was sent by the page of another site.",
    "Do it on the guard's own page.",
  );
}
