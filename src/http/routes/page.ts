import type { Context } from "hono";
import { html } from "hono/html";
import type { Routes } from "#http/app.ts";
import { plainPage } from "#http/doors/plain-page.ts";
import type { PageFile } from "#http/page-files.ts";

/** The files of the page, from memory: those that were there at the start, by their whole names, and nothing else. */
export const pageRoutes: Routes = (app, { pageFiles }) => {
  app.get("/", (c) => {
    const index = pageFiles.get("/index.html");
    if (index !== undefined) return answer(c, index);
    return plainPage(c, 503, {
      title: "RunPodBoss",
      body: html`<p>The page is not built. The guard runs; its API and metrics are served.</p>`,
    });
  });

  app.get("*", (c, next) => {
    // Browsers ask for it by themselves, of a page that names no icon.
    const path = c.req.path === "/favicon.ico" ? "/icon.svg" : c.req.path;
    const file = pageFiles.get(path);
    return file === undefined ? next() : answer(c, file);
  });
};

/** Browsers ask each time whether it is still the same: after an update nobody sees an old one. */
function answer(c: Context, { body, type, tag }: PageFile): Response {
  c.header("etag", tag);
  c.header("cache-control", "private, no-cache");
  const known = (c.req.header("if-none-match") ?? "").split(",").map((each) => each.trim());
  if (known.includes(tag) || known.includes(`W/${tag}`)) return c.body(null, 304);
  return c.body(body, 200, { "content-type": type });
}
