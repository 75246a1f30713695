import { createHash } from "node:crypto";
import { html } from "hono/html";
import { describe, expect, it } from "vitest";
import { type Markup, styleOf, wholePage } from "#http/frame/whole-page.ts";

const hostile = `</title><script>alert("1 & 2")</script>`;
const style = styleOf("h1{color:red}\na>b{content:'&'}");

function pageWith(given: {
  readonly title?: string;
  readonly heading?: string;
  readonly head?: Markup;
  readonly body?: Markup;
}): Promise<string> {
  return wholePage({
    title: "A tab",
    heading: "A heading",
    style,
    body: html`<p>Words</p>`,
    ...given,
  });
}

describe("the frame of a page that stands alone", () => {
  it("has the title in its tab, the heading above its body, and what its head is given", async () => {
    const page = await pageWith({ head: html`<meta name="robots" content="noindex" />` });

    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(page).toMatch(/<meta name="robots" content="noindex" \/>\s*<title>A tab<\/title>/);
    expect(page).toMatch(/<h1>A heading<\/h1>\s*<p>Words<\/p>\s*<\/main>/);
  });

  it("shows nothing in the place of a head that it is not given", async () => {
    expect(await pageWith({})).not.toContain("undefined");
  });

  it.each([
    ["title", { title: hostile }],
    ["heading", { heading: hostile }],
    ["words in the body", { body: html`<p>${hostile}</p>` }],
    ["an attribute in the head", { head: html`<link rel="icon" href="${hostile}" />` }],
    ["a string that passes for a body", { body: hostile as unknown as Markup }],
    ["a string that passes for a head", { head: hostile as unknown as Markup }],
  ])("escapes %s", async (_what, given) => {
    const page = await pageWith(given);

    expect(page).not.toContain("<script>");
    expect(page).toContain(
      "&lt;/title&gt;&lt;script&gt;alert(&quot;1 &amp; 2&quot;)&lt;/script&gt;",
    );
  });

  it("has its style to the letter, and a name for it that is of just those letters", async () => {
    const [, css = ""] = /<style>([^]*)<\/style>/.exec(await pageWith({})) ?? [];

    expect(css).toBe("h1{color:red}\na>b{content:'&'}");
    expect(style.source).toBe(`'sha256-${createHash("sha256").update(css).digest("base64")}'`);
  });
});
