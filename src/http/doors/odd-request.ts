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
  headers,
  rawHeaders,
}: Pick<IncomingMessage, "method" | "url" | "headers" | "rawHeaders">): number | undefined {
  if (rawHeaders.length / 2 >= limits.headers) return 431;
  if (!methods.includes(method)) return 405;
  const names = rawHeaders.filter((_, n) => n % 2 === 0).map((name) => name.toLowerCase());
  // Nobody reads it, and it would be let in to its end.
  const hasBody =
    !["0", undefined].includes(headers["content-length"]) || names.includes("transfer-encoding");
  if (hasBody && method !== "POST") return 400;
  const [path = ""] = url.split("?", 1);
  if (!target.test(url) || wayUp.test(path)) return 400;
  return names.filter((name) => name === "host").length === 1 ? undefined : 400;
}
