import { createHash } from "node:crypto";
import { html, raw } from "hono/html";

/** What `html` has written: all that was put into it is escaped. A mere string is none. */
export type Markup = ReturnType<typeof html>;

/** A page that stands alone: its style is in itself, and it loads and runs nothing. */
export interface WholePage {
  /** What its tab says, and no markup. */
  readonly title: string;
  readonly heading: string;
  readonly style: PageStyle;
  /** What stands in its head beside these. */
  readonly head?: Markup | undefined;
  readonly body: Markup;
}

export interface PageStyle {
  readonly tag: Markup;
  /** What a content policy calls it by; nothing else may style the page. */
  readonly source: string;
}

/** The style of a page, which is our own words: nothing in it is escaped. */
export function styleOf(css: string): PageStyle {
  return {
    tag: raw(`<style>${css}</style>`),
    // Of every sign between the two tags.
    source: `'sha256-${createHash("sha256").update(css).digest("base64")}'`,
  };
}

export async function wholePage(page: WholePage): Promise<string> {
  const { title, heading, style, head, body } = page;
  const whole = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        ${head}
        <title>${title}</title>
        ${style.tag}
      </head>
      <body>
        <main>
          <h1>${heading}</h1>
          ${body}
        </main>
      </body>
    </html> `;
  return whole.toString();
}
