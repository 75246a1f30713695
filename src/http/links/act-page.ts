import { html } from "hono/html";
import { type Markup, styleOf, wholePage } from "#http/frame/whole-page.ts";

/** What a button opens: a page that sends its form to itself only. */
export interface ActPage {
  readonly title: string;
  readonly body: Markup;
}

const style = styleOf(`
:root { color-scheme: light dark; --ink: #1a1d21; --soft: #59616b; --line: #d5dae0; --paper: #fff; --deed: #0b5cad; --danger: #b3261e; --on: #fff; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --soft: #a8b0ba; --line: #3a4149; --paper: #16191d; --deed: #8ec1ff; --danger: #ffb4ab; --on: #10131a; }
}
* { box-sizing: border-box; }
body { margin: 0; padding: 1.5rem 1rem; background: var(--paper); color: var(--ink); font: 1.0625rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { max-width: 34rem; margin: 0 auto; }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.25; }
h2 { margin: 1.5rem 0 .5rem; font-size: 1.125rem; line-height: 1.25; }
dl { margin: 0 0 1.5rem; border-top: 1px solid var(--line); }
dl div { padding: .6rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); font-size: .875rem; }
dd { margin: 0; }
button { width: 100%; min-height: 3.25rem; padding: .75rem 1rem; border: 0; border-radius: .5rem; background: var(--deed); color: var(--on); font: inherit; font-weight: 600; cursor: pointer; }
button.danger { background: var(--danger); }
button:focus-visible, a:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
a { color: var(--deed); }
ol { margin: 0 0 1.5rem; padding: 0; list-style: none; border-top: 1px solid var(--line); }
li { padding: .6rem 0; border-bottom: 1px solid var(--line); }
time { color: var(--soft); font-size: .875rem; display: block; }
.soft { color: var(--soft); }
.warn { padding: .75rem 1rem; border: 2px solid var(--danger); border-radius: .5rem; }
`);

/** What a page of a button may do: nothing but be styled, and send its own form to where it came from. */
export const actHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": `default-src 'none'; style-src ${style.source}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex, nofollow, noarchive",
};

export function wholeActPage({ title, body }: ActPage): Promise<string> {
  const head = html`<meta name="robots" content="noindex, nofollow" />`;
  return wholePage({ title: `${title} · RunPodBoss`, heading: title, style, head, body });
}

/** Facts in two columns of words; what has none is left out. */
export function factsList(facts: readonly (readonly [string, string | undefined])[]): Markup {
  const rows = facts.flatMap(([name, words]) =>
    words === undefined
      ? []
      : [
          html`<div>
            <dt>${name}</dt>
            <dd>${words.charAt(0).toUpperCase()}${words.slice(1)}</dd>
          </div> `,
        ],
  );
  return rows.length === 0 ? html`` : html`<dl>${rows}</dl> `;
}
