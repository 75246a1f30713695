import type { Context } from "hono";
import { html } from "hono/html";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type Markup, styleOf, wholePage } from "#http/frame/whole-page.ts";
import { policyWith } from "./security-headers.ts";

const style = styleOf(`:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;padding:2rem 1rem;max-width:26rem;background:#fff;color:#1b1b1f}
h1{font-size:1.4rem}
label{display:block;font-weight:600;margin-bottom:.25rem}
input,button{font:inherit;box-sizing:border-box;width:100%;padding:.6rem;border:1px solid #70707a;border-radius:.4rem;background:#fff;color:inherit}
button{margin-top:.75rem;background:#1d4ed8;border-color:#1d4ed8;color:#fff;font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid #b45309;outline-offset:2px}
code{overflow-wrap:anywhere}
.said{border-left:.3rem solid #b91c1c;padding:.25rem .75rem}
@media(prefers-color-scheme:dark){body{background:#15151a;color:#ececf1}input{background:#202028}button{background:#93b4ff;border-color:#93b4ff;color:#10131c}:focus-visible{outline-color:#fbbf24}.said{border-color:#f87171}}
`);
const policy = policyWith(
  `style-src ${style.source}`,
  // Its icon is in itself: without one browsers ask for a file, which nobody gets who is not logged in.
  "img-src data:",
);
const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 24 24'%3E%3Cpath fill='%231d4ed8' d='M12 3l8 3v5.5c0 4.5-3.3 8-8 9.5-4.7-1.5-8-5-8-9.5V6Z'/%3E%3C/svg%3E";

const iconLink = html`<link rel="icon" href="${icon}" />`;

export interface PlainPage {
  readonly title: string;
  readonly body: Markup;
  /** Where it goes on to by itself. */
  readonly goesOnTo?: string | undefined;
}

/** A page of one file that needs no script, and nothing else of ours: for who has shown no token. */
export async function plainPage(
  c: Context,
  status: ContentfulStatusCode,
  { title, body, goesOnTo }: PlainPage,
): Promise<Response> {
  c.header("content-security-policy", policy);
  const on =
    goesOnTo === undefined ? "" : html`<meta http-equiv="refresh" content="0;url=${goesOnTo}" />`;
  const head = html`${on}${iconLink}`;
  return c.html(await wholePage({ title, heading: title, style, head, body }), status);
}
