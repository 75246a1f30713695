import type { Context } from "hono";
import { html } from "hono/html";
import type { HttpEnv } from "#http/asker.ts";
import type { DoorRoutes } from "#http/app.ts";
import { unauthorized, whose, wrongToken } from "#http/doors/asker-door.ts";
import { wantsPage } from "#http/doors/failed.ts";
import { hostOf } from "#http/doors/host-door.ts";
import { markKnown } from "#http/doors/connections.ts";
import { codeLastsMs, createOnceCodes } from "#http/login/once-codes.ts";
import { plainPage } from "#http/doors/plain-page.ts";
import { sessionKeyHeader } from "#http/login/session.ts";
import { codeAsked, isProven, proofOfAnswer } from "#http/login/token-proof.ts";

/** How a browser becomes the owner's: by the token, or by a link that `runpodboss dashboard` has made. */
export const loginRoutes: DoorRoutes = (app, deps, { sessions, wrongTokens }) => {
  const { settings, clock } = deps;
  const codes = createOnceCodes(clock);
  let used: readonly { readonly nonce: string; readonly atMs: number }[] = [];

  app.get("/login", (c) => unauthorized(c));

  app.post("/login", async (c) => {
    const token = new URLSearchParams(await c.req.text()).get("token")?.trim() ?? "";
    if (whose(token, deps) !== "owner") return wrongToken(c, deps, wrongTokens);
    return opened(c);
  });

  app.post("/logout", (c) => {
    sessions.end(c);
    return c.redirect("/", 303);
  });

  app.get("/open/:code", (c) => {
    const code = c.req.param("code");
    // What only looks ahead uses nothing up.
    if (c.req.header("sec-purpose") !== undefined) return unauthorized(c);
    if (c.req.method === "HEAD") return codes.has(code) ? c.body(null, 204) : unauthorized(c);
    if (!codes.take(code)) {
      return wrongToken(
        c,
        deps,
        wrongTokens,
        "This link is used up: it opens the page once, within a minute. runpodboss dashboard makes another.",
      );
    }
    return opened(c);
  });

  app.post("/api/login-codes", async (c) => {
    const asked = codeAsked.safeParse(await c.req.json().catch(() => undefined)).data;
    const { token } = settings();
    const nowMs = clock.nowMs();
    used = used.filter(({ atMs }) => nowMs - atMs < 3 * codeLastsMs).slice(-mostUsed);
    const isGood =
      asked !== undefined &&
      isProven(asked, hostOf(c), token, nowMs) &&
      used.every(({ nonce }) => nonce !== asked.nonce);
    if (!isGood) return wrongToken(c, deps, wrongTokens);
    used = [...used, { nonce: asked.nonce, atMs: nowMs }];
    const code = codes.make();
    const proof = proofOfAnswer(code, asked, token);
    return c.json({ code, proof, is_dry_run: deps.isDryRun() });
  });

  /**
   * By a page of ours, as a session that is begun by another site's link is not sent along at once. The key goes along
   * in what no browser sends to anybody, and the page takes it out of its address.
   */
  const opened = (c: Context<HttpEnv>): Response | Promise<Response> => {
    const key = sessions.begin(c);
    markKnown(c.env?.incoming?.socket);
    if (!wantsPage(c)) return c.body(null, 204, { [sessionKeyHeader]: key });
    const there = `/#key=${key}`;
    return plainPage(c, 200, {
      title: "RunPodBoss",
      goesOnTo: there,
      body: html`<p><a href="${there}">Open the page</a></p>`,
    });
  };
};

const mostUsed = 1_000;
