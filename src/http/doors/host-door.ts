import { isIP } from "node:net";
import type { Context, MiddlewareHandler } from "hono";
import { isLoopback } from "#config/http/listen.ts";
import type { HttpEnv } from "#http/asker.ts";
import type { HttpInForce } from "#http/deps.ts";
import { failed } from "./failed.ts";

type Doors = Pick<HttpInForce, "host" | "port" | "isRemoteAllowed" | "publicUrl">;

/**
 * Whether a request may be for us by the name it was sent to. A stranger's page can have its own name lead here, but it
 * cannot have another name: no name counts but `localhost` and that of `public_url`. Any port will do for this machine,
 * as a tunnel has its own.
 */
function isOurs(host: string, { host: listens, isRemoteAllowed, publicUrl }: Doors): boolean {
  const given = host.toLowerCase();
  const parts = /^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::(\d{1,5}))?$/.exec(given);
  if (parts === null) return false;
  const [, name = "", port] = parts;
  if (Number(port ?? 80) > 65_535 || port === "") return false;
  if (publicUrl !== undefined && sameHost(given, new URL(publicUrl))) return true;
  if (name === "localhost") return true;
  const address = name.replace(/^\[|\]$/g, "");
  if (isIP(address) === 0) return false;
  return isLoopback(address) || address === listens || isRemoteAllowed;
}

function sameHost(given: string, { protocol, hostname, port }: URL): boolean {
  const usual = protocol === "https:" ? "443" : "80";
  return (
    given === `${hostname}${port === "" ? "" : `:${port}`}` ||
    given === `${hostname}:${port || usual}`
  );
}

/** The name that the request was sent to, as it was sent. */
export function hostOf(c: Context): string {
  return c.req.header("host") ?? new URL(c.req.url).host;
}

export function hostDoor(settings: () => Doors): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    if (isOurs(hostOf(c), settings())) return next();
    c.header("connection", "close");
    return failed(
      c,
      403,
      "This guard is not called by that name.",
      "Open it by its address, or name it in http.public_url.",
    );
  };
}
