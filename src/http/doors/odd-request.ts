import type { IncomingMessage } from "node:http";
import { limits } from "./limits.ts";

const methods: readonly string[] = ["GET", "HEAD", "POST"];
/** What a browser sends: no white space, nothing beyond ASCII, no other site's address, no way up. */
const target = /^\/(?!\/)[\x21-\x7e]*$/;
const wayUp = /[/\\]\.{1,2}(?:[/\\?#]|$)|%2e|%2f|%5c|%00|\\|\/\//i;

/**
 * The status with which a request is refused that is none of a browser's or a program's that means well; undefined where
 * nothing is odd. Such a one reaches nothing that reads more of it.
 */
export function oddRequest({
  method = "",
  url = "",
  rawHeaders,
}: Pick<IncomingMessage, "method" | "url" | "rawHeaders">): number | undefined {
  if (rawHeaders.length / 2 >= limits.headers) return 431;
  if (!methods.includes(method)) return 405;
  const [path = ""] = url.split("?", 1);
  if (!target.test(url) || wayUp.test(path)) return 400;
  const hosts = rawHeaders.filter((name, n) => n % 2 === 0 && name.toLowerCase() === "host");
  return hosts.length === 1 ? undefined : 400;
}
