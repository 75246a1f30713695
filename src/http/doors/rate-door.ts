import type { MiddlewareHandler } from "hono";
import type { HttpEnv } from "#http/asker.ts";
import type { Clock } from "#ports.ts";
import { createBucket } from "./bucket.ts";
import { failed } from "./failed.ts";
import { limits } from "./limits.ts";

/** Strangers have limits of their own: however many come, they take nothing from the owner. */
export function rateDoor(clock: Clock): MiddlewareHandler<HttpEnv> {
  const bucketsOf = ({ all, posts }: { readonly all: number; readonly posts: number }) => ({
    all: createBucket(all, clock),
    posts: createBucket(posts, clock),
  });
  const buckets = {
    owner: bucketsOf(limits.perSecond.owner),
    job: bucketsOf(limits.perSecond.job),
    stranger: bucketsOf(limits.perSecond.stranger),
  };
  return async (c, next) => {
    const { all, posts } = buckets[c.get("asker") ?? "stranger"];
    if (all() && (c.req.method !== "POST" || posts())) return next();
    c.header("retry-after", "1");
    if (c.get("asker") === undefined) c.header("connection", "close");
    return failed(c, 429, "There are too many requests.", "Ask more slowly.");
  };
}
