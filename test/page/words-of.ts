import { type Child, textOf } from "#page/dom/element.ts";

/** What a person would read, a block a line. */
export function wordsOf(children: Child | readonly Child[]): string {
  return [children].flat().map(withBreaks).join("").replaceAll(/\n+/g, "\n").trim();
}

const blocks: ReadonlySet<string> = new Set(
  "article button caption dd div dl dt footer h1 h2 h3 header li main p section table td th tr ul".split(
    " ",
  ),
);

function withBreaks(child: Child): string {
  if (typeof child === "string") return textOf(child);
  const words = child.children.map(withBreaks).join("");
  if (blocks.has(child.tag)) return `\n${words}\n`;
  return child.attributes["class"] === "note" ? ` (${words})` : words;
}
