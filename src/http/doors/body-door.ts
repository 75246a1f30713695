import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "#http/asker.ts";
import { failed } from "./failed.ts";
import { limits } from "./limits.ts";

/**
 * Takes no body that is too long, nor one that does not say how long it is: Node takes no more of a body than was said,
 * and none where nothing was said. Hono's own limit builds a new request for what says nothing, which this server's
 * requests do not survive.
 */
export const bodyDoor: MiddlewareHandler<HttpEnv> = async (c, next) => {
  const mostBytes = c.get("asker") === undefined ? limits.strangersBodyBytes : limits.bodyBytes;
  const isUnmeasured = c.req.header("transfer-encoding") !== undefined;
  if (!isUnmeasured && Number(c.req.header("content-length") ?? 0) <= mostBytes) {
    return next();
  }
  c.header("connection", "close");
  return isUnmeasured
    ? failed(c, 411, "The body does not say how long it is.", "Send it with a Content-Length.")
    : failed(c, 413, `More than ${mostBytes} bytes are not taken.`);
};
