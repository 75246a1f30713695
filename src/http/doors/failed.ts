import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Failure } from "#http/contract/failure.ts";

/** An answer that is not 2xx, for programs. */
export function failed(
  c: Context,
  status: ContentfulStatusCode,
  error: string,
  hint: string | null = null,
): Response {
  const answer: Failure = { error, hint };
  return c.json(answer, status);
}

/** Whether a person with a browser waits for a page. */
export function wantsPage(c: Context): boolean {
  if (c.req.path.startsWith("/api/")) return false;
  return /\btext\/html\b/.test(c.req.header("accept") ?? "");
}
