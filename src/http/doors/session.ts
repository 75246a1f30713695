import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { HttpInForce } from "#http/deps.ts";
import { dayMs } from "#guard/model/time.ts";
import type { Clock } from "#ports.ts";
import { hostOf } from "./host-door.ts";
import { isSame, keyFor, signed } from "./same-secret.ts";

const lastsMs = 30 * dayMs;
const renewedAfterMs = dayMs;

/** Nothing of it is kept here: it holds across restarts, until another token is in force. */
export interface Sessions {
  /** The browser is the owner's from now on. */
  begin(c: Context): void;
  end(c: Context): void;
  isGood(c: Context): boolean;
  /** One that is used does not end. */
  renew(c: Context): void;
}

export function createSessions(settings: () => HttpInForce, clock: Pick<Clock, "nowMs">): Sessions {
  const key = (): Buffer => keyFor("session", settings().token);
  /** Browsers tell no ports apart: two guards on one machine must not end each other's sessions. */
  const names = (): readonly string[] => ["__Host-runpodboss", `runpodboss-${settings().port}`];
  const found = (c: Context): number | undefined => {
    for (const name of names()) {
      const untilMs = untilOf(getCookie(c, name) ?? "", key());
      const leftMs = (untilMs ?? 0) - clock.nowMs();
      if (leftMs > 0 && leftMs <= lastsMs) return leftMs;
    }
    return undefined;
  };
  const begin = (c: Context): void => {
    const isSecure = isTls(c, settings());
    const [secure = "", plain = ""] = names();
    const body = `${clock.nowMs() + lastsMs}.${randomBytes(9).toString("base64url")}`;
    setCookie(c, isSecure ? secure : plain, `${body}.${signed(body, key())}`, {
      httpOnly: true,
      sameSite: "Strict",
      path: "/",
      maxAge: lastsMs / 1_000,
      secure: isSecure,
    });
  };
  return {
    begin,
    end(c) {
      const [secure = "", plain = ""] = names();
      deleteCookie(c, secure, { path: "/", secure: true });
      deleteCookie(c, plain, { path: "/" });
    },
    isGood: (c) => found(c) !== undefined,
    renew(c) {
      const leftMs = found(c);
      if (leftMs !== undefined && leftMs < lastsMs - renewedAfterMs) begin(c);
    },
  };
}

/** Undefined where we have not signed it. */
function untilOf(value: string, key: Buffer): number | undefined {
  const { body, mark } =
    /^(?<body>\d{1,15}\.[\w-]{1,40})\.(?<mark>[\w-]{1,100})$/.exec(value)?.groups ?? {};
  if (body === undefined || mark === undefined || !isSame(mark, signed(body, key)))
    return undefined;
  return Number(body.split(".")[0]);
}

/** Whether the browser has come over TLS, as far as we can know: it ends before us. */
function isTls(c: Context, { publicUrl }: Pick<HttpInForce, "publicUrl">): boolean {
  if (publicUrl === undefined || !publicUrl.startsWith("https://")) return false;
  const [host = ""] = hostOf(c).toLowerCase().split(":");
  return host === new URL(publicUrl).hostname || c.req.header("x-forwarded-proto") === "https";
}
