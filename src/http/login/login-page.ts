import type { Context } from "hono";
import { html } from "hono/html";
import { plainPage } from "#http/doors/plain-page.ts";

/** What a person sees who has not logged in. */
export function loginPage(c: Context, words?: string, status: 401 | 429 = 401): Promise<Response> {
  return plainPage(c, status, {
    title: "RunPodBoss: log in",
    // A session is not sent along by a link of another site: it is by our own page, if there is one.
    goesOnTo:
      words === undefined && c.req.path === "/" && c.req.header("sec-fetch-site") === "cross-site"
        ? "/"
        : undefined,
    body: html`
      ${words === undefined ? "" : html`<p class="said" role="alert">${words}</p>`}
      <form method="post" action="/login">
        <input type="text" name="user" value="runpodboss" autocomplete="username" hidden />
        <label for="token">Token</label>
        <input
          type="password"
          id="token"
          name="token"
          autocomplete="current-password"
          spellcheck="false"
          required
          autofocus
        />
        <button type="submit">Log in</button>
      </form>
      <p>
        On the machine that the guard runs on, <code>runpodboss dashboard</code> opens this page
        without it.
      </p>
    `,
  });
}
