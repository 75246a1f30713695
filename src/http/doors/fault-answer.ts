import type { ErrorHandler } from "hono";
import type { HttpEnv } from "#http/asker.ts";
import type { HttpDeps } from "#http/deps.ts";
import { UserError, wordsOf } from "#errors.ts";
import { hourMs } from "#guard/model/time.ts";
import { failed } from "./failed.ts";

const mostKnown = 100;

/**
 * What a route throws: a fault that people can mend is told, one of ours is logged, and told to nobody. Who
 * goes away in the middle of a request is neither.
 */
export function faultAnswer({
  log,
  clock,
  redact,
}: Pick<HttpDeps, "log" | "clock" | "redact">): ErrorHandler<HttpEnv> {
  const known = new Map<string, number>();
  const isNew = (words: string): boolean => {
    const nowMs = clock.nowMs();
    const atMs = known.get(words);
    if (atMs !== undefined && nowMs - atMs < hourMs) return false;
    if (known.size >= mostKnown) known.clear();
    known.set(words, nowMs);
    return true;
  };
  return (error, c) => {
    if (error instanceof UserError) {
      return failed(c, 409, redact(error.message), redact(error.hint ?? "") || null);
    }
    const { incoming } = c.env ?? {};
    if (incoming !== undefined && incoming.destroyed && !incoming.complete) {
      return failed(c, 400, "The request was not sent to its end.");
    }
    if (isNew(wordsOf(error))) {
      log.error({ stack: error.stack ?? String(error) }, "this is a bug of the page");
    }
    return failed(c, 500, "This is a bug in runpodboss: the log says more.");
  };
}
