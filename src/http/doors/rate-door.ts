import type { Context, MiddlewareHandler } from "hono";
import type { HttpEnv } from "#http/asker.ts";
import type { Clock } from "#ports.ts";
import { createBucket, createBuckets } from "./bucket.ts";
import { failed, wantsPage } from "./failed.ts";
import { limits } from "./limits.ts";
import { loginPage } from "#http/login/login-page.ts";
import { placeOf } from "./place-of.ts";

/**
 * What brings its own proof is looked at first, and only what is wrong is slowed down (wrong-tokens.ts): whatever
 * strangers send, who has the token, a code or a link gets in, even where all of them have one address, as behind a proxy.
 * Whether the guard is well is told to everybody: it costs less than to refuse it.
 */
const bringsItsProof = /^\/(?:login|api\/login-codes|open\/[^/]+|act\/[^/]+|health)$/;

/** Strangers have limits of their own: however many come, they take nothing from the owner. */
export function rateDoor(clock: Clock): MiddlewareHandler<HttpEnv> {
  const bucketsOf = ({ all, posts }: { readonly all: number; readonly posts: number }) => ({
    all: createBucket(all, clock),
    posts: createBucket(posts, clock),
  });
  const { stranger, strangers } = limits.perSecond;
  const buckets = {
    owner: bucketsOf(limits.perSecond.owner),
    job: bucketsOf(limits.perSecond.job),
    monitor: bucketsOf(limits.perSecond.monitor),
    // A browser that loads the files of the page: it shows no key for them.
    page: bucketsOf(limits.perSecond.page),
    stranger: bucketsOf(strangers),
  };
  const ofAddress = {
    all: createBuckets(stranger.all, limits.addresses, clock),
    posts: createBuckets(stranger.posts, limits.addresses, clock),
  };
  return async (c, next) => {
    const asker = c.get("asker") ?? (c.get("by") === "session" ? "page" : "stranger");
    const isPost = c.req.method === "POST";
    if (asker === "stranger") {
      if (bringsItsProof.test(c.req.path)) return next();
      const place = placeOf(c.env?.incoming?.socket.remoteAddress);
      if (!ofAddress.all(place) || (isPost && !ofAddress.posts(place))) return tooMany(c);
    }
    const { all, posts } = buckets[asker];
    return all() && (!isPost || posts()) ? next() : tooMany(c);
  };
}

/** Who has not logged in can do so all the same. */
function tooMany(c: Context<HttpEnv>): Response | Promise<Response> {
  c.header("retry-after", "1");
  const words = "There are too many requests.";
  if (c.get("asker") !== undefined) return failed(c, 429, words, "Ask more slowly.");
  c.header("connection", "close");
  return wantsPage(c)
    ? loginPage(c, `${words} You can log in all the same.`, 429)
    : failed(c, 429, words, "Ask more slowly.");
}
