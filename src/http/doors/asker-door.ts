import type { Context, MiddlewareHandler } from "hono";
import type { Asker, HttpEnv } from "#http/asker.ts";
import type { HttpDeps } from "#http/deps.ts";
import { markKnown } from "./connections.ts";
import { failed, wantsPage } from "./failed.ts";
import { loginPage } from "#http/login/login-page.ts";
import { isSame } from "#http/login/same-secret.ts";
import type { Sessions } from "#http/login/session.ts";
import type { WrongTokens } from "./wrong-tokens.ts";

interface Parts {
  readonly sessions: Sessions;
  readonly wrongTokens: WrongTokens;
}

/** Finds out who asks, by the token or the session. Whoever shows a wrong token gets no further. */
export function askerDoor(
  deps: HttpDeps,
  { sessions, wrongTokens }: Parts,
): MiddlewareHandler<HttpEnv> {
  return async (c, next) => {
    const token = bearerOf(c);
    if (token === undefined) {
      const shown = sessions.shownBy(c);
      if (shown === "cookie and key") letIn(c, "owner", "session");
      if (shown === "cookie") c.set("by", "session");
      return next();
    }
    const asker = whose(token, deps);
    if (asker === undefined) return wrongToken(c, deps, wrongTokens);
    letIn(c, asker, "token");
    return next();
  };
}

function letIn(c: Context<HttpEnv>, asker: Asker, by: "token" | "session"): void {
  c.set("asker", asker);
  c.set("by", by);
  // Others have the tokens of the jobs and of Prometheus: these must not keep the owner out.
  if (asker === "owner") markKnown(c.env?.incoming?.socket);
}

/** All are compared, whichever it is. */
export function whose(token: string, { settings }: Pick<HttpDeps, "settings">): Asker | undefined {
  const { token: owners, activityToken, metricsToken } = settings();
  const isOwners = isSame(token, owners);
  const isJobs = isSame(token, activityToken);
  const isMonitors = isSame(token, metricsToken);
  if (isOwners) return "owner";
  if (isJobs) return "job";
  return isMonitors ? "monitor" : undefined;
}

function bearerOf(c: Context): string | undefined {
  const given = c.req.header("authorization");
  if (given === undefined) return undefined;
  return /^bearer +([\x21-\x7e]+) *$/i.exec(given)?.[1] ?? "";
}

/** Answers late when there were many; the same words whatever was wrong with it. */
export async function wrongToken(
  c: Context<HttpEnv>,
  { counts }: Pick<HttpDeps, "counts">,
  wrongTokens: WrongTokens,
  words = "That is not the token.",
): Promise<Response> {
  counts.wrongToken();
  if (!(await wrongTokens.wait(c.env?.incoming?.socket.remoteAddress))) {
    c.header("connection", "close");
    c.header("retry-after", "30");
    return failed(c, 429, "There were too many wrong tokens.", "Wait half a minute.");
  }
  return unauthorized(c, words);
}

/** For a person the form to log in, for a program what to send. */
export function unauthorized(c: Context, words?: string): Response | Promise<Response> {
  c.header("www-authenticate", 'Bearer realm="runpodboss"');
  if (wantsPage(c)) return loginPage(c, words);
  return failed(
    c,
    401,
    words ?? "This needs the token of the page.",
    "Send it as Authorization: Bearer TOKEN, or run: runpodboss dashboard",
  );
}

const jobsPath = /^\/api\/activity\/[^/]+$/;

/**
 * Behind it is only the owner, a job that says that it is at work, and who reads the metrics for Prometheus. The files
 * of the page are for every session: no browser shows a key when it loads them, and they hold nothing of the account.
 */
export function ownerDoor({ pageFiles }: Pick<HttpDeps, "pageFiles">): MiddlewareHandler<HttpEnv> {
  const reads = ({ req }: Context): boolean => ["GET", "HEAD"].includes(req.method);
  const isFile = (path: string): boolean => path === "/" || pageFiles.has(path);
  return async (c, next) => {
    switch (c.get("asker")) {
      case "owner":
        return next();
      case "job":
        if (c.req.method === "POST" && jobsPath.test(c.req.path)) return next();
        return failed(c, 403, "This token can say that a pod is at work, and nothing else.");
      case "monitor":
        if (reads(c) && c.req.path === "/metrics") return next();
        return failed(c, 403, "This token can read /metrics and /health, and nothing else.");
      case undefined:
        return c.get("by") === "session" && reads(c) && isFile(c.req.path)
          ? next()
          : unauthorized(c);
    }
  };
}
