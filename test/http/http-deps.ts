import { createFakeClock, type FakeClock } from "../fake-clock.ts";
import type { HttpEnv } from "#http/asker.ts";
import { createApp } from "#http/app.ts";
import type { HttpDeps, HttpInForce } from "#http/deps.ts";
import type { Hono } from "hono";

export const token = "zQ7-the-token-of-the-owner-of-it-all";
export const activityToken = "kW3-the-token-of-the-jobs-in-pods";
export const metricsToken = "mT9-the-token-of-prometheus-alone";
export const host = "127.0.0.1:8092";
export const bearer = { authorization: `Bearer ${token}` };

/** What is served is nothing, unless a test says what. */
export function depsWith(
  given: Partial<Omit<HttpDeps, "settings" | "clock">> & {
    readonly settings?: Partial<HttpInForce>;
  } = {},
): HttpDeps & { readonly clock: FakeClock; readonly logged: readonly string[] } {
  const clock = createFakeClock();
  const logged: string[] = [];
  const note =
    (level: string) =>
    (_fields: object, message: string): void =>
      void logged.push(`${level}: ${message}`);
  const settings: HttpInForce = {
    host: "127.0.0.1",
    port: 8092,
    isRemoteAllowed: false,
    ...given.settings,
    token: given.settings?.token ?? token,
    activityToken: given.settings?.activityToken ?? activityToken,
    metricsToken: given.settings?.metricsToken ?? metricsToken,
  };
  const nothing = (): never => {
    throw new Error("nothing of the kind here: secret-detail");
  };
  return {
    clock,
    log: { debug: note("debug"), info: note("info"), warn: note("warn"), error: note("error") },
    redact: (text) => text,
    isDryRun: () => false,
    view: { status: nothing, balance: nothing, history: nothing, follow: () => () => undefined },
    operations: {
      begin: nothing,
      of: nothing,
      latest: nothing,
      touchFromInside: nothing,
      skip: nothing,
      unfreeze: nothing,
    },
    metrics: () => "up 1\n",
    health: () => ({ isHealthy: true, because: "fine", lastGoodAtMs: 0, limitMs: 1 }),
    counts: {
      answered: () => undefined,
      wrongToken: () => undefined,
      streamBegan: () => () => undefined,
    },
    pageFiles: new Map(),
    ...given,
    settings: () => settings,
    logged,
  };
}

/** Asks as a client does that came to that host. */
export function asking(app: Hono<HttpEnv>) {
  return async (path: string, init: RequestInit & { readonly from?: string } = {}) => {
    const { from = "192.0.2.1", headers, ...rest } = init;
    const all = { host, ...Object.fromEntries(new Headers(headers)) };
    const incoming = { socket: { remoteAddress: from } };
    return app.request(`http://${host}${path}`, { ...rest, headers: all }, { incoming } as never);
  };
}

export function served(given: Parameters<typeof depsWith>[0] = {}) {
  const deps = depsWith(given);
  return { ...deps, ask: asking(createApp(deps)) };
}
