import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { HttpInForce } from "#http/deps.ts";
import { dayMs } from "#guard/model/time.ts";
import type { Clock } from "#ports.ts";
import { hostOf } from "#http/doors/host-door.ts";
import { isSame, keyFor, signed } from "./same-secret.ts";

const lastsMs = 30 * dayMs;
const mostEnded = 1_000;

/** What the page sends beside the cookie. */
export const sessionKeyHeader = "x-runpodboss-key";

/**
 * Sessions hold across restarts, until 30 days have passed or another token is in force. A browser sends the cookie to
 * every port of our host, so that others see it: it opens something only with the key, which the page keeps for itself.
 */
export interface Sessions {
  /** The browser is the owner's from now on. Returns the key of the session. */
  begin(c: Context): string;
  /** Its cookie is good no more, whoever has it; a restart forgets that. */
  end(c: Context): void;
  /** `cookie`: without the key, or with one that is another's. */
  shownBy(c: Context): "cookie and key" | "cookie" | "nothing";
}

interface Session {
  readonly value: string;
  readonly untilMs: number;
}

export function createSessions(settings: () => HttpInForce, clock: Pick<Clock, "nowMs">): Sessions {
  const sign = (body: string): string => signed(body, keyFor("session", settings().token));
  const keyTo = (value: string): string => signed(value, keyFor("session key", settings().token));
  /** Browsers tell no ports apart: two guards on one machine must not end each other's sessions. */
  const names = (): readonly string[] => ["__Host-runpodboss", `runpodboss-${settings().port}`];
  let ended: readonly Session[] = [];

  const goodIn = (c: Context): readonly Session[] =>
    names().flatMap((name) => {
      const value = getCookie(c, name) ?? "";
      const untilMs = untilOf(value, sign);
      if (untilMs === undefined || ended.some((each) => each.value === value)) return [];
      const leftMs = untilMs - clock.nowMs();
      return leftMs > 0 && leftMs <= lastsMs ? [{ value, untilMs }] : [];
    });

  return {
    begin(c) {
      const isSecure = isTls(c, settings());
      const [secure = "", plain = ""] = names();
      const body = `${clock.nowMs() + lastsMs}.${randomBytes(9).toString("base64url")}`;
      const value = `${body}.${sign(body)}`;
      setCookie(c, isSecure ? secure : plain, value, {
        httpOnly: true,
        sameSite: "Strict",
        path: "/",
        maxAge: lastsMs / 1_000,
        secure: isSecure,
      });
      return keyTo(value);
    },
    end(c) {
      const nowMs = clock.nowMs();
      ended = [...ended.filter(({ untilMs }) => untilMs > nowMs), ...goodIn(c)].slice(-mostEnded);
      const [secure = "", plain = ""] = names();
      deleteCookie(c, secure, { path: "/", secure: true });
      deleteCookie(c, plain, { path: "/" });
    },
    shownBy(c) {
      const good = goodIn(c);
      const key = c.req.header(sessionKeyHeader) ?? "";
      if (good.some(({ value }) => isSame(key, keyTo(value)))) return "cookie and key";
      return good.length > 0 ? "cookie" : "nothing";
    },
  };
}

/** Undefined where we have not signed it. */
function untilOf(value: string, sign: (body: string) => string): number | undefined {
  const { body, mark } =
    /^(?<body>\d{1,15}\.[\w-]{1,40})\.(?<mark>[\w-]{1,100})$/.exec(value)?.groups ?? {};
  if (body === undefined || mark === undefined || !isSame(mark, sign(body))) return undefined;
  return Number(body.split(".")[0]);
}

/** Whether the browser has come over TLS, as far as we can know: it ends before us. */
function isTls(c: Context, { publicUrl }: Pick<HttpInForce, "publicUrl">): boolean {
  if (publicUrl === undefined || !publicUrl.startsWith("https://")) return false;
  const [host = ""] = hostOf(c).toLowerCase().split(":");
  return host === new URL(publicUrl).hostname || c.req.header("x-forwarded-proto") === "https";
}
