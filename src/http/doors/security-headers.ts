import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "#http/asker.ts";

/** The page is made of files of ours alone: no script and no style stands in it. */
export const contentPolicy = policyWith("style-src 'self'", "img-src 'self'");

/** The same for a page that carries its style in itself, by that style's hash. */
export function policyWith(styles: string, images: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    styles,
    images,
    "connect-src 'self'",
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}

/** What every answer has, whoever gives it. */
export const securityHeaders = {
  "content-security-policy": contentPolicy,
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "permissions-policy": "camera=(), geolocation=(), microphone=()",
  "cache-control": "no-store",
} as const;

/** A route may say more of its own: how long something may be kept, which style a page has. */
export const withSecurityHeaders: MiddlewareHandler<HttpEnv> = async (c, next) => {
  await next();
  for (const [name, value] of Object.entries(securityHeaders)) {
    if (!c.res.headers.has(name)) c.res.headers.set(name, value);
  }
};
